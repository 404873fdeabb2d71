import { describe, expect, it } from "vitest";
import { pairedCounts } from "../../src/report/paired.ts";
import { type EpisodeFigures, figuresOf } from "../../src/report/summary.ts";
import { rewarded } from "../trajectory-fixture.ts";

const figures = (policy: string, seed: number, score: number, parts: Partial<EpisodeFigures> = {}) => ({
  ...figuresOf(rewarded({ score }), "8k"),
  policy,
  seed,
  ...parts,
});

describe("pairedCounts", () => {
  const pair = { policy: "new", baseline: "old", tasks: "8k" };

  it("counts the tasks won, lost and drawn, whatever the order", () => {
    const on = (policy: string, scores: readonly number[]) =>
      scores.map((score, task) => figures(policy, 0, score, { taskId: `t${task}` }));
    const [old, mine] = [on("old", [0, 0.5, 1, 1]), on("new", [1, 0.7, 1, 0])];
    expect(pairedCounts([...mine.toReversed(), ...old], pair)).toEqual({ won: 2, lost: 1, drawn: 1 });
  });

  it("counts the rollouts of one task as one, by their mean score", () => {
    const group = (policy: string, scores: readonly number[]) =>
      scores.map((score, seed) => figures(policy, seed, score));
    const all = [...group("old", [0, 0, 1, 0]), ...group("new", [1, 0, 1, 0])];
    expect(pairedCounts(all, pair)).toEqual({ won: 1, lost: 0, drawn: 0 });
  });

  it("leaves out tasks that only one has ended, other tasks, and infra errors", () => {
    const all = [
      figures("old", 0, 0, { taskId: "a" }),
      figures("new", 0, 1, { taskId: "a", ok: false }),
      figures("new", 1, 1, { taskId: "b" }),
      figures("old", 2, 0, { taskId: "c", tasks: "64k" }),
      figures("new", 2, 1, { taskId: "c" }),
    ];
    expect(pairedCounts(all, pair)).toEqual({ won: 0, lost: 0, drawn: 0 });
  });
});
