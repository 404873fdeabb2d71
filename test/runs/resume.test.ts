import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { summariseContext } from "../../src/data/context.ts";
import { RunError, UsageError } from "../../src/errors.ts";
import { AppendLog } from "../../src/files/append-log.ts";
import { configDifference } from "../../src/runs/config-difference.ts";
import { readAttempts, readReferences, readTrajectories } from "../../src/runs/read-run.ts";
import { RunWriter } from "../../src/runs/run-writer.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { rewarded } from "../trajectory-fixture.ts";

const freshFolder = async () => join(await mkdtemp(join(tmpdir(), "rlm-gym-resume-")), "run");
const plan = { version: "0.0.0", seed: 1, config: { a: 1, list: [{ length: "8k" }] }, planned: 3 };
const reference = { taskId: "t", answers: ["7"], metadata: {} };
const episode = (rolloutId: string, startedAt = "2026-01-01T00:00:00.000Z"): Trajectory => {
  const base = rewarded({ rolloutId });
  const wallClock = { startedAt, seconds: 1 };
  return { ...base, wallClock, task: { ...base.task, context: summariseContext("c") } };
};
const failed = (rolloutId: string, startedAt?: string): Trajectory => ({
  ...episode(rolloutId, startedAt),
  status: "infra_error",
  stopReason: "infra_error",
  error: { kind: "repl", message: "the worker died" },
  reward: null,
});

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** A run of these records that was left unfinished, as a killed process leaves it. */
async function leftRun(...records: Trajectory[]): Promise<string> {
  const writer = await RunWriter.create(await freshFolder(), plan);
  for (const record of records) await writer.append(record, "c", reference);
  await writer.close("failed");
  return writer.folder;
}

