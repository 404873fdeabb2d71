/**
 * The format `tensors`: only numbers, for a small policy. A folder with `tensors.json`, whose `weightsManifest` is what
 * TensorFlow.js loads (`tf.io.loadWeights`, `tf.io.decodeWeights`), one little-endian file per tensor, and `episodes.jsonl`.
 */
import { z } from "zod";
import type { Trajectory, Turn } from "../../trajectory.ts";
import type { Decision } from "../../types.ts";
import type { ExportItem, ExportOptions, Exporter } from "../exporter.ts";
import { keptFacts } from "../tally.ts";
import { segmentRows } from "./segments.ts";
import { policySegments } from "../token-segments.ts";

/** The storage type of a tensor's numbers. */
export type DType = "float32" | "int32" | "bool";

/** A tensor with one row for each episode, turn, decision, segment or token; `columns` names the entries of a row. */
export interface TensorSpec {
  readonly name: string;
  readonly dtype: DType;
  /** Null if each row is one number; empty if a row is as wide as the network that made it. */
  readonly columns: readonly string[] | null;
}

const one = (name: string, dtype: DType): TensorSpec => ({ name, dtype, columns: null });

export const TENSORS: readonly TensorSpec[] = [
  one("episode_reward", "float32"),
  one("episode_score", "float32"),
  one("episode_advantage", "float32"),
  one("episode_has_advantage", "bool"),
  one("episode_group", "int32"),
  {
    name: "turn_features",
    dtype: "float32",
    columns: [
      "share of the turns taken",
      "log10 of the context's characters, from 1k",
      "context has parts",
      "block before raised",
      "log of the characters printed before",
      "log of the sub-calls made before",
      "tokens used before, in readings of the context",
    ],
  },
  {
    name: "turn_actions",
    dtype: "int32",
    columns: ["blocks run", "single sub-calls", "sub-calls in batches", "child episodes", "answered"],
  },
  one("turn_episode", "int32"),
  one("turn_reward", "float32"),
  one("turn_done", "bool"),
  { name: "decision_features", dtype: "float32", columns: [] },
  { name: "decision_legal", dtype: "bool", columns: [] },
  { name: "decision_choices", dtype: "int32", columns: [] },
  one("decision_log_probability", "float32"),
  one("decision_has_log_probability", "bool"),
  one("decision_value", "float32"),
  one("decision_has_value", "bool"),
  one("decision_episode", "int32"),
  one("decision_turn", "int32"),
  one("decision_reward", "float32"),
  one("segment_episode", "int32"),
  one("segment_start", "int32"),
  one("segment_length", "int32"),
  one("segment_prompt_length", "int32"),
  one("segment_depth", "int32"),
  one("segment_trained", "bool"),
  one("segment_has_logprobs", "bool"),
  one("token_ids", "int32"),
  one("token_mask", "bool"),
  one("token_logprobs", "float32"),
];

/** Values that a row appends to a tensor. */
type Values = Record<string, number[]>;

export const tensors: Exporter = {
  name: "tensors",
  describe: "numbers for a small policy: turns, decisions and token segments as TensorFlow.js loads them",
  output: "tensors",
  columns: null,
  jsonl: false,
  needsTokens: false,
  holdsGold: false,
  // A folder of numbers is recognized by the file that lists them.
  recognises: () => false,
  row: z.strictObject({
    rollout_id: z.string(),
    group_id: z.string(),
    task_id: z.string(),
    policy: z.string(),
    tensors: z.record(z.string(), z.array(z.number())),
  }),
  rows: async function* rows(source, options, tally) {
    const groups = new Map<string, number>();
    let [episode, tokens] = [0, 0];
    let width: string | null = null;
    for await (const item of source()) {
      const { rolloutId, groupId, task, policy, reward, turns } = item.trajectory;
      const own = widthOf(decisionsIn(item.trajectory));
      const reason =
        reward === null
          ? "no reward"
          : turns.length === 0
            ? "no turns"
            : own !== null && own !== (width ?? own)
              ? "decisions of a network of another shape"
              : null;
      if (reason !== null) {
        tally.leaveOut(reason);
        continue;
      }
      width ??= own;
      tally.keep(keptFacts(item.trajectory));
      const group = groups.get(groupId) ?? groups.size;
      groups.set(groupId, group);
      const segments = segmentValues(item, options, episode, tokens);
      yield {
        rollout_id: rolloutId,
        group_id: groupId,
        task_id: task.id,
        policy,
        tensors: {
          ...episodeValues(item, group),
          ...turnValues(item.trajectory, episode),
          ...decisionValues(item.trajectory, episode),
          ...segments,
        },
      };
      episode += 1;
      tokens += segments["token_ids"]!.length;
    }
  },
};

function episodeValues({ trajectory, advantage }: ExportItem, group: number): Values {
  return {
    episode_reward: [trajectory.reward!.total],
    episode_score: [trajectory.reward!.score],
    episode_advantage: [advantage ?? 0],
    episode_has_advantage: [Number(advantage !== null)],
    episode_group: [group],
  };
}

