/** What every fault ends with: a run's journal, trajectories and ledger agree; none lost, none twice, none invented. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { JournalEvent } from "../../../src/queue/queue-journal.ts";
import type { Attempt } from "../../../src/runs/attempt.ts";
import type { Manifest } from "../../../src/runs/manifest.ts";
import { brokenChecksum } from "../../../src/record/checksums.ts";
import type { Call, Totals, Trajectory } from "../../../src/trajectory.ts";

export interface AuditOptions {
  /** What an undisturbed run recorded, by `recordsOf`. */
  readonly asked: readonly string[];
  /** False where requests were sent again within a call: how often may differ, and nothing else. */
  readonly sameRequests?: boolean;
  /** False where a process died between a record and the journal's word on it. */
  readonly wholeJournal?: boolean;
}

/** A run's records, sorted, without what a clock says and, if asked, without how often requests were sent (and the seals over that). */
export async function recordsOf(folder: string, sameRequests = true): Promise<string[]> {
  const trajectories = await linesOf<Trajectory>(folder, "trajectories.jsonl");
  return trajectories.map((record) => comparable(record, sameRequests)).toSorted();
}

function comparable(record: Trajectory, sameRequests: boolean): string {
  const left = (key: string) =>
    key === "wallClock" || (!sameRequests && (key === "attempts" || key === "seals"));
  return JSON.stringify(record, (key, value: unknown) => (left(key) ? 0 : value));
}

/** What is wrong with a folder that ought to hold a finished run, a line each; empty where all is well. */
export async function audit(folder: string, options: AuditOptions): Promise<string[]> {
  const records = await linesOf<Trajectory>(folder, "trajectories.jsonl");
  const attempts = await linesOf<Attempt>(folder, "attempts.jsonl");
  const journal = await linesOf<JournalEvent>(folder, "journal.jsonl");
  return [
    ...recordFaults(records, options),
    ...[...records, ...attempts.map(({ trajectory }) => trajectory)].flatMap(ledgerFaults),
    ...attemptFaults(attempts, records),
    ...journalFaults(journal, { records, attempts }, options.wholeJournal ?? true),
    ...(await folderFaults(folder, records)),
  ];
}

function recordFaults(
  records: readonly Trajectory[],
  { asked, sameRequests = true }: AuditOptions,
): string[] {
  const here = records.map((record) => comparable(record, sameRequests)).toSorted();
  const [had, wanted] = [new Set(here), new Set(asked)];
  const lost = asked.filter((record) => !had.has(record)).length;
  const invented = here.filter((record) => !wanted.has(record)).length;
  return [
    ...(new Set(idsOf(records)).size === records.length ? [] : ["a rollout is recorded twice"]),
    ...(lost + invented === 0 ? [] : [`${lost} records are lost, ${invented} are not an undisturbed run's`]),
    ...(isDeepStrictEqual(here, asked) ? [] : [`${here.length} records, expected ${asked.length}`]),
  ];
}

/** The sums anew from the calls, and each turn with a call of its own. */
function ledgerFaults(record: Trajectory): string[] {
  const { rolloutId, turns, calls, totals, children } = record;
  const faults: string[] = [];
  if (brokenChecksum(record)) faults.push("a checksum is wrong");
  if (calls.some(({ id }, at) => id !== at)) faults.push("calls are not numbered through");
  const sums = sumsOf(record);
  for (const name of Object.keys(sums) as (keyof typeof sums)[])
    if (sums[name] !== totals[name])
      faults.push(`${name}: ${totals[name]} in the totals, ${sums[name]} in the calls`);
  const made = turns.flatMap(({ callId, index }) => (callId === null ? [] : [{ callId, index }]));
  if (new Set(made.map(({ callId }) => callId)).size !== made.length) faults.push("two turns share a call");
  for (const { callId, index } of made)
    if (calls[callId]?.purpose !== "policy" || calls[callId]?.turn !== index)
      faults.push(`turn ${index} has no call of its own`);
  return [...faults.map((fault) => `ledger of ${rolloutId}: ${fault}`), ...children.flatMap(ledgerFaults)];
}

type Sums = Pick<Totals, "calls" | "promptTokens" | "completionTokens" | "cachedTokens" | "nanoDollars">;

