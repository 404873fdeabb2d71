/** A run's progress, read only from its folder, so that another process can ask while the run goes on. */
import { join } from "node:path";
import { DataError } from "../errors.ts";
import { decryptedLine } from "../data/encryption.ts";
import type { Trajectory } from "../trajectory.ts";
import type { Attempt } from "./attempt.ts";
import { LineTail } from "../files/line-tail.ts";
import type { Manifest } from "./manifest.ts";
import { readManifest } from "./read-run.ts";
import { ownerHasDied, readLockOwner } from "./run-lock.ts";

/** A run's progress: counts, episodes per second, cost in dollars, and errors. */
export interface RunStatus {
  /** `died`: the manifest says that it runs, but its process is gone. */
  readonly status: Manifest["status"] | "died";
  readonly planned: number;
  readonly ended: number;
  readonly infraErrors: number;
  /** Attempts that failed and were repeated. */
  readonly attemptsFailed: number;
  /** Faults of records and attempts, by kind. */
  readonly errors: { readonly [kind: string]: number };
  /** Dollars of all records and attempts so far; null if a model has no known price. */
  readonly dollars: number | null;
  /** True if any record or attempt rests on a simulated model, whose prices are made up. */
  readonly simulated: boolean;
  /** What the episodes that are missing cost if they cost what the others did on average; null if that is unknown. */
  readonly dollarsToCome: number | null;
  /** Running jobs by worker: every worker that took one since the run last began; 0 if it waits for the next. */
  readonly workers: { readonly [worker: string]: number };
  /** Since the run last began. */
  readonly wallClock: { readonly episodesPerSecond: number | null; readonly secondsLeft: number | null };
}

/** Throws `DataError` if the folder is not a run. */
export function readStatus(folder: string): Promise<RunStatus> {
  return new StatusReader(folder).read();
}

/** Looks at a run repeatedly; each look costs only what the run wrote since the last one. */
export class StatusReader {
  readonly #folder: string;
  readonly #records: RecordSums;
  readonly #attempts: RecordSums;
  readonly #journal: JournalSums;

  constructor(folder: string) {
    this.#folder = folder;
    this.#records = new RecordSums(join(folder, "trajectories.jsonl"));
    this.#attempts = new RecordSums(join(folder, "attempts.jsonl"));
    this.#journal = new JournalSums(join(folder, "journal.jsonl"));
  }

  /** Throws `DataError` if the folder is not a run. */
  async read(): Promise<RunStatus> {
    const manifest = await readManifest(this.#folder);
    const owner = await readLockOwner(this.#folder);
    for (const part of [this.#records, this.#attempts, this.#journal]) await part.look();
    const [records, attempts] = [this.#records, this.#attempts];
    const { planned } = manifest.counts;
    const unpriced = records.unpriced || attempts.unpriced;
    const dollars = unpriced ? null : (records.nanoDollars + attempts.nanoDollars) / 1e9;
    const died = manifest.status === "running" && (owner === null || ownerHasDied(owner));
    const { workers, episodesPerSecond } = this.#journal.figures();
    // An interrupted run leaves leases in its journal that nobody works on.
    const underWay = manifest.status === "running" && !died ? workers : idle(workers);
    // A manifest of a stranger may plan fewer than there are.
    const missing = Math.max(0, planned - records.count);
    const errors = new Map(records.errors);
    for (const [kind, count] of attempts.errors) errors.set(kind, (errors.get(kind) ?? 0) + count);
    return {
      status: died ? "died" : manifest.status,
      planned,
      ended: records.count,
      infraErrors: records.faults,
      attemptsFailed: attempts.count,
      errors: Object.fromEntries(errors),
      dollars,
      simulated: records.simulated || attempts.simulated,
      dollarsToCome: dollars === null || records.count === 0 ? null : (dollars / records.count) * missing,
      workers: underWay,
      wallClock: { episodesPerSecond, secondsLeft: episodesPerSecond ? missing / episodesPerSecond : null },
    };
  }
}

function idle(workers: RunStatus["workers"]): RunStatus["workers"] {
  return Object.fromEntries(Object.keys(workers).map((worker) => [worker, 0]));
}

/** Sums over the records of a file. */
class RecordSums {
  readonly #path: string;
  readonly #tail: LineTail;
  count = 0;
  faults = 0;
  nanoDollars = 0;
  unpriced = false;
  simulated = false;
  readonly errors = new Map<string, number>();

  constructor(path: string) {
    this.#path = path;
    this.#tail = new LineTail(path);
  }

  look(): Promise<void> {
    return this.#tail.read(
      (line) => this.#take(line),
      () => {
        [this.count, this.faults, this.nanoDollars] = [0, 0, 0];
        this.unpriced = this.simulated = false;
        this.errors.clear();
      },
    );
  }

  #take(line: string): void {
    const record = this.#parsed(line);
    const { error, totals, simulated } = "trajectory" in record ? record.trajectory : record;
    this.count += 1;
    this.simulated ||= simulated;
    if (error) {
      this.faults += 1;
      this.errors.set(error.kind, (this.errors.get(error.kind) ?? 0) + 1);
    }
    if (totals.nanoDollars === null) this.unpriced = true;
    else this.nanoDollars += totals.nanoDollars;
  }

  #parsed(line: string): Trajectory | Attempt {
    try {
      return decryptedLine(JSON.parse(line), this.#path) as Trajectory | Attempt;
    } catch (error) {
      if (error instanceof DataError) throw error;
      throw new DataError(`${this.#path}: expected one JSON object per line`, { cause: error });
    }
  }
}

interface Line {
  readonly event: string;
  readonly job?: string;
  readonly worker?: string;
  readonly wallClock: { readonly at: string };
}

/** What the journal says since the run last began. */
class JournalSums {
  readonly #tail: LineTail;
  readonly #held = new Map<string, string>();
  readonly #workers = new Set<string>();
  #begunMs = 0;
  #lastMs = 0;
  #done = 0;

  constructor(path: string) {
    this.#tail = new LineTail(path);
  }

  look(): Promise<void> {
    return this.#tail.read(
      (line) => this.#take(JSON.parse(line) as Line),
      () => this.#forget(),
    );
  }

  figures() {
    const workers: Record<string, number> = Object.fromEntries(
      [...this.#workers].map((worker) => [worker, 0]),
    );
    for (const worker of this.#held.values()) workers[worker] = (workers[worker] ?? 0) + 1;
    const seconds = (this.#lastMs - this.#begunMs) / 1000;
    return { workers, episodesPerSecond: this.#done > 0 && seconds > 0 ? this.#done / seconds : null };
  }

  #forget(): void {
    this.#held.clear();
    this.#workers.clear();
  }

  #take({ event, job = "", worker = "", wallClock }: Line): void {
    this.#lastMs = Date.parse(wallClock.at);
    if (event === "begun") {
      [this.#begunMs, this.#done] = [this.#lastMs, 0];
      this.#forget();
    } else if (event === "leased") {
      this.#held.set(job, worker);
      this.#workers.add(worker);
    } else if (event === "ended") this.#forget();
    else this.#held.delete(job);
    if (event === "done") this.#done += 1;
  }
}
