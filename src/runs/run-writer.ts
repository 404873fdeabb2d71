/** Writes a run's folder: manifest, trajectories as they end, the gold separately, and each context once. */
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../errors.ts";
import type { Trajectory } from "../trajectory.ts";
import { expectSums } from "../cost/totals.ts";
import type { Context, ContextSummary, Problem, Reference, Task } from "../types.ts";
import { AppendLog, type LineRange, LineTooLongError } from "../files/append-log.ts";
import { withoutTexts } from "../record/without-texts.ts";
import { CONTEXTS_FOLDER, writeContext } from "./context-files.ts";
import { writeAtomically } from "../files/atomic-write.ts";
import { expectNoLink } from "../files/no-link.ts";
import { checkWritable, writing } from "./folder-errors.ts";
import { type Manifest, newManifest, type RunPlan } from "./manifest.ts";
import { readReferences } from "./read-run.ts";
import { type Kept, manifestToResume, setFailedAside } from "./resume.ts";
import { canaryOf, encryptedLine } from "../data/encryption.ts";
import { INDEX_FILE, openIndexLog } from "./index-file.ts";
import { lineHash, rowOf } from "./index-row.ts";
import { LOCK_FILE, RunLock } from "./run-lock.ts";
import { repairIndex } from "./run-index.ts";

const MANIFEST_FILE = "manifest.json";
/** Files left by a run that died before it wrote its manifest. */
const LEFT_OVER = /^(contexts|run\.lock.*|manifest\.json\.\w+\.tmp)$/;

type Logs = { readonly [name in "trajectories" | "references" | "attempts" | "index"]: AppendLog };

/** A record that was written, and the position of its line. */
interface Appended {
  readonly record: Trajectory;
  readonly at: LineRange & { readonly line: Uint8Array };
}

/** Writes the folder of one run, which it locks. Once `append` returns, the record is on disk. */
export class RunWriter {
  readonly folder: string;
  #manifest: Manifest;
  readonly #lock: RunLock;
  readonly #logs: Logs;
  /** The rollouts whose records are written: a second record of one is refused. */
  readonly #ended: Set<string>;
  readonly #failedAttempts: Map<string, number>;
  /** Things to write only once: references by task, contexts by hash. */
  readonly #once = new Map<string, Promise<void>>();

  private constructor(folder: string, lock: RunLock, manifest: Manifest, logs: Logs, kept: Kept) {
    this.folder = folder;
    this.#lock = lock;
    this.#manifest = manifest;
    this.#logs = logs;
    this.#ended = kept.ended;
    this.#failedAttempts = kept.failedAttempts;
  }

  /**
   * Makes the folder and takes its lock. Throws `UsageError` if it exists and is not empty, `RunError` if it cannot
   * be made or another process writes to it.
   */
  static async create(folder: string, plan: RunPlan): Promise<RunWriter> {
    return writing(folder, async () => {
      await expectNoLink(folder);
      await checkWritable(folder);
      await mkdir(folder, { recursive: true });
      const found = await readdir(folder);
      const holds = found.includes(MANIFEST_FILE)
        ? MANIFEST_FILE
        : found.find((name) => !LEFT_OVER.test(name));
      if (holds !== undefined && !found.includes(LOCK_FILE)) throw occupied(folder, holds);
      const lock = await RunLock.acquire(folder);
      return orRelease(lock, async () => {
        if (holds !== undefined) throw occupied(folder, holds);
        return RunWriter.#begin(folder, lock, plan);
      });
    });
  }

