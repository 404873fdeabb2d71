import { execFile } from "node:child_process";
import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { summariseContext } from "../../src/data/context.ts";
import { DataError } from "../../src/errors.ts";
import { listRuns } from "../../src/runs/list-runs.ts";
import { RunIndex } from "../../src/runs/run-index.ts";
import { RunWriter } from "../../src/runs/run-writer.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { rewarded } from "../trajectory-fixture.ts";

const plan = { version: "0.0.0", seed: 1, config: { a: 1 }, planned: 3 };
const reference = { taskId: "t", answers: ["7"], metadata: {} };
const episode = (rolloutId: string, length = 10): Trajectory => {
  const base = rewarded({ rolloutId });
  return { ...base, opening: "o".repeat(length), task: { ...base.task, context: summariseContext("c") } };
};
const failed = (rolloutId: string): Trajectory => ({
  ...episode(rolloutId),
  status: "infra_error",
  stopReason: "infra_error",
  error: { kind: "repl", message: "the worker died" },
  reward: null,
});

async function writtenRun(...records: Trajectory[]): Promise<string> {
  const folder = join(await mkdtemp(join(tmpdir(), "rlm-gym-index-")), "run");
  const writer = await RunWriter.create(folder, plan);
  for (const record of records) await writer.append(record, "c", reference);
  await writer.close("finished");
  return folder;
}

const idsIn = ({ rows }: RunIndex) => rows.map(({ rolloutId }) => rolloutId);
const indexOf = (folder: string) => join(folder, "index.jsonl");
const recordsOf = (folder: string) => join(folder, "trajectories.jsonl");

