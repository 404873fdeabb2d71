/** `rlm-gym reward` on saved runs: what it writes beside them, and what it refuses. */
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { ScoredRow } from "../../../src/rewards/score-episodes.ts";
import { complaints, rlmGym } from "../command.ts";
import { savedEpisode, savedRun } from "../saved-run.ts";

/** In both tasks the expensive policy is right; the cheap one is right in one. A third task has one usable rollout. */
const EPISODES = [
  { policy: "dear", task: "a", score: 1, nanoDollars: 800_000 },
  { policy: "cheap", task: "a", score: 1, nanoDollars: 100_000 },
  { policy: "dear", task: "b", score: 1, nanoDollars: 800_000 },
  { policy: "cheap", task: "b", score: 0, nanoDollars: 100_000 },
  { policy: "dear", task: "c", score: 1, nanoDollars: 0 },
  { policy: "cheap", task: "c", score: 0, fault: true },
] as const;

let run: string;
const spec = async (name: string, text: string) => {
  const file = join(run, "..", name);
  await writeFile(file, text);
  return file;
};

beforeAll(async () => {
  run = await savedRun(EPISODES);
});

describe("rlm-gym reward", () => {
  it("writes rewards with their terms and advantages beside the run, and null for faults", async () => {
    const mine = await spec("mine.ts", "export const term = ({ policy }) => (policy === 'cheap' ? 2 : 0);\n");
    const file = await spec(
      "frugal.yaml",
      `advantage: dr_grpo
terms:
  cost: { type: success_gated_cost, weight: 0.5 }
  kind: { type: custom, file: ./mine.ts, weight: 0.1 }
`,
    );
    expect(mine).toBeTruthy();
    const { code, stdout, stderr } = await rlmGym(["reward", run, "--spec", file, "--json"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const result = JSON.parse(stdout) as { runs: { groups: object; rewarded: number }[] };
    expect(result.runs[0]).toMatchObject({
      rewarded: 5,
      groups: { total: 3, withSignal: 2, ofOne: 1, withoutSpread: 0, empty: 0 },
    });
    const text = await readFile(join(run, "scored-frugal.jsonl"), "utf8");
    expect(text).not.toContain("NaN");
    const rows = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as ScoredRow);
    expect(rows.map(({ reward }) => reward?.total ?? null)).toEqual([0.6, 1.15, 0.6, 0.2, 1, null]);
    expect(rows[1]!.reward).toEqual({
      total: 1.15,
      score: 1,
      terms: { cost: { raw: 0.1, weighted: -0.05, unit: "dollars" }, kind: { raw: 2, weighted: 0.2 } },
    });
    const advantages = rows.map(({ advantage }) => advantage);
    for (const [index, value] of [-0.275, 0.275, 0.2, -0.2, 0].entries())
      expect(advantages[index]).toBeCloseTo(value, 12);
    expect(advantages[5]).toBeNull();
  });

  it("sweeps λ from accurate-and-dear to cheap, in order", async () => {
    const file = await spec("gated.json", '{"terms":{"cost":{"type":"linear_cost"}}}');
    const args = ["reward", run, "--spec", file, "--sweep", "lambda=0:2:0.25", "--json"];
    const { points } = JSON.parse((await rlmGym(args)).stdout) as {
      points: { value: number; best: string; rewards: Record<string, number> }[];
    };
    expect(points.map(({ value }) => value)).toEqual([0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2]);
    // dear: 1 − λ·1.6/3, cheap: 0.5 − λ·0.1: they meet at λ = 0.5/(1.6/3 − 0.1) = 1.154
    expect(points.map(({ best }) => best).join(" ")).toBe(`${"dear ".repeat(5)}${"cheap ".repeat(4)}`.trim());
    expect(points[8]!.rewards.cheap).toBeCloseTo(0.3, 12);
  });

  it("compares two rewards: rank flips and groups that lose their signal", async () => {
    const free = await spec("free.json", "{}");
    const { stdout } = await rlmGym(["reward", run, "--diff", "default", free, "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      specs: ["default", "free"],
      episodes: 5,
      pairs: 2,
      rankFlips: 0,
      signalLost: 1,
      signalGained: 0,
    });
  });

  it("compares scored files, with each other and with a spec, and names the line of a file that is not one", async () => {
    const scored = await savedRun(EPISODES);
    const free = await spec("free.json", "{}");
    await rlmGym(["reward", scored, "--spec", free]);
    const rows = join(scored, "scored-free.jsonl");
    const { stdout } = await rlmGym(["reward", scored, "--diff", "default", rows, "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ specs: ["default", rows], episodes: 5, signalLost: 1 });
    await appendFile(rows, '{"rolloutId":"x","groupId":"g","reward":{"total":null},"advantage":0}\n');
    const broken = await rlmGym(["reward", "--diff", rows, rows]);
    expect([broken.code, complaints(broken)[0]]).toEqual([
      1,
      expect.stringMatching(/scored-free\.jsonl:7: expected a row of a scored file: reward\.total/),
    ]);
  });

  it.each([
    [
      "an unknown term",
      '{"terms":{"x":{"type":"speed"}}}',
      /terms\.x\.type: unknown term; expected one of linear_cost/,
    ],
    [
      "a weight that is NaN",
      "terms: { x: { type: linear_cost, weight: .nan } }",
      /terms\.x\.weight: .*number.*NaN/,
    ],
    ["a file that is no YAML", "terms: [", /expected JSON or YAML/],
  ])("refuses a spec with %s", async (_, text, message) => {
    const ended = await rlmGym(["reward", run, "--spec", await spec("bad.yaml", text)]);
    expect(ended.code).toBe(2);
    expect(complaints(ended).join()).toMatch(message);
  });

  it("names the line of a record of another schema version, or without usage figures", async () => {
    const later = await savedRun(EPISODES);
    await appendFile(join(later, "trajectories.jsonl"), '{"schemaVersion":2}\n');
    const ended = await rlmGym(["reward", later, "--spec", "default"]);
    expect(ended.code).toBe(1);
    expect(complaints(ended)[0]).toMatch(/trajectories\.jsonl:7: schemaVersion 2 is n/);
    const unmetered = await savedRun(EPISODES);
    const { totals: _, ...record } = savedEpisode(EPISODES[0]);
    await appendFile(join(unmetered, "trajectories.jsonl"), `${JSON.stringify(record)}\n`);
    expect(complaints(await rlmGym(["reward", unmetered, "--spec", "default"]))[0]).toMatch(
      /trajectories\.jsonl:7: expected usage figures/,
    );
  });
});
