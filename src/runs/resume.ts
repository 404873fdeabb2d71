/** Resumes a run that ended early: keeps episodes that ended well, and sets those with infrastructure faults aside. */
import { open, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { DataError, UsageError } from "../errors.ts";
import type { Trajectory } from "../trajectory.ts";
import { AppendLog } from "../files/append-log.ts";
import type { Attempt } from "./attempt.ts";
import { configDifference } from "./config-difference.ts";
import { CONTEXTS_FOLDER } from "./context-files.ts";
import { expectNoLink } from "../files/no-link.ts";
import { configHash, type Manifest, type RunPlan } from "./manifest.ts";
import { readAttempts, readManifest, readTrajectories } from "./read-run.ts";
import { canaryOf, encryptedLine } from "../data/encryption.ts";
import { beginTemporary, endTemporary } from "../files/temporaries.ts";

/** The manifest of the run to resume. Throws `UsageError` if there is none, or if its configuration differs. */
export async function manifestToResume(folder: string, plan: RunPlan): Promise<Manifest> {
  const manifest = await readManifest(folder).catch((error: unknown) => {
    if (!(error instanceof DataError)) throw error;
    throw new UsageError(`cannot resume: ${error.message}`, { cause: error });
  });
  if (manifest.configSha256 !== configHash(plan.config)) {
    const differences = configDifference(manifest.config, plan.config);
    throw new UsageError(`cannot resume ${folder} under another configuration: ${differences.join("; ")}`);
  }
  return manifest;
}

/** The ids of the rollouts that ended well, and the number of failed attempts by rollout. */
export interface Kept {
  readonly ended: Set<string>;
  readonly failedAttempts: Map<string, number>;
}

/**
 * Moves the records of infrastructure faults from `trajectories.jsonl` to `attempts.jsonl`, and removes half-written files.
 * After a crash in between, the next call completes the work: it recognizes an attempt by its rollout and start time.
 */
export async function setFailedAside(folder: string, plain = false): Promise<Kept> {
  await expectNoLink(join(folder, CONTEXTS_FOLDER));
  await removeHalfWritten(folder);
  const path = join(folder, "trajectories.jsonl");
  for (const file of [path, join(folder, "attempts.jsonl")]) await (await AppendLog.open(file)).close();
  const failedAttempts = new Map<string, number>();
  const known = new Set<string>();
  const count = ({ rolloutId, wallClock }: Trajectory) => {
    known.add(`${wallClock.startedAt} ${rolloutId}`);
    const attempt = (failedAttempts.get(rolloutId) ?? 0) + 1;
    failedAttempts.set(rolloutId, attempt);
    return attempt;
  };
  for await (const { trajectory } of readAttempts(folder)) count(trajectory);
  const attempts = await AppendLog.open(join(folder, "attempts.jsonl"));
  const ended = new Set<string>();
  let dropped = 0;
  try {
    for await (const trajectory of readTrajectories(folder)) {
      if (trajectory.status === "ok" && !ended.has(trajectory.rolloutId)) {
        ended.add(trajectory.rolloutId);
        continue;
      }
      dropped += 1;
      if (
        trajectory.status === "ok" ||
        known.has(`${trajectory.wallClock.startedAt} ${trajectory.rolloutId}`)
      )
        continue;
      const attempt: Attempt = { attempt: count(trajectory), trajectory };
      await attempts.append(encryptedLine(attempt, plain ? null : canaryOf(trajectory.task)));
    }
  } finally {
    await attempts.close();
  }
  if (dropped > 0) await rewriteEnded(folder, path, plain);
  return { ended, failedAttempts };
}

/** Rewrites `trajectories.jsonl` with the first record of each rollout that ended well. */
async function rewriteEnded(folder: string, path: string, plain: boolean): Promise<void> {
  const temporary = beginTemporary(path);
  try {
    const file = await open(temporary, "wx");
    const seen = new Set<string>();
    try {
      for await (const trajectory of readTrajectories(folder)) {
        if (trajectory.status !== "ok" || seen.has(trajectory.rolloutId)) continue;
        seen.add(trajectory.rolloutId);
        const line = encryptedLine(trajectory, plain ? null : canaryOf(trajectory.task));
        await file.appendFile(`${JSON.stringify(line)}\n`);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } finally {
    await endTemporary(temporary);
  }
}

async function removeHalfWritten(folder: string): Promise<void> {
  for (const path of [folder, join(folder, CONTEXTS_FOLDER)]) {
    const names = await readdir(path).catch(() => []);
    for (const name of names) if (name.endsWith(".tmp")) await rm(join(path, name), { force: true });
  }
}