function sumsOf(record: Trajectory): Sums {
  const calls = everyCall(record);
  const counted = calls.map(({ usage, reserved }) => usage ?? reserved);
  const prices = calls.map(({ nanoDollars }) => nanoDollars);
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  return {
    calls: calls.length,
    promptTokens: sum(counted.map(({ promptTokens }) => promptTokens)),
    completionTokens: sum(counted.map(({ completionTokens }) => completionTokens)),
    cachedTokens: sum(counted.map(({ cachedTokens }) => cachedTokens)),
    nanoDollars: prices.includes(null) ? null : sum(prices.map((price) => price ?? 0)),
  };
}

function everyCall({ calls, children }: Trajectory): Call[] {
  return [...calls, ...children.flatMap(everyCall)];
}

/** Attempts are numbered through, failed, and of rollouts that were asked for. */
function attemptFaults(attempts: readonly Attempt[], records: readonly Trajectory[]): string[] {
  const ids = new Set(idsOf(records));
  const last = new Map<string, number>();
  return attempts.flatMap(({ attempt, trajectory: { rolloutId, status } }) => {
    const before = last.get(rolloutId) ?? 0;
    last.set(rolloutId, attempt);
    return [
      ...(ids.has(rolloutId) ? [] : [`an attempt at ${rolloutId}, which nobody asked for`]),
      ...(attempt === before + 1 ? [] : [`attempt ${attempt} at ${rolloutId} follows ${before}`]),
      ...(status === "infra_error" ? [] : [`an attempt at ${rolloutId} did not fail`]),
    ];
  });
}

function journalFaults(
  journal: readonly JournalEvent[],
  { records, attempts }: { readonly records: readonly Trajectory[]; readonly attempts: readonly Attempt[] },
  whole: boolean,
): string[] {
  const faults: string[] = [];
  const jobsOf = (...names: string[]) =>
    journal.filter(({ event, kind }) => names.includes(event) && kind !== "lost").map(({ job }) => job ?? "");
  const [ids, done, leased] = [new Set(idsOf(records)), jobsOf("done"), new Set(jobsOf("leased"))];
  if (done.some((job) => !ids.has(job))) faults.push("the journal says done of a rollout without a record");
  if (new Set(done).size !== done.length) faults.push("the journal says done twice");
  if (whole && done.length !== ids.size)
    faults.push(`the journal says done ${done.length} times of ${ids.size} records`);
  if (whole && done.some((job) => !leased.has(job))) faults.push("the journal says done of what nobody held");
  if (whole && jobsOf("retried", "failed").length !== attempts.length)
    faults.push(
      `${jobsOf("retried", "failed").length} failures in the journal, ${attempts.length} attempts recorded`,
    );
  if (journal.at(-1)?.event !== "ended") faults.push("the journal does not end with the run's end");
  return faults;
}

async function folderFaults(folder: string, records: readonly Trajectory[]): Promise<string[]> {
  const faults: string[] = [];
  const { status, counts } = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8")) as Manifest;
  const all = records.length;
  if (status !== "finished") faults.push(`the manifest says ${status}`);
  if (!isDeepStrictEqual(counts, { planned: all, ended: all, ok: all, infraErrors: 0 }))
    faults.push(`the manifest counts ${JSON.stringify(counts)} of ${all} records`);
  const left = (await readdir(folder)).filter((name) => name.endsWith(".tmp") || name.startsWith("run.lock"));
  if (left.length > 0) faults.push(`left behind: ${left.join(", ")}`);
  for (const name of await readdir(join(folder, "contexts"))) {
    const hash = createHash("sha256").update(await readFile(join(folder, "contexts", name)));
    if (hash.digest("hex") !== name) faults.push(`context ${name} is not what its name says`);
  }
  for (const hash of new Set(records.map(({ task }) => task.context.sha256)))
    if (!existsSync(join(folder, "contexts", hash))) faults.push(`context ${hash} is missing`);
  const references = (await linesOf<{ taskId: string }>(folder, "references.jsonl")).map(
    ({ taskId }) => taskId,
  );
  const tasks = new Set(records.map(({ task }) => task.id));
  if (!isDeepStrictEqual(references.toSorted(), [...tasks].toSorted()))
    faults.push("references are missing or twice");
  return faults;
}

function idsOf(records: readonly Trajectory[]): string[] {
  return records.map(({ rolloutId }) => rolloutId);
}

/** Throws where a line is not whole. */
async function linesOf<T>(folder: string, name: string): Promise<T[]> {
  const text = await readFile(join(folder, name), "utf8");
  if (text !== "" && !text.endsWith("\n")) throw new Error(`${name}: the last line is not whole`);
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as T);
}