  /**
   * Resumes the run in the folder: episodes that ended well count, and those with infrastructure faults move to
   * `attempts.jsonl` to be played again. Throws `UsageError` if the folder is not a run, or a run of another
   * configuration, `RunError` if another process writes to it.
   */
  static async resume(folder: string, plan: RunPlan): Promise<RunWriter> {
    await expectNoLink(folder);
    const found = await readdir(folder).catch((): string[] => []);
    const diedAtOnce = found.includes(LOCK_FILE) && found.every((name) => LEFT_OVER.test(name));
    if (!diedAtOnce) await manifestToResume(folder, plan);
    return writing(folder, async () => {
      const lock = await RunLock.acquire(folder);
      return orRelease(lock, async () => {
        if (diedAtOnce) return RunWriter.#begin(folder, lock, plan);
        const before = await manifestToResume(folder, plan);
        const kept = await setFailedAside(folder, before.plain);
        await expectNoLink(join(folder, INDEX_FILE));
        await repairIndex(folder);
        const { size } = kept.ended;
        const { startedAt } = before.wallClock;
        const manifest: Manifest = {
          ...before,
          status: "running",
          counts: { planned: plan.planned, ended: size, ok: size, infraErrors: 0 },
          wallClock: { startedAt, endedAt: null },
        };
        return RunWriter.#open(folder, lock, manifest, kept, plan);
      });
    });
  }