describe("a run that is resumed", () => {
  it("keeps episodes that ended well, and sets those with faults aside to be played again", async () => {
    const folder = await leftRun(episode("a"), failed("b"));
    const writer = await RunWriter.resume(folder, plan);
    expect(["a", "b", "c"].map((id) => writer.has(id))).toEqual([true, false, false]);
    expect(writer.manifest).toMatchObject({ status: "running", counts: { ended: 1, ok: 1, infraErrors: 0 } });
    await writer.append(episode("b"), "c", reference);
    await writer.close("finished");
    expect(await all(readTrajectories(folder))).toEqual([episode("a"), episode("b")]);
    expect(await all(readAttempts(folder))).toEqual([{ attempt: 1, trajectory: failed("b") }]);
    expect([...(await readReferences(folder)).keys()]).toEqual(["t"]);
    expect((await readFile(join(folder, "references.jsonl"), "utf8")).trim().split("\n")).toHaveLength(1);
  });

  it("numbers the failed attempts at a rollout over all resumes", async () => {
    const folder = await leftRun(failed("a", "1"));
    for (const startedAt of ["2", "3"]) {
      const writer = await RunWriter.resume(folder, plan);
      await writer.append(failed("a", startedAt), "c", reference);
      await writer.close("failed");
    }
    await (await RunWriter.resume(folder, plan)).close("failed");
    expect((await all(readAttempts(folder))).map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(await all(readTrajectories(folder))).toEqual([]);
  });

  it("writes no second record of a rollout", async () => {
    const folder = await leftRun(episode("a"));
    const writer = await RunWriter.resume(folder, plan);
    expect(await writer.append(episode("a", "later"), "c", reference)).toBe(false);
    const twice = await Promise.all([1, 2].map(() => writer.append(episode("b"), "c", reference)));
    expect(twice).toEqual([true, false]);
    await writer.close("finished");
    expect((await all(readTrajectories(folder))).map(({ rolloutId }) => rolloutId)).toEqual(["a", "b"]);
  });

  it("is correct wherever a crash cut off its files", async () => {
    const records = [episode("a"), failed("b"), episode("c")];
    const whole = await readFile(join(await leftRun(...records), "trajectories.jsonl"));
    const cuts = fc.integer({ min: 0, max: whole.length });
    await fc.assert(
      fc.asyncProperty(cuts, async (bytes) => {
        const folder = await leftRun();
        await writeFile(join(folder, "trajectories.jsonl"), whole.subarray(0, bytes));
        await appendFile(join(folder, "references.jsonl"), '{"taskId": "t');
        await writeFile(join(folder, "contexts", "x.tmp"), "half");
        const writer = await RunWriter.resume(folder, plan);
        const kept = records.filter(({ rolloutId }) => writer.has(rolloutId));
        for (const record of ["a", "b", "c"]) await writer.append(episode(record), "c", reference);
        await writer.close("finished");
        const ended = await all(readTrajectories(folder));
        expect(ended.map(({ rolloutId }) => rolloutId).toSorted()).toEqual(["a", "b", "c"]);
        expect(kept.every(({ status }) => status === "ok")).toBe(true);
        expect([...(await readReferences(folder)).keys()]).toEqual(["t"]);
        expect(await readdir(join(folder, "contexts"))).toEqual([summariseContext("c").sha256]);
        await rm(folder, { recursive: true });
      }),
      { numRuns: 25 },
    );
  });

  it("moves a failed record once if the move itself was interrupted", async () => {
    const folder = await leftRun(failed("a"));
    const attempt = JSON.stringify({ attempt: 1, trajectory: failed("a") });
    await writeFile(join(folder, "attempts.jsonl"), `${attempt}\n`);
    await (await RunWriter.resume(folder, plan)).close("failed");
    expect(await all(readAttempts(folder))).toHaveLength(1);
  });

  it("starts again if it died before its manifest was written", async () => {
    const folder = await mkdtemp(join(tmpdir(), "rlm-gym-resume-"));
    const dead = { token: "t", host: hostname(), pid: 2 ** 22 + 1, wallClock: { since: "" } };
    await writeFile(join(folder, "run.lock"), JSON.stringify(dead));
    const writer = await RunWriter.resume(folder, plan);
    expect(writer.manifest.counts).toMatchObject({ planned: 3, ended: 0 });
    await writer.close("finished");
  });

  it("refuses a folder that is not a run, one of another configuration, and one in use", async () => {
    await expect(RunWriter.resume(await freshFolder(), plan)).rejects.toThrow(UsageError);
    await expect(RunWriter.resume(tmpdir(), plan)).rejects.toThrow(`${tmpdir()} is not a run`);
    const folder = await leftRun(episode("a"));
    const other = { ...plan, config: { a: 2, list: [{ length: "16k" }] } };
    await expect(RunWriter.resume(folder, other)).rejects.toThrow(
      'a: 1 in the run, 2 now; list[0].length: "8k" in the run, "16k" now',
    );
    const writer = await RunWriter.resume(folder, plan);
    await expect(RunWriter.resume(folder, plan)).rejects.toThrow(RunError);
    await expect(RunWriter.create(folder, plan)).rejects.toThrow(`process ${process.pid}`);
    await writer.close("finished");
    await expect(RunWriter.create(folder, plan)).rejects.toThrow("--resume");
  });
});

describe("the difference of two configurations", () => {
  it("is empty exactly if they are equal, and names what is missing on either side", () => {
    fc.assert(
      fc.property(fc.object(), (config) => {
        expect(configDifference(config as never, structuredClone(config) as never)).toEqual([]);
      }),
    );
    expect(configDifference({ a: null }, { b: [1] })).toEqual([
      "a: null in the run, absent now",
      "b: absent in the run, [1] now",
    ]);
  });
});

describe("an append log", () => {
  it("continues after the last whole line, however long the cut-off one is", async () => {
    const path = join(await mkdtemp(join(tmpdir(), "rlm-gym-log-")), "log.jsonl");
    for (const [before, after] of [
      ["", ""],
      ["x".repeat(200_000), ""],
      [`1\n${"x".repeat(200_000)}`, "1\n"],
      ["1\n", "1\n"],
    ]) {
      await writeFile(path, before!);
      const log = await AppendLog.open(path);
      await log.append(2);
      await log.close();
      expect(await readFile(path, "utf8")).toBe(`${after}2\n`);
    }
  });
});
