import { appendFile, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { summariseContext } from "../../src/data/context.ts";
import { DataError, UsageError } from "../../src/errors.ts";
import { configHash } from "../../src/runs/manifest.ts";
import { readManifest, readReferences, readTrajectories } from "../../src/runs/read-run.ts";
import { readContext } from "../../src/runs/context-files.ts";
import { RunWriter } from "../../src/runs/run-writer.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { rewarded } from "../trajectory-fixture.ts";

const freshFolder = async () => join(await mkdtemp(join(tmpdir(), "rlm-gym-run-")), "run");
const plan = { version: "0.0.0", seed: 1, config: { a: 1 }, planned: 2 };
const context = "naïve 🚀";
const reference = { taskId: "t", answers: ["7"], metadata: {} };
const episode = (rolloutId: string): Trajectory => {
  const base = rewarded({ rolloutId });
  return { ...base, task: { ...base.task, context: summariseContext(context) } };
};

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe("a run's folder", () => {
  it("gives back what was written: manifest, trajectories, gold and contexts", async () => {
    const writer = await RunWriter.create(await freshFolder(), plan);
    await Promise.all(["a", "b"].map((id) => writer.append(episode(id), context, reference)));
    await writer.close("finished");
    const manifest = await readManifest(writer.folder);
    expect(manifest.counts).toEqual({ planned: 2, ended: 2, ok: 2, infraErrors: 0 });
    expect(manifest.status).toBe("finished");
    expect(await all(readTrajectories(writer.folder))).toEqual([episode("a"), episode("b")]);
    expect(await readReferences(writer.folder)).toEqual(new Map([["t", reference]]));
    expect(await readContext(writer.folder, episode("a").task.context)).toBe(context);
  });

  it.each([
    ["a bound on characters", 20_000, "x".repeat(30_000)],
    // Three times this is more than a string of the engine can hold.
    ["what a text can hold", undefined, "x".repeat(200_000_000)],
  ])("refuses a record alone that is longer than %s, and goes on", async (_, mostRecordChars, long) => {
    const bound = mostRecordChars === undefined ? {} : { mostRecordChars };
    const writer = await RunWriter.create(await freshFolder(), { ...plan, ...bound });
    const opening = {
      ...episode("long"),
      systemPrompt: long,
      opening: long,
      answer: { text: long, source: "final" as const },
    };
    expect(await writer.append(opening, context, reference)).toBe(true);
    await writer.append(episode("next"), context, reference);
    await writer.close("finished");
    const [refused, next] = await all(readTrajectories(writer.folder));
    expect(refused).toMatchObject({
      rolloutId: "long",
      status: "infra_error",
      error: { kind: "record_too_long", message: expect.stringContaining("too long") as unknown },
      reward: null,
      opening: "",
      totals: opening.totals,
    });
    expect(next).toEqual(episode("next"));
    expect(writer.manifest.counts).toMatchObject({ ended: 2, ok: 1, infraErrors: 1 });
  });

  it("writes each context and each reference once", async () => {
    const writer = await RunWriter.create(await freshFolder(), plan);
    await Promise.all(["a", "b", "c"].map((id) => writer.append(episode(id), context, reference)));
    await writer.close("finished");
    expect(await readdir(join(writer.folder, "contexts"))).toEqual([summariseContext(context).sha256]);
    expect((await readFile(join(writer.folder, "references.jsonl"), "utf8")).trim().split("\n")).toHaveLength(
      1,
    );
  });

  it("has an ended episode on disk before append returns", async () => {
    const writer = await RunWriter.create(await freshFolder(), plan);
    await writer.append(episode("a"), context, reference);
    expect(await all(readTrajectories(writer.folder))).toHaveLength(1);
    await writer.close("failed");
  });

  it("refuses a folder that holds anything, and a path that is a file", async () => {
    const writer = await RunWriter.create(await freshFolder(), plan);
    await writer.close("finished");
    await expect(RunWriter.create(writer.folder, plan)).rejects.toThrow(UsageError);
    const file = join(await mkdtemp(join(tmpdir(), "rlm-gym-run-")), "file");
    await writeFile(file, "");
    await expect(RunWriter.create(file, plan)).rejects.toThrow(file);
  });

  it("skips a last line that a crash cut off, and names a broken line before it", async () => {
    const writer = await RunWriter.create(await freshFolder(), plan);
    await writer.append(episode("a"), context, reference);
    await writer.close("finished");
    const path = join(writer.folder, "trajectories.jsonl");
    await appendFile(path, '{"rolloutId": "b", "tur');
    expect(await all(readTrajectories(writer.folder))).toHaveLength(1);
    await appendFile(path, "\n{}\n");
    await expect(all(readTrajectories(writer.folder))).rejects.toThrow(`${path}:2`);
  });

  it("says that a folder without a manifest is not a run", async () => {
    await expect(readManifest(tmpdir())).rejects.toThrow(DataError);
  });

  it("hashes a configuration without regard to the order of its keys", () => {
    expect(configHash({ a: 1, b: { c: 2, d: 3 } })).toBe(configHash({ b: { d: 3, c: 2 }, a: 1 }));
    expect(configHash({ a: 1 })).not.toBe(configHash({ a: 2 }));
  });
});
