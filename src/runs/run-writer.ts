/** Writes a run's folder: manifest, trajectories as they end, the gold apart, and each context once. */
import { constants, existsSync } from "node:fs";
import { access, mkdir, readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { contextBytes } from "../context.ts";
import { RunError, UsageError } from "../errors.ts";
import type { Trajectory } from "../trajectory.ts";
import { expectSums } from "../tree.ts";
import type { Context, JsonObject, Reference } from "../types.ts";
import { AppendLog } from "./append-log.ts";
import { writeAtomically } from "./atomic-write.ts";
import { configHash, type Manifest } from "./manifest.ts";

export interface RunPlan {
  readonly version: string;
  readonly seed: number;
  readonly config: JsonObject;
  readonly planned: number;
}

export class RunWriter {
  readonly folder: string;
  #manifest: Manifest;
  readonly #trajectories: AppendLog;
  readonly #references: AppendLog;
  /** What is written once: references by task, contexts by hash. */
  readonly #once = new Map<string, Promise<void>>();

  private constructor(folder: string, manifest: Manifest, trajectories: AppendLog, references: AppendLog) {
    this.folder = folder;
    this.#manifest = manifest;
    this.#trajectories = trajectories;
    this.#references = references;
  }

  /** Makes the folder. Throws `UsageError` where it exists and holds anything, `RunError` where it cannot be made. */
  static async create(folder: string, plan: RunPlan): Promise<RunWriter> {
    return writing(folder, async () => {
      await checkWritable(folder);
      await mkdir(join(folder, "contexts"), { recursive: true });
      const found = (await readdir(folder)).filter((name) => name !== "contexts");
      if (found.length > 0) {
        throw new UsageError(`output folder ${folder} exists and holds ${found[0]}; name a new or empty one`);
      }
      const manifest: Manifest = {
        schemaVersion: 1,
        version: plan.version,
        seed: plan.seed,
        config: plan.config,
        configSha256: configHash(plan.config),
        status: "running",
        counts: { planned: plan.planned, ended: 0, ok: 0, infraErrors: 0 },
        wallClock: { startedAt: new Date().toISOString(), endedAt: null },
      };
      await writeAtomically(join(folder, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
      const trajectories = await AppendLog.open(join(folder, "trajectories.jsonl"));
      return new RunWriter(
        folder,
        manifest,
        trajectories,
        await AppendLog.open(join(folder, "references.jsonl")),
      );
    });
  }

  get manifest(): Manifest {
    return this.#manifest;
  }

  /** Appends an ended episode; when this returns, it is on disk. Throws `RunError` where its totals are no sums. */
  async append(trajectory: Trajectory, context: Context, reference: Reference | null): Promise<void> {
    expectSums(trajectory);
    await writing(this.folder, async () => {
      const { sha256 } = trajectory.task.context;
      const path = join(this.folder, "contexts", sha256);
      await this.#writeOnce(sha256, () => writeAtomically(path, contextBytes(context)));
      if (reference !== null) {
        await this.#writeOnce(`task ${reference.taskId}`, () => this.#references.append(reference));
      }
      await this.#trajectories.append(trajectory);
    });
    const { counts } = this.#manifest;
    const ok = trajectory.status === "ok" ? 1 : 0;
    this.#manifest = {
      ...this.#manifest,
      counts: {
        ...counts,
        ended: counts.ended + 1,
        ok: counts.ok + ok,
        infraErrors: counts.infraErrors + 1 - ok,
      },
    };
  }

  /** Closes the files and says in the manifest how the run ended. */
  async close(status: Exclude<Manifest["status"], "running">): Promise<void> {
    const endedAt = new Date().toISOString();
    this.#manifest = { ...this.#manifest, status, wallClock: { ...this.#manifest.wallClock, endedAt } };
    await writing(this.folder, async () => {
      await this.#trajectories.close();
      await this.#references.close();
      const text = `${JSON.stringify(this.#manifest, null, 2)}\n`;
      await writeAtomically(join(this.folder, "manifest.json"), text);
    });
  }

  #writeOnce(key: string, write: () => Promise<void>): Promise<void> {
    const written = this.#once.get(key) ?? write();
    this.#once.set(key, written);
    return written;
  }
}

/** Asks the part of the path that stands: making folders on a read-only file system fails as if one were missing. */
async function checkWritable(folder: string): Promise<void> {
  let standing = resolve(folder);
  while (!existsSync(standing)) standing = dirname(standing);
  await access(standing, constants.W_OK);
}

/** Says in one line which folder could not be written, and why. */
async function writing<T>(folder: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    if (error.code === "EEXIST" || error.code === "ENOTDIR") {
      throw new UsageError(
        `output folder ${folder}: it exists and is no folder, or a part of its path is none`,
      );
    }
    throw new RunError(`cannot write to ${folder}: ${REASONS[String(error.code)] ?? error.message}`, {
      cause: error,
    });
  }
}

const REASONS: Record<string, string> = {
  ENOSPC: "the disk is full (what ended before is kept)",
  EROFS: "the file system is read-only",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
};
