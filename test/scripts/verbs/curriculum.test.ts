import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { SavedRounds } from "../../../src/runs/curriculum-file.ts";
import { rlmGym, scratch, trajectoriesIn } from "../command.ts";

let folder: string;
let mix: string;
const flags = (out: string) => [
  "rollout",
  "--curriculum",
  mix,
  "--policy",
  "direct",
  "--episodes",
  "8",
  "--group-size",
  "2",
  "--out",
  out,
];

beforeAll(async () => {
  folder = await scratch();
  mix = join(folder, "mix.yaml");
  await writeFile(
    mix,
    `tasks:
  - environment: s-niah
    options: { variant: niah_single_1, length: 1k }
    difficulty: easy
  - environment: browsecomp-like
    options: { length: 2k }
    weight: 2
    difficulty: hard
follow: { every: 2 }
`,
  );
});

const rounds = async (run: string) =>
  (JSON.parse(await readFile(join(run, "curriculum.json"), "utf8")) as { rounds: SavedRounds }).rounds;
const ids = async (run: string) => (await trajectoriesIn(run)).map(({ rolloutId }) => rolloutId).toSorted();

describe("rollout --curriculum", () => {
  it("draws tasks of several kinds, saves its rounds, and goes on with the same ones when it is resumed", async () => {
    const whole = join(folder, "whole");
    expect(await rlmGym(flags(whole))).toMatchObject({ code: 0 });
    const played = await trajectoriesIn(whole);
    expect(played).toHaveLength(16);
    expect(new Set(played.map(({ task }) => task.metadata["difficulty"]))).toEqual(new Set(["easy", "hard"]));
    expect((await rounds(whole)).flatMap(({ draws }) => draws)).toHaveLength(8);

    const cut = join(folder, "cut");
    await cp(whole, cut, { recursive: true });
    const file = join(cut, "trajectories.jsonl");
    const lines = (await readFile(file, "utf8")).split("\n");
    await writeFile(file, `${lines.slice(0, 6).join("\n")}\n`);
    await rm(join(cut, "index.jsonl"), { force: true });
    await writeFile(
      join(cut, "curriculum.json"),
      JSON.stringify({ rounds: (await rounds(whole)).slice(0, 2) }),
    );
    expect(await rlmGym([...flags(cut), "--resume"])).toMatchObject({ code: 0 });
    expect(await ids(cut)).toEqual(await ids(whole));
    expect(await rounds(cut)).toEqual(await rounds(whole));
  });

  it("names what is wrong, before anything is written", async () => {
    const bad = join(folder, "bad.yaml");
    const refused = async (text: string, more: readonly string[] = []) => {
      await writeFile(bad, text);
      return rlmGym([
        "rollout",
        "--curriculum",
        bad,
        "--policy",
        "direct",
        "--out",
        join(folder, "none"),
        ...more,
      ]);
    };
    const one = "tasks: [{ environment: s-niah, options: { length: 1k } }]";
    for (const [ended, words] of [
      [await refused("tasks: []"), "bad.yaml: tasks: "],
      [await refused("tasks: [{ environment: s-nia }]"), "tasks.0.environment: "],
      [await refused("tasks: [{ environment: s-niah, options: { size: 1 } }]"), "size"],
      [await refused(one, ["--policy", "direct,grep"]), "one policy"],
    ] as const) {
      expect(ended.code).toBe(2);
      expect(ended.stderr).toContain(words);
    }
    const both = await rlmGym(["rollout", "s-niah", "--curriculum", mix, "--policy", "direct"]);
    expect(both).toMatchObject({ code: 2 });
    expect(both.stderr).toContain("leave out the others");
  });
});

describe("report --by", () => {
  it("divides rows by the tasks' own facts, and crosses training lengths with lengths", async () => {
    const run = join(folder, "by");
    const play = [
      "rollout",
      "s-niah",
      "--policy",
      "direct",
      "--length",
      "1k,2k",
      "--episodes",
      "2",
      "--trained-at",
      "1k",
      "--out",
      run,
    ];
    expect(await rlmGym(play)).toMatchObject({ code: 0 });
    const text = (await rlmGym(["report", run, "--by", "trained,length"])).stdout;
    expect(text).toMatch(/trained 1k 1k: /);
    expect(text).toMatch(/direct\*\s+1k\s+\S+ % \[.*n=2\s+\S+ % \[.*n=2/);
    const { trainTest } = JSON.parse(
      (await rlmGym(["report", run, "--by", "trained,length", "--json"])).stdout,
    ) as {
      trainTest: { trained: string; length: string; episodes: number }[];
    };
    expect(trainTest.map(({ trained, length, episodes }) => [trained, length, episodes])).toEqual([
      ["1k", "1k", 2],
      ["1k", "2k", 2],
    ]);
    const difficulty = (await rlmGym(["report", join(folder, "whole"), "--by", "length,difficulty"])).stdout;
    expect(difficulty).toContain("1k easy: ");
    expect(difficulty).toContain("2k hard: ");
    expect(await rlmGym(["report", run, "--by", "size"])).toMatchObject({ code: 2 });
  });
});
