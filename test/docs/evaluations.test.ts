/** The records of a real model that docs/results.md rests on. */
import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const ROOT = path.join(import.meta.dirname, "../..");
const COMMAND = path.join(ROOT, "dist/scripts/rlm-gym.js");
const run = promisify(execFile);
const hasTar = spawnSync("tar", ["--version"]).status === 0 && spawnSync("xz", ["--version"]).status === 0;

test.skipIf(!hasTar)(
  "the evaluations of the trained model replay byte for byte (skipped without tar and xz)",
  async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "rlm-gym-evaluations-"));
    try {
      for (const archive of ["evaluations", "grpo", "smaller"])
        await run("tar", ["xf", path.join(ROOT, `docs/results/${archive}.tar.xz`), "-C", folder]);
      for (const [name, episodes] of [
        ["evaluations/before-oolong", 20],
        ["evaluations/after-oolong", 40],
        ["grpo/grpo-oolong", 20],
        ["smaller/before-s-niah-8k", 10],
        ["smaller/own", 32],
      ] as const) {
        const { stdout } = await run(process.execPath, [COMMAND, "replay", path.join(folder, name)]);
        expect(stdout.trim().split("\n").at(-1)).toBe(
          `${episodes} episodes: ${episodes} the same, 0 different, 0 not run again`,
        );
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);
