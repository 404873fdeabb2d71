/** What another program's trace says about an episode; the rest stays unknown. */
import type { ReplLanguage } from "../../languages/language.ts";
import type { InfraError, RewardRecord } from "../../trajectory.ts";
import type { Context, FinishReason, Reference, SampledTokens, StopReason, ToolCall } from "../../types.ts";
import { blocksIn, languageOf, type Said } from "../foreign-code.ts";
import { importedFrom, type ReadEpisode } from "../importer.ts";
import { type ForeignCall, type ForeignEpisode, type ForeignTurn, NO_TIME } from "../native.ts";
import { type Episode, textOf, type Trace, type Walked, walkOf } from "./verifiers-walk.ts";

const UNKNOWN = ["seed", "limits"];

/** A trace as an episode, with the gold and the context if the row of its task holds them. */
export function foreignEpisode(trace: Trace, episode: Episode): ReadEpisode {
  const { data } = trace.task;
  const context = contextOf(data);
  const record = episodeOf(trace, episode, context);
  const gold = typeof data["answer"] === "string" ? data["answer"] : null;
  const reference: Reference | null =
    gold === null ? null : { taskId: record.taskId, answers: [gold], metadata: {} };
  return { record, reference, context };
}

function episodeOf(trace: Trace, episode: Episode, context: Context | null): ForeignEpisode {
  const { task, nodes, info } = trace;
  const { data } = task;
  const taskId = data.id ?? task.key ?? task.hash ?? trace.id;
  const first = (role: "system" | "user") =>
    nodes.find(({ message }) => message.role === role)?.message.content;
  const opening = textOf(first("user") ?? data.prompt);
  const walk = walkOf(trace);
  const calls = new Map(trace.calls.map((call) => [call.node, call]));
  const model = trace.agent.config.model ?? "unknown";
  const isTool = nodes.some(({ message }) => message.role === "assistant" && message.tool_calls?.length);
  const last = walk.at(-1)?.node.message;
  const isAnswer = last?.role === "assistant" && !last.tool_calls?.length;
  const language = languageOf(
    nodes
      .map(({ message }) => message)
      .filter(({ role }) => role === "assistant")
      .map(saidIn),
    info["language"] ?? data["language"],
  );
  const told = info["final_answer"] ?? trace["root_reply"];
  return {
    rolloutId: trace.id,
    groupId: groupOf(trace, episode) ?? taskId,
    environment: episode.env.id || task.type,
    policy: trace.agent.name ?? "agent",
    trainable: trace.agent.trainable ?? true,
    taskId,
    question: textOf(data.prompt) || opening,
    metadata: importedFrom(
      "verifiers-v1",
      [...(context === null ? ["context"] : []), ...UNKNOWN, ...lostIn(trace, episode)],
      episode.traces.length > 1 ? { id: episode.id, group: episode.group?.id ?? null } : undefined,
    ),
    context,
    systemPrompt: textOf(first("system") ?? data.system_prompt),
    opening,
    dialect: isTool ? "tool" : "repl",
    language: language.name,
    maxTurns: asCount((trace.agent.config as Record<string, unknown>)["max_turns"]),
    turns: walk.map((walked) => turnOf(walked, calls.get(walked.index), { model, language })),
    children: [],
    answer: typeof told === "string" ? told : isAnswer ? textOf(last.content) : null,
    reward: rewardOf(trace),
    ended: endOf(trace, episode),
    startedAt: timeOf(trace),
  };
}

const KEPT_DATA = new Set(["id", "prompt", "system_prompt", "answer", "context", "info"]);
/** What trainers and judges leave at a trace beside what was said. */
const BESIDE = ["extra_usage", "request_rewrites", "response_rewrites"] as const;
const OF_NODES = [
  "advantages",
  "reference_logprobs",
  "trainer_logprobs",
  "entropies",
  "loss_weights",
] as const;

/** What the episode holds and a trajectory does not. */
function lostIn(trace: Trace, episode: Episode): string[] {
  const beside = trace as Readonly<Record<string, unknown>>;
  const isFilled = (value: unknown) => Array.isArray(value) && value.length > 0;
  return [
    ...(episode["run"] == null ? [] : ["run"]),
    ...(Object.keys(trace.agent.config).some((key) => key !== "model" && key !== "max_turns")
      ? ["agent.config"]
      : []),
    ...(Object.keys(trace.task.data).some((key) => !KEPT_DATA.has(key)) ? ["other fields of task.data"] : []),
    ...(Object.keys(trace.info).some((key) => key !== "final_answer") ? ["info"] : []),
    ...(Object.keys(trace.metrics).some((key) => key !== "score") ? ["metrics"] : []),
    ...BESIDE.filter((key) => isFilled(beside[key])),
    ...OF_NODES.filter((key) => trace.nodes.some((node) => node[key] != null)).map((key) => `nodes[].${key}`),
  ];
}

