/** Walks a trace of verifiers: its nodes form a tree, and its turns are the assistant messages in it. */
import type { z } from "zod";
import { SEE_LAST_REPLY } from "../../episode/prompt.ts";
import type { verifiersEpisode } from "../../export/formats/verifiers-row.ts";
import type { SampledTokens } from "../../types.ts";

/** A line of `traces.jsonl`, as its schema reads it. */
export type Episode = z.output<typeof verifiersEpisode>;
/** What one agent of an episode did. */
export type Trace = Episode["traces"][number];
type Node = Trace["nodes"][number];

/** A turn of a trace: its node, its segment, and what was shown after it. */
export interface Walked {
  readonly index: number;
  readonly node: Node;
  readonly segment: number;
  readonly observation: string | undefined;
  readonly tokens: SampledTokens | undefined;
}

/**
 * The turns of a trace in the order of its nodes; a turn that does not extend an earlier turn begins a segment.
 *
 * @param turnNodes the indices of the turns' nodes, if they are known
 */
export function walkOf({ nodes }: Trace, turnNodes: readonly number[] = turnNodesOf(nodes)): Walked[] {
  let segment = 0;
  return turnNodes.map((index, turn) => {
    const before = turnNodes[turn - 1];
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

/** Assistant messages: those that a model sampled, or all if none is marked; a message shown again counts once. */
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

/** The messages between a turn and the next one of its branch. */
function observedAfter(nodes: readonly Node[], index: number): string | undefined {
  const texts: string[] = [];
  let at = index;
  for (;;) {
    const next = nodes.findIndex(
      ({ parent, message }, node) => node > at && parent === at && message.role !== "assistant",
    );
    if (next === -1) break;
    texts.push(textOf(nodes[next]!.message.content));
    at = next;
  }
  // Native calls are answered one by one, and the last answer holds the observation.
  return texts.at(-1) === undefined ? undefined : texts.filter((text) => text !== SEE_LAST_REPLY).join("\n");
}

/** Ids along the path, divided where the sampled ones begin. */
export function tokensAt(nodes: readonly Node[], index: number): SampledTokens | undefined {
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

/** Parts that are not text are left out; for a list of messages, the user's last one. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  const parts = content as { text?: unknown; role?: unknown; content?: unknown }[];
  const user = parts.findLast(({ role }) => role === "user");
  if (user) return textOf(user.content);
  return parts.map(({ text }) => (typeof text === "string" ? text : "")).join("");
}