describe("the index of a run", () => {
  it("is written beside the records, and leads to each of them", async () => {
    const folder = await writtenRun(episode("a"), episode("b", 5000), episode("ü🚀"));
    expect((await readFile(indexOf(folder), "utf8")).trim().split("\n")).toHaveLength(4);
    const index = await RunIndex.open(folder);
    expect(idsIn(index)).toEqual(["a", "b", "ü🚀"]);
    for (const row of index.rows)
      expect(await index.read(row)).toEqual(episode(row.rolloutId, row.rolloutId === "b" ? 5000 : 10));
    expect(index.isCutOff).toBe(false);
  });

  it("says the same of each record whether it was written beside them or is made of them", async () => {
    const folder = await writtenRun(episode("a"), failed("b"), episode("c"));
    const { rows } = await RunIndex.open(folder);
    await rm(indexOf(folder));
    expect((await RunIndex.open(folder)).rows).toEqual(rows);
  });

  it("reads what a run writes while it is looked at", async () => {
    const folder = await writtenRun(episode("a"));
    const index = await RunIndex.open(folder);
    const writer = await RunWriter.resume(folder, plan);
    await writer.append(episode("b"), "c", reference);
    expect(await index.refresh()).toBe(1);
    await writer.append(episode("c"), "c", reference);
    await writer.close("finished");
    expect(await index.refresh()).toBe(1);
    expect(await index.refresh()).toBe(0);
    expect(idsIn(index)).toEqual(["a", "b", "c"]);
  });

  it("follows a run that was taken up again without its failed records", async () => {
    const folder = await writtenRun(failed("a"), episode("b"));
    const index = await RunIndex.open(folder);
    const writer = await RunWriter.resume(folder, plan);
    await writer.append(episode("a", 90), "c", reference);
    await writer.close("finished");
    await index.refresh();
    expect(idsIn(index)).toEqual(["b", "a"]);
    expect(idsIn(await RunIndex.open(folder))).toEqual(["b", "a"]);
    expect((await readFile(indexOf(folder), "utf8")).trim().split("\n")).toHaveLength(3);
  });

  it("is not believed where the records are others, and a record that was changed is refused", async () => {
    const folder = await writtenRun(episode("a"), episode("b"));
    const index = await RunIndex.open(folder);
    const text = await readFile(recordsOf(folder), "utf8");
    await writeFile(recordsOf(folder), text.replace('"rolloutId":"b"', '"rolloutId":"x"'));
    await expect(index.read(index.rows[1]!)).rejects.toThrow(/the file was changed; open the run again/);
    expect(idsIn(await RunIndex.open(folder))).toEqual(["a", "x"]);
  });

  it("is made of the records from where a crash, a gap or another version left it", async () => {
    for (const harm of [
      (lines: string[]) => [...lines.slice(0, -1), lines.at(-1)!.slice(0, 20)],
      (lines: string[]) => lines.toSpliced(2, 1),
      (lines: string[]) => ['{"indexVersion":99}', ...lines.slice(1)],
      () => ["no index"],
    ]) {
      const folder = await writtenRun(episode("a"), episode("b"), episode("c"));
      const lines = (await readFile(indexOf(folder), "utf8")).trimEnd().split("\n");
      await writeFile(indexOf(folder), harm(lines).join("\n"));
      expect(idsIn(await RunIndex.open(folder))).toEqual(["a", "b", "c"]);
      const writer = await RunWriter.resume(folder, plan);
      await writer.append(episode("d"), "c", reference);
      await writer.close("finished");
      expect((await readFile(indexOf(folder), "utf8")).trim().split("\n")).toHaveLength(5);
      expect(idsIn(await RunIndex.open(folder))).toEqual(["a", "b", "c", "d"]);
    }
  });

  it("names a broken line, passes over one that is still being written, and changes nothing in the run", async () => {
    const folder = await writtenRun(episode("a"));
    const whole = JSON.stringify(episode("b"));
    await appendFile(
      recordsOf(folder),
      `{"schemaVersion": 1, "rolloutId"\n\n${whole}\n${whole.slice(0, 100)}`,
    );
    await appendFile(recordsOf(folder), "");
    const before = await stat(recordsOf(folder));
    const index = await RunIndex.open(folder);
    expect(idsIn(index)).toEqual(["a", "b"]);
    expect(index.badLines).toHaveLength(1);
    expect(index.badLines[0]!.bad).toMatch(/expected one JSON object/);
    expect(index.isCutOff).toBe(true);
    expect((await stat(recordsOf(folder))).mtimeMs).toBe(before.mtimeMs);
  });

  it("names records of a later schema instead of guessing at them", async () => {
    const folder = await writtenRun();
    await appendFile(recordsOf(folder), `${JSON.stringify({ ...episode("a"), schemaVersion: 2 })}\n`);
    const { rows, badLines } = await RunIndex.open(folder);
    expect(rows).toEqual([]);
    expect(badLines[0]!.bad).toMatch(/schemaVersion 2 is newer than 1/);
  });

  it("is kept in the cache for a run that has none, with its progress told, and is taken from there", async () => {
    const folder = await writtenRun(...Array.from({ length: 5 }, (_, i) => episode(`r${i}`, 1_000_000)));
    await rm(indexOf(folder));
    const cache = await mkdtemp(join(tmpdir(), "rlm-gym-cache-"));
    const told: number[] = [];
    const first = await RunIndex.open(folder, { cache, onProgress: (done) => told.push(done) });
    expect(told).toHaveLength(5);
    expect(await readdir(cache)).toHaveLength(1);
    told.length = 0;
    const again = await RunIndex.open(folder, { cache, onProgress: (done) => told.push(done) });
    expect(again.rows).toEqual(first.rows);
    expect(told).toEqual([]);
    expect(await readdir(folder)).not.toContain("index.jsonl");
  });

  it("is built of many long records in little memory: nothing of a record is held but its row", async () => {
    const folder = await writtenRun();
    const long = (i: number) => {
      const made = episode(`r${i}`);
      return { ...made, task: { ...made.task, question: `${i} ${"q".repeat(400_000)}` } };
    };
    const [file, records] = [recordsOf(folder), 200];
    for (let i = 0; i < records; i += 1) await appendFile(file, `${JSON.stringify(long(i))}\n`);
    await rm(indexOf(folder));
    const cache = await mkdtemp(join(tmpdir(), "rlm-gym-cache-"));
    const looked = fileURLToPath(new URL("index-memory.ts", import.meta.url));
    const words = ["--expose-gc", "--import", "tsx", looked, folder, cache];
    const { stdout } = await promisify(execFile)(process.execPath, words);
    const { rows, heldMb } = JSON.parse(stdout) as { rows: number; heldMb: number };
    expect(rows).toBe(records);
    // The questions alone are 80 MB.
    expect(heldMb).toBeLessThan(20);
  });

  it("holds no text of an encrypted set", async () => {
    const secret = "a question that stays encrypted";
    const made = episode("a");
    const record = { ...made, task: { ...made.task, question: secret, metadata: { canary: "c0ffee" } } };
    const folder = await writtenRun(record);
    expect(await readFile(indexOf(folder), "utf8")).not.toContain(secret);
    const index = await RunIndex.open(folder);
    expect(index.rows[0]).toMatchObject({ encrypted: true, question: null, answer: null });
    expect((await index.read(index.rows[0]!)).task.question).toBe(secret);
  });

  it("refuses a folder that is no run, and a rollout that is not there, by name", async () => {
    const folder = await writtenRun(episode("task/grep/0"));
    await expect(RunIndex.open(tmpdir())).rejects.toThrow(DataError);
    const index = await RunIndex.open(folder);
    expect(() => index.rowNamed("grep/0")).toThrow(/there is task\/grep\/0/);
  });
});

describe("a list of runs", () => {
  it("has the runs of a folder, the newest first, and names one that cannot be read", async () => {
    const folder = await writtenRun(episode("a"));
    const root = join(folder, "..");
    await (await RunWriter.create(join(root, "deep", "er"), plan)).close("failed");
    await writeFile(join(root, "deep", "er", "manifest.json"), "{}");
    const runs = await listRuns(root);
    expect(runs.map((run) => [run.folder.slice(root.length + 1), run.status])).toEqual([
      ["run", "finished"],
      ["deep/er", "unreadable"],
    ]);
    expect(runs[1]!.problem).toMatch(/schemaVersion undefined is not 1/);
    await expect(listRuns(join(root, "nowhere"))).rejects.toThrow(/there is no such folder/);
  });
});