  static #begin(folder: string, lock: RunLock, plan: RunPlan): Promise<RunWriter> {
    const kept = { ended: new Set<string>(), failedAttempts: new Map<string, number>() };
    return RunWriter.#open(folder, lock, newManifest(plan), kept, plan);
  }

  static async #open(
    folder: string,
    lock: RunLock,
    manifest: Manifest,
    kept: Kept,
    plan: RunPlan,
  ): Promise<RunWriter> {
    await expectNoLink(join(folder, CONTEXTS_FOLDER));
    await writeManifest(folder, manifest);
    await mkdir(join(folder, CONTEXTS_FOLDER), { recursive: true });
    const logs = await openLogs(folder, plan.mostRecordChars);
    const writer = new RunWriter(folder, lock, manifest, logs, kept);
    for (const taskId of (await readReferences(folder)).keys())
      writer.#once.set(`task ${taskId}`, Promise.resolve());
    return writer;
  }

  get manifest(): Manifest {
    return this.#manifest;
  }

  /** True for a rollout whose record is written. */
  has(rolloutId: string): boolean {
    return this.#ended.has(rolloutId);
  }

  /**
   * Appends an ended episode; it is on disk when this returns. Returns false, and writes nothing, for a second record of the
   * same rollout. `context`: null if `prepare` wrote it. Throws `RunError` if its totals are not the sums of its calls.
   */
  async append(
    trajectory: Trajectory,
    context: Context | null,
    reference: Reference | null,
  ): Promise<boolean> {
    expectSums(trajectory);
    const { rolloutId } = trajectory;
    if (this.#ended.has(rolloutId)) return false;
    this.#ended.add(rolloutId);
    let written = trajectory;
    try {
      await writing(this.folder, async () => {
        const { task } = trajectory;
        await this.#writeAround(task, task.context.sha256, context, reference);
        const appended = await this.#appendRecord(this.#logs.trajectories, trajectory, (record) => record);
        written = appended.record;
        await this.#appendRow(appended);
      });
    } catch (error) {
      this.#ended.delete(rolloutId);
      throw error;
    }
    const { counts } = this.#manifest;
    const ok = written.status === "ok" ? 1 : 0;
    this.#manifest = {
      ...this.#manifest,
      counts: {
        ...counts,
        ended: counts.ended + 1,
        ok: counts.ok + ok,
        infraErrors: counts.infraErrors + 1 - ok,
      },
    };
    return true;
  }

  /** Writes what a task's records will refer to, for workers that read it from there; without its context if another process writes that. */
  prepare(
    { task, reference }: Problem,
    { sha256 }: ContextSummary,
    what: "all" | "reference" = "all",
  ): Promise<void> {
    const context = what === "all" ? task.context : null;
    return writing(this.folder, () => this.#writeAround(task, sha256, context, reference));
  }

  /** Appends the record of an attempt that will be repeated to `attempts.jsonl`, and gives it the next number. */
  async appendAttempt(trajectory: Trajectory): Promise<void> {
    const attempt = (this.#failedAttempts.get(trajectory.rolloutId) ?? 0) + 1;
    this.#failedAttempts.set(trajectory.rolloutId, attempt);
    await writing(this.folder, () =>
      this.#appendRecord(this.#logs.attempts, trajectory, (record) => ({ attempt, trajectory: record })),
    );
  }

  /** Closes the files, writes to the manifest how the run ended, and releases the folder. */
  async close(status: Exclude<Manifest["status"], "running">): Promise<void> {
    const endedAt = new Date().toISOString();
    this.#manifest = { ...this.#manifest, status, wallClock: { ...this.#manifest.wallClock, endedAt } };
    try {
      await writing(this.folder, async () => {
        for (const log of Object.values(this.#logs)) await log.close();
        await writeManifest(this.folder, this.#manifest);
      });
    } finally {
      await this.#lock.release();
    }
  }

  /** Writes a record that is too long to be read back without its texts, as a failed one: the run goes on. */
  async #appendRecord(
    log: AppendLog,
    record: Trajectory,
    lineOf: (record: Trajectory) => object,
  ): Promise<Appended> {
    const canary = this.#canaryFor(record);
    try {
      return { record, at: await log.appendLine(encryptedLine(lineOf(record), canary)) };
    } catch (error) {
      if (!(error instanceof LineTooLongError || error instanceof RangeError)) throw error;
      const short = withoutTexts(record, "the record is too long to be written; its texts are left out");
      return { record: short, at: await log.appendLine(encryptedLine(lineOf(short), canary)) };
    }
  }

  /** Ignores a failure: readers of the index rebuild a missing row from the record. */
  async #appendRow({ record, at }: Appended): Promise<void> {
    await this.#logs.index.append(rowOf(record, at, lineHash(at.line.subarray(0, -1)))).catch(() => {});
  }

  /** Writes what a record refers to before the record itself. */
  async #writeAround(
    task: Pick<Task, "metadata">,
    sha256: string,
    context: Context | null,
    reference: Reference | null,
  ): Promise<void> {
    const canary = this.#canaryFor({ task });
    await this.#writeOnce(sha256, async () => {
      if (context !== null) await writeContext(this.folder, sha256, context, canary);
    });
    if (reference !== null)
      await this.#writeOnce(`task ${reference.taskId}`, () =>
        this.#logs.references.append(encryptedLine(reference, canary)),
      );
  }

  /** Null if nothing is to be encrypted. */
  #canaryFor({ task }: { readonly task: Pick<Task, "metadata"> }): string | null {
    return this.#manifest.plain ? null : canaryOf(task);
  }

  #writeOnce(key: string, write: () => Promise<void>): Promise<void> {
    const written = this.#once.get(key) ?? write();
    this.#once.set(key, written);
    return written;
  }
}

async function openLogs(folder: string, mostChars?: number): Promise<Logs> {
  const opened: AppendLog[] = [];
  const openNext = async (name: keyof Logs) => {
    const log = await AppendLog.open(
      join(folder, `${name}.jsonl`),
      mostChars === undefined ? {} : { mostChars },
    );
    opened.push(log);
    return log;
  };
  try {
    const index = await openIndexLog(folder);
    opened.push(index);
    return {
      trajectories: await openNext("trajectories"),
      references: await openNext("references"),
      attempts: await openNext("attempts"),
      index,
    };
  } catch (error) {
    for (const log of opened) await log.close();
    throw error;
  }
}

function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  return writeAtomically(join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
}

async function orRelease<T>(lock: RunLock, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await lock.release();
    throw error;
  }
}

function occupied(folder: string, name: string): UsageError {
  const advice = name === MANIFEST_FILE ? ", or continue its run with --resume" : "";
  return new UsageError(`output folder ${folder} exists and holds ${name}; name a new or empty one${advice}`);
}
