/** Episodes of verifiers 0.4 (v1), as in its `traces.jsonl`: each trace is a trajectory of its group. */
import type { z } from "zod";
import type { KeptRecord } from "../export/kept.ts";
import { verifiersEpisode } from "../export/verifiers-row.ts";
import { parseCompletion, REPL_TOOL } from "../parse/parse.ts";
import type { InfraError, RewardRecord } from "../trajectory.ts";
import type { Context, FinishReason, Reference, SampledTokens, StopReason, ToolCall } from "../types.ts";
import { importedFrom, type Importer, keptIn, parsedLine, type ReadEpisode } from "./importer.ts";
import { type ForeignCall, type ForeignEpisode, type ForeignTurn, NO_TIME } from "./native.ts";
import { restored, type ShownEpisode } from "./restore.ts";

type Episode = z.output<typeof verifiersEpisode>;
type Trace = Episode["traces"][number];
type Node = Trace["nodes"][number];

const UNKNOWN = ["seed", "limits"];

export const verifiersTraces: Importer = {
  name: "verifiers-v1",
  describe: "traces.jsonl of verifiers and prime-rl",
  recognises: (row) => "traces" in row && "task" in row,
  read: async function* read(lines) {
    for await (const line of lines) {
      const episode = parsedLine(verifiersEpisode, line);
      const ours = episode.traces.find(({ info }) => keptIn(info));
      const kept = keptIn(ours?.info);
      if (kept) {
        const record = restored(kept, shownIn(kept, episode), line.where);
        yield { record, reference: null, context: null };
      } else for (const trace of episode.traces) yield foreign(trace, episode);
    }
  },
};

/** Of an episode of ours: children are traces under their rollout ids, and sub-calls under the numbers of their calls. */
function shownIn({ rolloutId, calls, turns, children }: KeptRecord, episode: Episode): ShownEpisode {
  const trace = episode.traces.find(({ id }) => id === rolloutId)!;
  const walk = walkOf(trace);
  const callTexts = new Map<
    number,
    { prompt: string | null; reply: string | null; tokens?: SampledTokens }
  >();
  for (const { id } of calls) {
    const turn = turns.findIndex(({ callId }) => callId === id);
    const asked = episode.traces.find((one) => one.id === `${rolloutId}/call/${id}`);
    const tokens = turn === -1 ? asked && tokensAt(asked.nodes, 1) : walk[turn]?.tokens;
    const [prompt = null, reply = null] = asked?.nodes.map(({ message }) => textOf(message.content)) ?? [];
    callTexts.set(id, { prompt, reply, ...(tokens && { tokens }) });
  }
  const shownChildren = children.filter((child) => episode.traces.some(({ id }) => id === child.rolloutId));
  return {
    systemPrompt: textOf(trace.task.data.system_prompt),
    opening: textOf(trace.task.data.prompt),
    turns: walk.map(({ node, observation }) => ({ text: textOf(node.message.content), observation })),
    calls: callTexts,
    children: new Map(shownChildren.map((child) => [child.rolloutId, shownIn(child, episode)])),
  };
}

interface Walked {
  readonly index: number;
  readonly node: Node;
  readonly segment: number;
  readonly observation: string | undefined;
  readonly tokens: SampledTokens | undefined;
}

/** The turns of a trace in the order of its nodes; a turn that goes on from no turn before it begins a segment. */
function walkOf({ nodes }: Trace): Walked[] {
  const turnNodes = turnNodesOf(nodes);
  let segment = 0;
  return turnNodes.map((index, place) => {
    const before = turnNodes[place - 1];
    if (before !== undefined && !pathTo(nodes, index).includes(before)) segment += 1;
    return {
      index,
      node: nodes[index]!,
      segment,
      observation: observedAfter(nodes, index),
      tokens: tokensAt(nodes, index),
    };
  });
}

/** Assistant messages: those that a model sampled, or all where it is not said of any; what is shown again counts once. */
function turnNodesOf(nodes: readonly Node[]): number[] {
  const assistant = nodes.flatMap(({ message }, index) => (message.role === "assistant" ? [index] : []));
  const sampled = assistant.filter((index) => nodes[index]!.sampled);
  return sampled.length > 0 ? sampled : assistant;
}

