/** What training is put together from: credit, the curriculum, early stopping, the grid, checkpoints. */
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Dataset } from "../../src/data/dataset.ts";
import { Random } from "../../src/random.ts";
import { credit, type Played } from "../../src/train/advantage.ts";
import { evaluationProblems, ProblemCache, type TrainMatchup } from "../../src/train/arena.ts";
import { readCheckpoint, writeCheckpoint } from "../../src/train/checkpoint.ts";
import { Curriculum } from "../../src/train/curriculum.ts";
import type { DrawnDecision } from "../../src/train/network.ts";
import { bestPlans, PLAN_GRID } from "../../src/train/plans.ts";
import { firstCheckpoint, isStale } from "../../src/train/train.ts";
import type { Problem } from "../../src/types.ts";

const DECISION: DrawnDecision = { features: [], legal: [], choices: [], logProbability: -1, value: 0.25 };

function played(groupId: string, reward: number | null): Played {
  const outcome = reward === null ? null : { reward, score: reward, nanoDollars: 1 };
  return { groupId, outcome, decisions: [DECISION, DECISION] };
}

it("evaluates on spaced problems, and on those between where a dataset holds no more", async () => {
  const names = ["a", "b", "c", "d", "e", "f"];
  const dataset: Dataset = {
    name: "six",
    size: names.length,
    async *[Symbol.asyncIterator]() {
      yield* names.map((id) => ({ task: { id } }) as Problem);
    },
  };
  const ids = async (tasks: number) => {
    const problems = await evaluationProblems(
      { problems: dataset } as TrainMatchup,
      tasks,
      new ProblemCache(),
    );
    return problems.map(({ task }) => task.id).join("");
  };
  expect(await ids(2)).toBe("ad");
  expect(await ids(8)).toBe("adbecf");
});

describe("credit", () => {
  it("gives each decision of an episode what GRPO's formula gives the episode, and nothing for faults", () => {
    const { samples, groupsWithoutSignal } = credit(
      [played("a", 1), played("a", 0), played("a", null), played("b", 1), played("b", 1)],
      "grpo",
    );
    const value = 0.5 / (Math.SQRT1_2 + 1e-4);
    const given = samples.map(({ advantage }) => advantage);
    for (const [i, expected] of [value, value, -value, -value, 0, 0, 0, 0].entries())
      expect(given[i]).toBeCloseTo(expected, 10);
    expect(given).toHaveLength(8);
    expect(groupsWithoutSignal).toBe(1);
  });

  it("tells equally good rollouts of a group apart by cost where that is asked for, and never failures", () => {
    const costing = (reward: number, nanoDollars: number) => ({
      ...played("a", reward),
      outcome: { reward, score: reward, nanoDollars },
    });
    const advantages = (episodes: readonly Played[], tieBreak: number) =>
      credit(episodes, "grpo", tieBreak).samples.map(({ advantage }) => advantage);
    const right = [costing(1, 1), costing(1, 3)];
    expect(advantages(right, 0)).toEqual([0, 0, 0, 0]);
    const [cheap, , dear] = advantages(right, 0.05);
    expect(cheap).toBeGreaterThan(0);
    expect(dear).toBeLessThan(0);
    expect(advantages([costing(0, 1), costing(0, 3)], 0.05)).toEqual([0, 0, 0, 0]);
  });

  it("takes the learned value for REINFORCE, and whitens for PPO", () => {
    const episodes = [played("a", 1), played("a", 0)];
    expect(credit(episodes, "reinforce").samples.map(({ advantage }) => advantage)).toEqual([
      0.75, 0.75, -0.25, -0.25,
    ]);
    const whitened = credit(episodes, "ppo").samples.map(({ advantage }) => advantage);
    expect(whitened.map((value) => Math.round(value * 1e6) / 1e6)).toEqual([1, 1, -1, -1]);
  });
});

