/** The built package, since a process runs a program of it. */
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type * as Gym from "../../index.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const { rollout, readTrajectories } = (await import(
  pathToFileURL(path.join(ROOT, "dist/index.js")).href
)) as typeof Gym;
const COMMAND = path.join(ROOT, "dist/scripts/rlm-gym.js");
const run = promisify(execFile);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "rlm-gym-processes-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** The records of a run by rollout, as JSON without what a clock says. */
async function recordsOf(out: string): Promise<Record<string, string>> {
  const records: Record<string, string> = {};
  for await (const record of readTrajectories(out))
    records[record.rolloutId] = JSON.stringify(record, (key, value: unknown) =>
      key === "wallClock" ? 0 : value,
    );
  return records;
}

/** The names and texts of a run's contexts. */
async function contextsOf(out: string): Promise<string[][]> {
  const contexts = path.join(out, "contexts");
  const names = (await readdir(contexts)).toSorted();
  return await Promise.all(
    names.map(async (name) => [name, await readFile(path.join(contexts, name), "utf8")]),
  );
}

/** The lines of a run's gold, in an order of their own. */
async function goldOf(out: string): Promise<string[]> {
  return (await readFile(path.join(out, "references.jsonl"), "utf8")).trimEnd().split("\n").toSorted();
}

const PLAYED = { policy: ["grep", "map-reduce"], options: { length: "1k" }, episodes: 4, groupSize: 2 };

describe("A rollout in several processes", () => {
  test("writes the records, contexts and gold that one process writes", async () => {
    const [one, two] = [path.join(folder, "one"), path.join(folder, "two")];
    await rollout("s-niah", { ...PLAYED, out: one });
    const ended = await rollout("s-niah", { ...PLAYED, processes: 2, concurrency: 4, out: two });
    expect(ended.filter(({ status }) => status === "ok")).toHaveLength(16);
    expect(await recordsOf(two)).toEqual(await recordsOf(one));
    expect(await contextsOf(two)).toEqual(await contextsOf(one));
    expect(await contextsOf(two)).toHaveLength(4);
    expect(await goldOf(two)).toEqual(await goldOf(one));
  });

  test("of a command begin after its first episode, and the records are those of one process", async () => {
    const flags = ["s-niah", "--policy", "grep,map-reduce", "--length", "1k", "--episodes", "60", "--json"];
    const play = (out: string, ...more: string[]) =>
      run(process.execPath, [COMMAND, "rollout", ...flags, "--concurrency", "2", "--out", out, ...more]);
    const [one, several] = [path.join(folder, "by-one"), path.join(folder, "by-several")];
    await play(one, "--processes", "1");
    await play(several);
    expect(await recordsOf(several)).toEqual(await recordsOf(one));
    expect(await contextsOf(several)).toEqual(await contextsOf(one));
    expect(await goldOf(several)).toEqual(await goldOf(one));
  });

  test("gives tasks of a file to the processes, and continues what was played by one", async () => {
    const file = path.join(folder, "tasks.jsonl");
    const command = (...args: string[]) => run(process.execPath, [COMMAND, ...args]);
    await command("data", "generate", "oolong", "--n", "6", "--length", "1k", "--out", file);
    const out = path.join(folder, "of-file");
    const flags = ["oolong", "--file", file, "--policy", "map-reduce", "--out", out, "--json"];
    const played = await command("rollout", ...flags, "--episodes", "6", "--processes", "2");
    expect(JSON.parse(played.stdout)).toMatchObject({ counts: { planned: 6, ended: 6, ok: 6 } });
    const again = await command("rollout", "--resume", out, "--json");
    expect(JSON.parse(again.stdout)).toMatchObject({ counts: { planned: 6, ended: 6, ok: 6 } });
  });

  test("plays on after one of them was killed", async () => {
    const module = path.join(folder, "dying.mjs");
    const flag = path.join(folder, "died");
    await writeFile(
      module,
      `import { existsSync, writeFileSync } from "node:fs";
import { environmentNamed, scriptedPolicy } from ${JSON.stringify(pathToFileURL(path.join(ROOT, "dist/index.js")).href)};
const policy = scriptedPolicy("dies-once", function* () {
  if (process.send && !existsSync(${JSON.stringify(flag)})) {
    writeFileSync(${JSON.stringify(flag)}, "");
    process.kill(process.pid, "SIGKILL");
  }
  yield { code: "FINAL(len(context))" };
});
export const recipe = { environment: environmentNamed("s-niah"), options: { policy, options: { length: "1k" }, episodes: 6 } };
`,
    );
    const made = (await import(pathToFileURL(module).href)) as { recipe: Gym.RolloutRecipe };
    const { environment, options } = made.recipe;
    const out = path.join(folder, "died-once");
    const processes = { count: 2, module: pathToFileURL(module) };
    const ended = await rollout(environment, { ...options, processes, out, concurrency: 2 });
    expect(ended.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => "ok"));
    expect(await readFile(path.join(out, "journal.jsonl"), "utf8")).toContain("died: it ended with SIGKILL");
  });

  test("says what cannot be sent to a process, and what to do", () => {
    const clock = () => 0;
    expect(() => rollout("s-niah", { ...PLAYED, clock, processes: 2, out: folder })).toThrow(
      "option clock is not plain data, so other processes cannot be told of it; expected { count, module }",
    );
    expect(() => rollout("s-niah", { ...PLAYED, processes: 2 })).toThrow("processes needs out");
    expect(() => rollout("s-niah", { ...PLAYED, processes: 0, out: folder })).toThrow(
      "processes: expected a whole number of at least 1, got 0",
    );
  });

  test("does not begin if a process would play other episodes", async () => {
    const module = path.join(folder, "other.mjs");
    await writeFile(
      module,
      `export const recipe = { environment: "s-niah", options: ${JSON.stringify({ ...PLAYED, episodes: 5 })} };\n`,
    );
    const played = rollout("s-niah", {
      ...PLAYED,
      processes: { count: 2, module: pathToFileURL(module) },
      out: path.join(folder, "others"),
    });
    await expect(played).rejects.toThrow(
      "a process would play other episodes than the run's: episodes: 4 in the run, 5 now",
    );
  });
});
