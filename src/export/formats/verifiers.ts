/** The format `verifiers-v1`: one line per episode, as verifiers 0.4 and prime-rl read `traces.jsonl`. */
import type { Call, Trajectory } from "../../trajectory.ts";
import type { Message } from "../../types.ts";
import { declaredTools } from "../chat.ts";
import { BOOL, JSON_TEXT, TEXT } from "../columns.ts";
import { promptsOf } from "../conversation.ts";
import { type ExportOptions, type Exporter, type ExportSource, type Row, withKeys } from "../exporter.ts";
import { keptFacts, type Tally } from "../tally.ts";
import { KEPT_KEY, keptOf, type Shown } from "../kept.ts";
import { policySegments, subCallSegments, type TokenSegment } from "../token-segments.ts";
import { verifiersEpisode } from "./verifiers-row.ts";

/**
 * A node holds what it adds: the node of a completion contains all tokens since the previous completion, masked, since the
 * engine does not say to which message each belongs. A branch has its own root where a token segment begins.
 */
export const verifiersV1: Exporter = {
  name: "verifiers-v1",
  describe: "episodes with their traces for verifiers and prime-rl",
  output: "rows",
  columns: [
    ["id", TEXT],
    ["env", JSON_TEXT],
    ["task", JSON_TEXT],
    ["group", JSON_TEXT],
    ["ok", BOOL],
    ["errors", JSON_TEXT],
    ["traces", JSON_TEXT],
  ],
  jsonl: true,
  needsTokens: false,
  holdsGold: false,
  recognises: withKeys("env", "traces"),
  row: verifiersEpisode,
  keepsUntrained: true,
  rows: episodeRows,
};

/** One episode per rollout; imported rollouts that were agents of one episode, and follow each other, become one episode again. */
async function* episodeRows(source: ExportSource, options: ExportOptions, tally: Tally): AsyncGenerator<Row> {
  let open: { readonly bond: string; readonly row: Row; readonly traces: Row[] } | null = null;
  for await (const { trajectory } of source()) {
    if (trajectory.turns.length === 0) {
      tally.leaveOut("no turns");
      continue;
    }
    tally.keep(keptFacts(trajectory));
    const traces = [...tracesOf(trajectory, trajectory, options)];
    const bond = bondOf(trajectory);
    if (open !== null && open.bond === bond?.id) {
      open.traces.push(...traces);
      continue;
    }
    if (open !== null) yield open.row;
    open = null;
    const group = bond ? bond.group : trajectory.groupId;
    const row: Row = {
      id: bond?.id ?? trajectory.rolloutId,
      env: { id: trajectory.environment },
      task: taskOf(trajectory),
      group: group === null ? null : { id: group },
      ok: true,
      errors: [],
      traces,
    };
    if (bond) open = { bond: bond.id, row, traces };
    else yield row;
  }
  if (open !== null) yield open.row;
}

/** The episode in which an imported rollout was one agent; null for any other. */
function bondOf({ task }: Trajectory): { readonly id: string; readonly group: string | null } | null {
  const { episode } = (task.metadata["imported"] ?? {}) as { episode?: unknown };
  const { id, group } = (episode ?? {}) as { id?: unknown; group?: unknown };
  return typeof id === "string" ? { id, group: typeof group === "string" ? group : null } : null;
}

/** Sub-calls and children become traces of their own agents. */
function* tracesOf(trajectory: Trajectory, root: Trajectory, options: ExportOptions): Generator<Row> {
  const model = trajectory.calls.find(({ purpose }) => purpose === "policy")?.model ?? null;
  const common = commonOf(trajectory, root);
  const { turns, ...graph } = graphOf(trajectory);
  const isSampled = turns.every((node) => graph.nodes[node]!["sampled"]);
  yield {
    ...common,
    info: {
      ...(common["info"] as Row),
      // A turn that no model made is marked as a message that is shown again.
      ...(!isSampled && { turns }),
      ...(trajectory === root && { [KEPT_KEY]: keptOf(trajectory, shownIn(options)) }),
    },
    id: trajectory.rolloutId,
    agent: {
      config: { model, max_turns: trajectory.limits.maxTurns },
      name: trajectory !== root ? "child" : bondOf(root) ? root.policy : "agent",
      // A program's output trains no model.
      trainable: model !== null && root.trainable !== false,
    },
    tools: declaredTools(trajectory).map(({ type, function: tool }) => ({ type, ...tool })),
    ...graph,
  };
  if (options.subCalls)
    for (const call of trajectory.calls)
      if (call.prompt !== null && call.reply !== null && /^(llm|rlm)_query$/.test(call.purpose))
        yield subCallTrace(trajectory, root, call, model);
  if (options.children)
    for (const child of trajectory.children) if (isTraced(child)) yield* tracesOf(child, root, options);
}

function isTraced({ status, turns }: Trajectory): boolean {
  return status === "ok" && turns.length > 0;
}

/** The node before the next turn of a branch contains what the turn observed. */
function shownIn(options: ExportOptions): Shown {
  let last: { of: Trajectory; branches: ReturnType<typeof branchesOf> } | null = null;
  return {
    observation: ({ index }, trajectory) => {
      if (last?.of !== trajectory) last = { of: trajectory, branches: branchesOf(trajectory) };
      const { branches } = last;
      return index + 1 < branches.length && branches[index] === branches[index + 1];
    },
    child: (child) => options.children && isTraced(child),
  };
}

/** The branch of each turn, in order: a token segment if there are ids, otherwise a stretch of one conversation. */
function branchesOf(trajectory: Trajectory): readonly (TokenSegment | number)[] {
  const found = policySegments(trajectory);
  const segmentOfCall = new Map<number, TokenSegment>();
  if (typeof found !== "string")
    for (const segment of found) for (const id of segment.callIds) segmentOfCall.set(id, segment);
  return trajectory.turns.map(
    ({ callId, segment }) => (callId === null ? undefined : segmentOfCall.get(callId)) ?? segment,
  );
}