describe("the curriculum", () => {
  const kinds = ["1k", "4k", "16k"].map((name) => ({ name, track: "s-niah" }));

  it("opens a longer length once the shorter ones succeed, and all of them in time", () => {
    const curriculum = new Curriculum(kinds);
    expect(curriculum.open(1)).toEqual([0]);
    curriculum.see("1k", 0.9);
    expect(curriculum.open(2)).toEqual([0, 1]);
    curriculum.see("4k", 0.2);
    expect(curriculum.open(3)).toEqual([0, 1]);
    expect(curriculum.open(100)).toEqual([0, 1, 2]);
    expect(new Curriculum(kinds, curriculum.success).open(3)).toEqual([0, 1]);
  });

  it("draws by its seed, every open kind and most of what is half learned", () => {
    const curriculum = new Curriculum(kinds, { "1k": 1, "4k": 0.5, "16k": 1 });
    const drawn = curriculum.draw(1, 300, new Random(1));
    expect(drawn).toEqual(curriculum.draw(1, 300, new Random(1)));
    const counts = [0, 1, 2].map((kind) => drawn.filter((one) => one === kind).length);
    expect(counts[1]).toBeGreaterThan(2 * counts[0]!);
    expect(counts[2]).toBeGreaterThan(0);
  });
});

it("training is stale once no window of updates has been better for as long as its patience", () => {
  const rising = Array.from({ length: 30 }, (_, i) => ({ reward: i / 30 }));
  const flat = Array.from({ length: 30 }, () => ({ reward: 0.5 }));
  expect(isStale(rising, 10)).toBe(false);
  expect(isStale(flat, 10)).toBe(true);
  expect(isStale(flat.slice(0, 19), 10)).toBe(false);
  expect(isStale(flat, Infinity)).toBe(false);
});

describe("the grid of plans", () => {
  it("has one plan of each name, and every plan answers", () => {
    expect(new Set(PLAN_GRID.map(({ name }) => name)).size).toBe(PLAN_GRID.length);
    expect(PLAN_GRID.every(({ moves }) => moves.at(-1)?.kind === "answer")).toBe(true);
  });

  it("is searched for the best mean of each kind of tasks", () => {
    const rows = [
      { kind: "k", plan: "a", reward: 0.2 },
      { kind: "k", plan: "a", reward: 0.8 },
      { kind: "k", plan: "b", reward: 0.6 },
      { kind: "k", plan: "answer", reward: 0.1 },
      { kind: "l", plan: "b", reward: 0 },
    ];
    expect(bestPlans(rows)).toEqual([
      { kind: "k", plan: "b", reward: 0.6, tasks: 1, nothing: 0.1 },
      { kind: "l", plan: "b", reward: 0, tasks: 1, nothing: 0 },
    ]);
  });
});

describe("a checkpoint", () => {
  it("is read as it was written, and refused where its shape is another one", async () => {
    const folder = await mkdtemp(join(tmpdir(), "rlm-gym-checkpoint-"));
    const written = { ...firstCheckpoint(Random.of(1).below(100), { algo: "grpo" }), success: { "1k": 0.5 } };
    await writeCheckpoint(folder, written);
    expect(readCheckpoint(folder)).toEqual(written);
    const path = join(folder, "checkpoint.json");
    const text = await readFile(path, "utf8");
    const refused = async (change: object, message: RegExp) => {
      await writeFile(path, JSON.stringify({ ...(JSON.parse(text) as object), ...change }));
      expect(() => readCheckpoint(folder)).toThrow(message);
    };
    await refused({ hidden: 7 }, /expected \d+ numbers in weights, got \d+/);
    await refused({ features: ["one"] }, /its features are not those of this version/);
    await refused({ format: "other" }, /field format/);
    await writeFile(path, text.slice(0, 100));
    expect(() => readCheckpoint(folder)).toThrow(/expected one JSON object/);
    expect(() => readCheckpoint(join(folder, "none"))).toThrow(/holds no trained policy/);
  });
});