function pathTo(nodes: readonly Node[], index: number): number[] {
  const path: number[] = [];
  for (let at: number | null | undefined = index; at != null; at = nodes[at]!.parent) path.push(at);
  return path.toReversed();
}

/** The messages that stand between a turn and the next one of its branch. */
function observedAfter(nodes: readonly Node[], index: number): string | undefined {
  const texts: string[] = [];
  let at = index;
  for (;;) {
    const next = nodes.findIndex(
      ({ parent, message }, place) => place > at && parent === at && message.role !== "assistant",
    );
    if (next === -1) break;
    texts.push(textOf(nodes[next]!.message.content));
    at = next;
  }
  // Native calls are answered one by one, and the last of the answers is the one that shows something.
  return texts.at(-1) === undefined
    ? undefined
    : texts.filter((text) => text !== "(see the last reply)").join("\n");
}

/** Ids along the path, divided where the sampled ones begin. */
function tokensAt(nodes: readonly Node[], index: number): SampledTokens | undefined {
  const { token_ids: ids, mask, logprobs } = nodes[index]!;
  if (ids.length === 0) return undefined;
  const sampledFrom = mask.lastIndexOf(false) + 1;
  const before = pathTo(nodes, index)
    .slice(0, -1)
    .flatMap((at) => nodes[at]!.token_ids);
  return {
    promptIds: [...before, ...ids.slice(0, sampledFrom)],
    completionIds: ids.slice(sampledFrom),
    ...(logprobs.length > 0 && { logprobs }),
  };
}

function foreign(trace: Trace, episode: Episode): ReadEpisode {
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
  const told = info["final_answer"] ?? trace["root_reply"];
  return {
    rolloutId: trace.id,
    groupId: episode.group?.id ?? taskId,
    environment: episode.env.id || task.type,
    policy: trace.agent.name ?? "agent",
    taskId,
    question: textOf(data.prompt) || opening,
    metadata: importedFrom("verifiers-v1", context === null ? ["context", ...UNKNOWN] : UNKNOWN),
    context,
    systemPrompt: textOf(first("system") ?? data.system_prompt),
    opening,
    dialect: isTool ? "tool" : "repl",
    maxTurns: asCount((trace.agent.config as Record<string, unknown>)["max_turns"]),
    turns: walk.map((walked) => turnOf(walked, calls.get(walked.index), model)),
    children: [],
    answer: typeof told === "string" ? told : isAnswer ? textOf(last.content) : null,
    reward: rewardOf(trace),
    ended: endOf(trace, episode),
    startedAt: timeOf(trace),
  };
}

function turnOf(
  { node, segment, observation = "", tokens }: Walked,
  call: Trace["calls"][number] | undefined,
  model: string,
): ForeignTurn {
  const { message, sampled } = node;
  const text = textOf(message.content);
  const toolCalls =
    message.role === "assistant"
      ? (message.tool_calls ?? []).map(({ id, name, arguments: args }): ToolCall => ({
          id,
          name,
          arguments: args,
        }))
      : [];
  const finishReason: FinishReason = call?.finish_reason ?? "unknown";
  const isTool = toolCalls.some(({ name }) => name === REPL_TOOL);
  const { blocks } =
    toolCalls.length > 0 && !isTool
      ? { blocks: [] }
      : parseCompletion({ text, toolCalls, finishReason }, isTool ? "tool" : "repl");
  const [only, ...more] = blocks;
  return {
    text,
    toolCalls,
    finishReason,
    // Of several blocks it is not told which of them printed what.
    blocks: only && more.length === 0 ? [{ code: only.code, stdout: observation, stderr: "" }] : [],
    observation,
    segment,
    call: sampled || call ? callOf(call, model, tokens) : null,
    subCalls: [],
  };
}

/** verifiers counts what a cache held apart from the prompt. */
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

/** Rewards that were not given are none; the score of several is their weighted sum. */
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

/** Where environments of long contexts have it: in the row, or in the row's `info`. */
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

/** Parts that are no text have none; of messages, what the user said last. */
function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  const parts = content as { text?: unknown; role?: unknown; content?: unknown }[];
  const user = parts.findLast(({ role }) => role === "user");
  if (user) return textOf(user.content);
  return parts.map(({ text }) => (typeof text === "string" ? text : "")).join("");
}
