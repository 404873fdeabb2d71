/** A row in the index of a run: the position of a record in the file, and the figures that lists and pictures need. */
import { createHash } from "node:crypto";
import { canaryOf } from "../data/encryption.ts";
import type { LineRange } from "../files/append-log.ts";
import type { DepthMetrics, Trajectory } from "../trajectory.ts";

/** Characters of a question or an answer that the index keeps. */
const MOST_CHARS = 200;

/** Calls and tokens of one depth, as the index keeps them. */
export interface DepthRow {
  readonly depth: number;
  readonly calls: number;
  /** Prompt and completion tokens together. */
  readonly tokens: number;
  /** Null if a model has no known price. */
  readonly nanoDollars: number | null;
}

/** One record of a run. */
export interface IndexRow {
  /** Where its line stands in `trajectories.jsonl`, the line feed included, in bytes. */
  readonly start: number;
  readonly bytes: number;
  /** The first 16 hexadecimal digits of the sha256 of the line without its line feed. */
  readonly hash: string;
  readonly rolloutId: string;
  readonly groupId: string;
  readonly environment: string;
  readonly policy: string;
  readonly taskId: string;
  readonly seed: number;
  readonly status: Trajectory["status"];
  readonly stopReason: string;
  /** In [0, 1]: the published score if there is one, else the score on which the reward is based; null if there is neither. */
  readonly score: number | null;
  /** The total reward; null if there is none. */
  readonly reward: number | null;
  readonly turns: number;
  /** Calls of the whole tree. */
  readonly calls: number;
  readonly children: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Null if a model has no known price. */
  readonly nanoDollars: number | null;
  readonly contextTokens: number;
  readonly contextChars: number;
  /** The share of the context that code printed or sub-models saw, in [0, 1]; null if it is unknown. */
  readonly coverage: number | null;
  readonly depths: readonly DepthRow[];
  readonly seconds: number;
  readonly startedAt: string;
  readonly simulated: boolean;
  readonly readsGold: boolean;
  /** True for a task of an encrypted set: its question and answer are not in the index. */
  readonly encrypted: boolean;
  /** The beginning of the question and of the answer; null if they are encrypted, or there is no answer. */
  readonly question: string | null;
  readonly answer: string | null;
  /** The rollout that it was branched from and the turn; null if it was not. */
  readonly continues: { readonly rolloutId: string; readonly turn: number } | null;
  /** The kind of the fault that ended it; null if none did. */
  readonly fault: string | null;
}

/** A line that is not a record, and why; an empty line has the reason "". */
export interface BadLine extends LineRange {
  readonly hash: string;
  readonly bad: string;
}

/** What the index has for a line of the records. */
export type IndexEntry = IndexRow | BadLine;

export function isRow(entry: IndexEntry): entry is IndexRow {
  return !("bad" in entry);
}

/** Names that many rows have in common. */
const SHARED = ["groupId", "environment", "policy", "taskId", "status", "stopReason", "question"] as const;

/** Keeps names that many rows have in common once: each record's text has them anew. */
export class SharedNames {
  readonly #known = new Map<string, string>();

  /** The entry itself, with names that were met before in their first copy. */
  in<Entry extends IndexEntry>(entry: Entry): Entry {
    const row = entry as unknown as Record<string, unknown>;
    for (const key of SHARED) {
      const value = row[key];
      if (typeof value !== "string") continue;
      const known = this.#known.get(value);
      if (known === undefined) this.#known.set(value, value);
      else row[key] = known;
    }
    return entry;
  }
}

/** The hash by which an index knows a line again. */
export function lineHash(line: Uint8Array): string {
  return createHash("sha256").update(line).digest("hex").slice(0, 16);
}

/** The row of a record whose line stands there. */
export function rowOf(record: Trajectory, { start, bytes }: LineRange, hash: string): IndexRow {
  const { reward, totals, task, metrics, answer, continues } = record;
  const encrypted = canaryOf(task) !== null;
  return {
    start,
    bytes,
    hash,
    rolloutId: record.rolloutId,
    groupId: record.groupId,
    environment: record.environment,
    policy: record.policy,
    taskId: task.id,
    seed: record.seed,
    status: record.status,
    stopReason: record.stopReason,
    score: reward?.terms.official?.raw ?? reward?.score ?? null,
    reward: reward?.total ?? null,
    turns: record.turns.length,
    calls: totals.calls,
    children: record.children.length,
    promptTokens: totals.promptTokens,
    completionTokens: totals.completionTokens,
    nanoDollars: totals.nanoDollars,
    contextTokens: task.contextTokens,
    contextChars: task.context.chars,
    coverage: metrics.coverage ?? null,
    depths: Array.isArray(metrics.depths) ? metrics.depths.map(depthRow) : [],
    seconds: record.wallClock.seconds,
    startedAt: record.wallClock.startedAt,
    simulated: record.simulated,
    readsGold: record.readsGold ?? false,
    encrypted,
    question: encrypted ? null : beginningOf(task.question),
    answer: encrypted || answer === null ? null : beginningOf(answer.text),
    continues: continues ? { rolloutId: continues.rolloutId, turn: continues.turn } : null,
    fault: record.error?.kind ?? null,
  };
}

/** A copy: V8's `slice` is a view that would keep the whole text in memory for as long as the row. */
function beginningOf(text: string): string {
  return text.length <= MOST_CHARS ? text : (JSON.parse(JSON.stringify(text.slice(0, MOST_CHARS))) as string);
}

function depthRow({ depth, calls, promptTokens, completionTokens, nanoDollars }: DepthMetrics): DepthRow {
  const count = Object.values(calls ?? {}).reduce((all, one) => all + one, 0);
  return { depth, calls: count, tokens: promptTokens + completionTokens, nanoDollars };
}