function turnValues(trajectory: Trajectory, episode: number): Values {
  const { turns, reward } = trajectory;
  const isLast = ({ index }: Turn) => index === turns.length - 1;
  return {
    turn_features: turns.flatMap((turn) => featuresBefore(trajectory, turn)),
    turn_actions: turns.flatMap((turn) => actionsOf(trajectory, turn)),
    turn_episode: turns.map(() => episode),
    turn_reward: turns.map((turn) => (isLast(turn) ? reward!.total : 0)),
    turn_done: turns.map((turn) => Number(isLast(turn))),
  };
}

/** What the policy could know before its turn, as numbers around 0 to 1 or small logarithms. */
function featuresBefore({ turns, calls, task, limits }: Trajectory, { index }: Turn): number[] {
  const before = turns[index - 1];
  const made = calls.filter(({ turn }) => turn < index);
  const tokens = made.reduce((sum, { usage, reserved }) => {
    const { promptTokens, completionTokens } = usage ?? reserved;
    return sum + promptTokens + completionTokens;
  }, 0);
  return [
    index / limits.maxTurns,
    Math.log10(Math.max(task.context.chars, 1) / 1000),
    Number(task.context.type === "list" || task.context.type === "dict"),
    Number(before?.results.some(({ outcome }) => outcome !== "ok") ?? false),
    Math.log1p(before?.results.reduce((sum, { outputChars }) => sum + outputChars, 0) ?? 0),
    Math.log1p(made.filter(({ purpose }) => purpose === "llm_query" || purpose === "rlm_query").length),
    task.contextTokens === 0 ? 0 : tokens / task.contextTokens,
  ];
}

function actionsOf({ turns, calls, children, stopReason }: Trajectory, { index, results }: Turn): number[] {
  const subCalls = calls.filter(
    ({ turn, purpose }) => turn === index && (purpose === "llm_query" || purpose === "rlm_query"),
  );
  return [
    results.length,
    subCalls.filter(({ batch }) => batch === null).length,
    subCalls.filter(({ batch }) => batch !== null).length,
    children.filter(({ parent }) => parent?.turn === index).length,
    Number(index === turns.length - 1 && stopReason === "answered"),
  ];
}

function decisionsIn({ turns, calls }: Trajectory): { turn: number; decision: Decision }[] {
  const byId = new Map(calls.map((call) => [call.id, call]));
  return turns.flatMap(({ index, callId }) => {
    const decision = callId === null ? undefined : byId.get(callId)?.decision;
    return decision ? [{ turn: index, decision }] : [];
  });
}

/** Of the first decision; null if there is none. */
function widthOf([first]: ReturnType<typeof decisionsIn>): string | null {
  if (!first) return null;
  const { features, legal, choices } = first.decision;
  return `${features.length}/${legal.length}/${choices.length}`;
}

function decisionValues(trajectory: Trajectory, episode: number): Values {
  const decisions = decisionsIn(trajectory);
  const last = trajectory.turns.length - 1;
  return {
    decision_features: decisions.flatMap(({ decision }) => decision.features),
    decision_legal: decisions.flatMap(({ decision }) => decision.legal.map(Number)),
    decision_choices: decisions.flatMap(({ decision }) => decision.choices),
    decision_log_probability: decisions.map(({ decision }) => decision.logProbability ?? 0),
    decision_has_log_probability: decisions.map(({ decision }) => Number(decision.logProbability !== null)),
    decision_value: decisions.map(({ decision }) => decision.value ?? 0),
    decision_has_value: decisions.map(({ decision }) => Number(decision.value !== null)),
    decision_episode: decisions.map(() => episode),
    decision_turn: decisions.map(({ turn }) => turn),
    decision_reward: decisions.map(({ turn }) => (turn === last ? trajectory.reward!.total : 0)),
  };
}

/** Segments follow one another in the tensors of tokens; an episode without token ids has none. */
function segmentValues(item: ExportItem, options: ExportOptions, episode: number, from: number): Values {
  const own = policySegments(item.trajectory);
  const rows = typeof own === "string" ? [] : [...segmentRows(item.trajectory, own, null, item, options)];
  let start = from;
  const starts = rows.map(({ input_ids: ids }) => (start += ids.length) - ids.length);
  return {
    segment_episode: rows.map(() => episode),
    segment_start: starts,
    segment_length: rows.map((row) => row.input_ids.length),
    segment_prompt_length: rows.map((row) => row.prompt_len),
    segment_depth: rows.map((row) => row.depth),
    segment_trained: rows.map((row) => Number(row.train)),
    segment_has_logprobs: rows.map((row) => Number(row.logprobs !== null)),
    token_ids: rows.flatMap((row) => row.input_ids),
    token_mask: rows.flatMap((row) => row.loss_mask),
    token_logprobs: rows.flatMap((row) => row.logprobs ?? row.input_ids.map(() => 0)),
  };
}
