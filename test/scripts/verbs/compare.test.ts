/** Policies side by side: on the same tasks, marked if simulated, and separate from published scores. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { SummaryRow } from "../../../src/report/summary.ts";
import { rlmGym, scratch, trajectoriesIn } from "../command.ts";

describe("rlm-gym compare", () => {
  it("plays the baselines on the same tasks, and direct falls with length while map-reduce holds", async () => {
    const folder = join(await scratch(), "run");
    const size = ["--length", "4k,128k", "--episodes", "16", "--json", "--out", folder];
    const { code, stdout } = await rlmGym(["compare", "s-niah", "--policies", "direct,map-reduce", ...size]);
    expect(code).toBe(0);
    const { rows, published } = JSON.parse(stdout) as {
      rows: (SummaryRow & { paired: object | null })[];
      published: { scores: unknown[] };
    };
    const [short, shortChunks, long, longChunks] = rows;
    expect(rows.map(({ policy, tasks }) => [policy, tasks])).toEqual([
      ["direct", "niah_single_2 4k"],
      ["map-reduce", "niah_single_2 4k"],
      ["direct", "niah_single_2 128k"],
      ["map-reduce", "niah_single_2 128k"],
    ]);
    expect(long!.accuracy).toBeLessThan(short!.accuracy!);
    expect(longChunks!.accuracy).toBeGreaterThan(long!.accuracy!);
    expect(longChunks!.dollars!.mean).toBeGreaterThan(shortChunks!.dollars!.mean);
    expect(rows.every((row) => row.simulated)).toBe(true);
    expect(long!.paired).toBeNull();
    expect(longChunks!.paired).toMatchObject({ baseline: "direct" });
    expect(published.scores).toEqual([]);
    const episodes = await trajectoriesIn(folder);
    const tasksOf = (policy: string) =>
      episodes
        .filter((episode) => episode.policy === policy)
        .map(({ task, seed }) => `${task.id} ${task.context.sha256} ${seed}`);
    expect(new Set(tasksOf("direct"))).toEqual(new Set(tasksOf("map-reduce")));
  });

  it("plays the same tasks in several languages, side by side, with turns and the time of code", async () => {
    const folder = join(await scratch(), "run");
    const how = ["--policies", "grep,direct", "--length", "2k", "--episodes", "2", "--out", folder];
    const { code, stdout, stderr } = await rlmGym(["compare", "s-niah", ...how, "--repl", "python,sql"]);
    expect(code, stderr).toBe(0);
    expect(stdout.match(/^niah_single_2 2k +\S+/gm)?.map((row) => row.split(/ +/)[2])).toEqual([
      "grep@python*",
      "direct@python*",
      "grep@sql*",
      "direct@sql*",
    ]);
    expect(stdout.split("\n")[0]).toMatch(/turns +ms of code/);
    const episodes = await trajectoriesIn(folder);
    expect(episodes.map(({ language }) => language ?? "python").toSorted()).toEqual([
      ..."python ".repeat(4).trim().split(" "),
      ..."sql ".repeat(4).trim().split(" "),
    ]);
    expect((await rlmGym(["replay", folder, "--verify"])).code).toBe(0);
  });

  it("says which languages there are", async () => {
    const { code, stderr } = await rlmGym(["compare", "s-niah", "--repl", "python,cobol", "--episodes", "1"]);
    expect(code).not.toBe(0);
    expect(stderr).toContain(
      'unknown REPL language "cobol"; expected python, javascript, sql, bash, clojure',
    );
    const twice = await rlmGym(["compare", "s-niah", "--repl", "sql,sql", "--episodes", "1"]);
    expect(twice.stderr).toContain("--repl: sql is named twice");
  });

  it("shows published scores below the table, with their source, and marks what is simulated", async () => {
    const cwd = await scratch();
    const size = ["--length", "1k", "--episodes", "1", "--by-length", "2k,100"];
    const { stdout } = await rlmGym(["compare", "oolong", "--policies", "direct,compaction", ...size], {
      cwd,
    });
    const [measured = "", published = ""] = stdout.split("Published, not measured here.");
    expect(measured).toMatch(/oolong questions 1k, up to 2000 +direct\* .+\n.*up to 2000 +compaction\* /);
    expect(measured).toContain("rests on a simulated model");
    expect(measured).not.toContain("RLM depth");
    expect(published).toContain("arXiv 2512.24601");
    expect(published).toMatch(/RLM depth 1 \[1\] +rlm:1 +131K +56 % +0\.43/);
    expect(published).toMatch(/RLM, Qwen3-8B trained for it \[1\] +rlm:1 +131K +32 % .* ≠ tokens, n, data\n/);
    expect(published).toMatch(/Qwen3-30B-A3B trained, told to plan \[2\] .*\n/);
    expect(published).toMatch(/\n\[2\] mit-oasys\//);
    expect(published).not.toContain("*");
  });
});
