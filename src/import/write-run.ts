/** Writes imported episodes as a run folder, so that everything that reads runs can read them. */
import { createWriteStream } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { contextBytes } from "../data/context.ts";
import { RLMError } from "../errors.ts";
import { CONTEXTS_FOLDER, writeContext } from "../runs/context-files.ts";
import { newManifest } from "../runs/manifest.ts";
import { canaryOf, encryptedLine } from "../data/encryption.ts";
import { expectBytesOf } from "../files/content-hash.ts";
import { expectNoLink } from "../files/no-link.ts";
import { beginTemporary, endTemporary } from "../files/temporaries.ts";
import type { Trajectory } from "../trajectory.ts";
import { expectSums } from "../cost/totals.ts";
import type { Context, Reference } from "../types.ts";

/** An episode to write, with its gold and context if they are known. */
export interface RunEpisode {
  readonly trajectory: Trajectory;
  readonly reference: Reference | null;
  /** Null if it is not known: the episode can then be scored and exported, but not replayed. */
  readonly context: Context | null;
}

/** The run that was written, in counts. */
export interface WrittenRun {
  readonly trajectories: number;
  readonly failed: number;
  readonly references: number;
  readonly contexts: number;
}

/**
 * The folder appears only when everything is written. Throws `RunError` for a record whose totals are not the sums of its
 * calls, `RLMError` if there is no episode or the folder cannot be written.
 *
 * The manifest names `version` (of rlm-gym) and `formats` (those of the imported records; called when all are read).
 *
 * @param folder must not exist
 */
export async function writeImportedRun(
  folder: string,
  episodes: AsyncIterable<RunEpisode>,
  { version, formats }: { readonly version: string; readonly formats: () => readonly string[] },
): Promise<WrittenRun> {
  await expectNoLink(folder);
  const temporary = beginTemporary(folder);
  const references = new Map<string, object>();
  const contexts = new Set<string>();
  const counts = { trajectories: 0, failed: 0 };
  async function* lines() {
    for await (const { trajectory, reference, context } of episodes) {
      expectSums(trajectory);
      const canary = canaryOf(trajectory.task);
      const { sha256 } = trajectory.task.context;
      if (reference !== null) references.set(reference.taskId, encryptedLine(reference, canary));
      if (context !== null && !contexts.has(sha256)) {
        contexts.add(sha256);
        expectBytesOf(sha256, contextBytes(context), `rollout ${trajectory.rolloutId}: its context`);
        await writeContext(temporary, sha256, context, canary);
      }
      counts.trajectories += 1;
      if (trajectory.status !== "ok") counts.failed += 1;
      yield `${JSON.stringify(encryptedLine(trajectory, canary))}\n`;
    }
  }
  try {
    await mkdir(join(temporary, CONTEXTS_FOLDER), { recursive: true });
    await pipeline(
      Readable.from(lines()),
      createWriteStream(join(temporary, "trajectories.jsonl"), { flush: true }),
    );
    const { trajectories: ended, failed } = counts;
    if (ended === 0) throw new RLMError("expected at least one episode in the files");
    const gold = [...references.values()].map((row) => `${JSON.stringify(row)}\n`).join("");
    await writeFile(join(temporary, "references.jsonl"), gold);
    const plan = { version, seed: 0, config: { imported: [...formats()] }, planned: ended };
    const begun = newManifest(plan);
    const manifest = {
      ...begun,
      status: "finished",
      counts: { planned: ended, ended, ok: ended - failed, infraErrors: failed },
      wallClock: { ...begun.wallClock, endedAt: begun.wallClock.startedAt },
    };
    await writeFile(join(temporary, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
    await rename(temporary, folder);
    return { ...counts, references: references.size, contexts: contexts.size };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof RLMError || code === undefined || !code.startsWith("E")) throw error;
    throw new RLMError(`--out ${folder}: cannot be written (${message})`, { cause: error });
  } finally {
    await endTemporary(temporary);
  }
}