function commonOf(trajectory: Trajectory, { reward }: Trajectory): Row {
  const terms = Object.entries(reward?.terms ?? {}).map(([name, { raw }]) => [name, raw] as const);
  return {
    version: 1,
    task: taskOf(trajectory),
    rewards: { reward: reward && { score: reward.total, weight: 1 } },
    metrics: { score: reward?.score ?? null, ...Object.fromEntries(terms) },
    info: {
      answer: trajectory.answer,
      seed: trajectory.seed,
      policy: trajectory.policy,
      dialect: trajectory.dialect,
      simulated: trajectory.simulated,
    },
    is_completed: true,
    ok: true,
    stop_condition: trajectory.stopReason,
    errors: [],
    timing: { start: startOf(trajectory) },
  };
}

function taskOf({ task, environment, opening, systemPrompt }: Trajectory): Row {
  const { id, dataset, question, context, contextTokens, metadata } = task;
  return {
    type: environment,
    data: {
      id,
      prompt: opening,
      system_prompt: systemPrompt,
      dataset,
      question,
      context,
      context_tokens: contextTokens,
      metadata,
    },
    key: `${dataset}/${id}`,
    hash: context.sha256,
  };
}

/** `turns` are the places in `nodes` of what the policy said. */
function graphOf(trajectory: Trajectory): { nodes: Row[]; calls: Row[]; turns: number[] } {
  const branches = branchesOf(trajectory);
  const calls = new Map(trajectory.calls.map((call) => [call.id, call]));
  const graph: ReturnType<typeof graphOf> = { nodes: [], calls: [], turns: [] };
  let branch: TokenSegment | number | null = null;
  let shown = 0;
  let parent: number | null = null;
  let used = 0;
  let seconds = startOf(trajectory);
  const add = (message: Message, more: Row) => {
    graph.nodes.push({ parent, message: messageOf(message), timestamp: seconds, ...more });
    parent = graph.nodes.length - 1;
  };
  for (const { turn, prompt, completion } of promptsOf(trajectory)) {
    seconds += turn.wallClock.seconds;
    const call = turn.callId === null ? undefined : calls.get(turn.callId);
    const own = branches[turn.index]!;
    const segment = typeof own === "number" ? undefined : own;
    if (own !== branch) {
      [branch, shown, parent, used] = [own, 0, null, 0];
    }
    for (const message of prompt.slice(shown)) add(message, { sampled: false });
    const end = used + lengthOf(call, used);
    const { reasoning } = turn.completion;
    add(
      { ...completion, ...(reasoning && { reasoning }) },
      { sampled: call !== undefined, ...(segment && tokensOf(segment, used, end)) },
    );
    shown = prompt.length + 1;
    used = end;
    graph.turns.push(graph.nodes.length - 1);
    if (call) graph.calls.push(callOf(call, graph.nodes.length - 1, turn.completion.finishReason));
  }
  return graph;
}

/** Tokens that a call adds to its segment, of which `used` are already counted. */
function lengthOf(call: Call | undefined, used: number): number {
  const { promptIds = [], completionIds = [] } = call?.tokens ?? {};
  return Math.max(0, promptIds.length + completionIds.length - used);
}

function tokensOf({ inputIds, lossMask, logprobs }: TokenSegment, from: number, to: number): Row {
  const mask = lossMask.slice(from, to);
  return {
    token_ids: inputIds.slice(from, to),
    mask: mask.map((bit) => bit === 1),
    logprobs: logprobs?.slice(from, to).filter((_, i) => mask[i] === 1) ?? [],
  };
}

function callOf({ model, usage, nanoDollars }: Call, node: number, finishReason: string): Row {
  return {
    node,
    model,
    finish_reason: ["stop", "length", "tool_calls"].includes(finishReason) ? finishReason : null,
    usage: usage && {
      // verifiers counts cached tokens separately from the prompt.
      prompt_tokens: usage.promptTokens - usage.cachedTokens,
      completion_tokens: usage.completionTokens,
      cached_input_tokens: usage.cachedTokens,
      cost: nanoDollars === null ? null : nanoDollars / 1e9,
    },
  };
}

function subCallTrace(trajectory: Trajectory, root: Trajectory, call: Call, policyModel: string | null): Row {
  const segment = subCallSegments(trajectory).find((one) => one.call === call)?.segment;
  const timestamp = startOf(trajectory);
  return {
    ...commonOf(trajectory, root),
    id: `${trajectory.rolloutId}/call/${call.id}`,
    agent: { config: { model: call.model }, name: call.purpose, trainable: call.model === policyModel },
    tools: [],
    nodes: [
      { parent: null, message: { role: "user", content: call.prompt }, sampled: false, timestamp },
      {
        parent: 0,
        message: { role: "assistant", content: call.reply },
        sampled: true,
        timestamp,
        ...(segment && tokensOf(segment, 0, segment.inputIds.length)),
      },
    ],
    calls: [callOf(call, 1, "unknown")],
  };
}

function messageOf({ role, content, toolCalls, toolCallId, reasoning }: Message): Row {
  if (role === "tool") return { role, tool_call_id: toolCallId ?? "", content };
  const thought = reasoning?.text ? { reasoning_content: reasoning.text } : {};
  return {
    role,
    content,
    ...thought,
    ...(toolCalls && { tool_calls: toolCalls.map((call) => ({ ...call })) }),
  };
}

function startOf({ wallClock }: Trajectory): number {
  return Date.parse(wallClock.startedAt) / 1000;
}
