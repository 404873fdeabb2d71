/** The format `trl-dpo`: the better and the worse of two rollouts of the same group. */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { Trajectory } from "../../trajectory.ts";
import { chatTools, TOOLS_COLUMN, toolsField, TRL_MESSAGES, trlMessage, trlMessages } from "../chat.ts";
import { conversationsOf, withoutMark } from "../conversation.ts";
import { type Exporter, type ExportOptions, type ExportSource, type Row, withKeys } from "../exporter.ts";
import { METADATA_KEY, metadataOf, type RowMetadata } from "../metadata.ts";
import { type Kept, keptFacts, type Tally } from "../tally.ts";
import { divided, endingWithAssistant, NO_TURNS, UNREADABLE_ARGUMENTS } from "./trl.ts";

export const trlDpo: Exporter = {
  name: "trl-dpo",
  describe: "pairs of a better and a worse rollout of a group, for TRL's DPOTrainer",
  output: "rows",
  columns: [["prompt", TRL_MESSAGES], ["chosen", TRL_MESSAGES], ["rejected", TRL_MESSAGES], TOOLS_COLUMN],
  metadata: "pair",
  jsonl: true,
  needsTokens: false,
  holdsGold: false,
  recognises: withKeys("chosen", "rejected"),
  row: z.strictObject({
    prompt: z.array(trlMessage).min(1),
    chosen: z.array(trlMessage).min(1),
    rejected: z.array(trlMessage).min(1),
    tools: chatTools,
  }),
  rows: pairRows,
};

/** What is kept of a rollout while pairs are chosen: little, so that a run of any usual size fits into memory. */
interface Candidate extends Kept {
  readonly index: number;
  readonly reward: number;
  readonly promptSha256: string;
  readonly completionSha256: string;
}

type Sides = ReturnType<typeof divided> & ReturnType<typeof toolsField> & { readonly of: RowMetadata };

/** Iterates the source twice: once to choose, once to write. Holds only rollouts that wait for their partner. */
async function* pairRows(source: ExportSource, options: ExportOptions, tally: Tally): AsyncGenerator<Row> {
  const partners = await choose(source, options, tally);
  const waiting = new Map<string, Sides>();
  let index = -1;
  for await (const { trajectory } of source()) {
    index += 1;
    for (const [chosen, rejected] of partners.get(index) ?? []) {
      const sides = sidesOf(trajectory);
      if (typeof sides === "string") continue;
      const key = `${chosen}/${rejected}`;
      const other = waiting.get(key);
      if (!other) {
        waiting.set(key, sides);
        continue;
      }
      waiting.delete(key);
      const [good, bad] = index === chosen ? [sides, other] : [other, sides];
      const { prompt, completion, of, ...rest } = good;
      const metadata = options.withMetadata && { [METADATA_KEY]: { chosen: of, rejected: bad.of } };
      yield { prompt, chosen: completion, rejected: bad.completion, ...rest, ...metadata };
    }
  }
}

/** The pairs that each rollout belongs to, by its index in the source. */
async function choose(source: ExportSource, options: ExportOptions, tally: Tally) {
  const groups = new Map<string, Candidate[]>();
  let index = -1;
  for await (const { trajectory } of source()) {
    index += 1;
    const sides = sidesOf(trajectory);
    if (typeof sides === "string" || trajectory.reward === null) {
      tally.leaveOut(typeof sides === "string" ? sides : "no reward");
      continue;
    }
    // A group is one task: if an id is used for two, the task still separates them.
    const key = JSON.stringify([trajectory.groupId, trajectory.task.dataset, trajectory.task.id]);
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    const candidate = {
      index,
      reward: trajectory.reward.total,
      ...keptFacts(trajectory),
      promptSha256: hashOf(sides.prompt),
      completionSha256: hashOf(sides.completion),
    };
    if (group.some((other) => other.completionSha256 === candidate.completionSha256))
      tally.leaveOut("the same messages as another rollout of its group");
    else group.push(candidate);
  }
  const partners = new Map<number, [number, number][]>();
  for (const group of groups.values()) {
    const pairs = pairsOf(group, options);
    const used = new Set(pairs.flat());
    for (const candidate of group) if (used.has(candidate.index)) tally.keep(candidate);
    tally.leaveOut("no partner with the margin in its group", group.length - used.size);
    for (const pair of pairs) for (const one of pair) partners.set(one, [...(partners.get(one) ?? []), pair]);
  }
  return partners;
}

/** Pairs the best with the worst, the second best with the second worst, and so on while the margin holds. */
function pairsOf(group: readonly Candidate[], { margin, pairsPerGroup }: ExportOptions): [number, number][] {
  const ranked = group.toSorted((a, b) => b.reward - a.reward || a.index - b.index);
  const pairs: [number, number][] = [];
  for (let i = 0; i < Math.floor(ranked.length / 2) && pairs.length < pairsPerGroup; i += 1) {
    const [best, worst] = [ranked[i]!, ranked[ranked.length - 1 - i]!];
    const difference = best.reward - worst.reward;
    if (difference <= 0 || difference < margin) break;
    if (best.promptSha256 === worst.promptSha256) pairs.push([best.index, worst.index]);
  }
  return pairs;
}

/** A rollout as prompt and completion, or the reason why it cannot be in a pair. */
function sidesOf(trajectory: Trajectory): Sides | string {
  const [only, ...more] = conversationsOf(trajectory);
  if (!only) return NO_TURNS;
  if (more.length > 0) return "old turns were let go, so that it is not one conversation";
  const messages = trlMessages(endingWithAssistant(only.messages).map(withoutMark));
  if (messages === null) return UNREADABLE_ARGUMENTS;
  return { ...divided(messages), ...toolsField(trajectory), of: metadataOf(trajectory) };
}

/** Conversations that differ only in white space count as equal. */
function hashOf(messages: readonly unknown[]): string {
  const normal = JSON.stringify(messages, (_, value: unknown) =>
    typeof value === "string" ? value.trim().replaceAll(/\s+/g, " ") : value,
  );
  return createHash("sha256").update(normal).digest("hex");
}