/** Rollouts of a group are compared with each other, so each agent of an episode has its own group. */
function groupOf({ agent }: Trace, { group, traces }: Episode): string | null {
  if (!group) return null;
  const names = new Set(traces.map((one) => one.agent.name ?? "agent"));
  return names.size > 1 ? `${group.id}/${agent.name ?? "agent"}` : group.id;
}

function saidIn(message: Trace["nodes"][number]["message"]): Said {
  const calls = message.role === "assistant" ? (message.tool_calls ?? []) : [];
  const toolCalls = calls.map(({ id, name, arguments: args }): ToolCall => ({ id, name, arguments: args }));
  return { text: textOf(message.content), toolCalls };
}

function turnOf(
  { node, segment, observation = "", tokens }: Walked,
  call: Trace["calls"][number] | undefined,
  { model, language }: { readonly model: string; readonly language: ReplLanguage },
): ForeignTurn {
  const { message, sampled } = node;
  const { text, toolCalls } = saidIn(message);
  const finishReason: FinishReason = call?.finish_reason ?? "unknown";
  return {
    text,
    reasoning: message.role === "assistant" ? (message.reasoning_content ?? null) : null,
    toolCalls,
    finishReason,
    blocks: blocksIn({ text, toolCalls, finishReason }, language, observation),
    observation,
    segment,
    call: sampled || call ? callOf(call, model, tokens) : null,
    subCalls: [],
  };
}

/** verifiers counts cached tokens separately from the prompt. */
function callOf(
  call: Trace["calls"][number] | undefined,
  model: string,
  tokens: SampledTokens | undefined,
): ForeignCall {
  const { usage } = call ?? {};
  const cachedTokens = usage?.cached_input_tokens ?? 0;
  return {
    purpose: "policy",
    model: call?.model ?? model,
    prompt: null,
    reply: null,
    usage: usage
      ? {
          promptTokens: usage.prompt_tokens + cachedTokens,
          completionTokens: usage.completion_tokens,
          cachedTokens,
        }
      : null,
    dollars: usage?.cost ?? null,
    ...(tokens && { tokens }),
  };
}

/** Missing rewards stay missing; the score of several is their weighted sum. */
function rewardOf({ rewards, metrics }: Trace): RewardRecord | null {
  const given = Object.entries(rewards).flatMap(([name, reward]) => (reward ? [{ name, ...reward }] : []));
  if (given.length === 0) return null;
  const total = given.reduce((sum, { score, weight }) => sum + score * weight, 0);
  const score = metrics["score"] ?? (given.length === 1 ? given[0]!.score : total);
  const terms = given.map(({ name, score: raw, weight }) => [name, { raw, weighted: raw * weight }]);
  return { total, score, terms: Object.fromEntries(terms) as RewardRecord["terms"] };
}

function endOf(trace: Trace, episode: Episode): StopReason | InfraError {
  const fault = trace.errors.at(-1) ?? episode.errors.at(-1);
  if (!trace.ok || !trace.is_completed)
    return { kind: fault?.type ?? "imported", message: fault?.message ?? "the trace is not marked as ok" };
  const condition = trace.stop_condition ?? "";
  if (/max_turns|turns/.test(condition)) return "max_turns";
  if (/tokens|length|context/.test(condition)) return "max_tokens";
  if (/timeout|seconds/.test(condition)) return "max_seconds";
  return "answered";
}

/** Where environments of long contexts store it: in the row, or in the row's `info`. */
function contextOf(data: Record<string, unknown>): Context | null {
  for (const value of [data["context"], (data["info"] as Record<string, unknown> | undefined)?.["context"]]) {
    if (typeof value === "string") return value;
    if (Array.isArray(value) && value.every((part) => typeof part === "string")) return value;
  }
  return null;
}

function timeOf({ timing, nodes }: Trace): string {
  const { start } = (timing ?? {}) as { start?: unknown };
  const seconds = typeof start === "number" && start > 0 ? start : nodes[0]?.timestamp;
  return seconds === undefined ? NO_TIME : new Date(seconds * 1000).toISOString();
}

function asCount(value: unknown): number | null {
  return typeof value === "number" && Number.isInteger(value) && value > 0 ? value : null;
}
