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
    const old = [0, 0.5, 1, 1].map((score, seed) => figures("old", seed, score));
    const mine = [1, 0.7, 1, 0].map((score, seed) => figures("new", seed, score));
    expect(pairedCounts([...mine.toReversed(), ...old], pair)).toEqual({ won: 2, lost: 1, drawn: 1 });
  });

  it("ignores tasks that only one policy has ended, other tasks, and infrastructure faults", () => {
    const all = [
      figures("old", 0, 0),
      figures("new", 0, 1, { ok: false }),
      figures("new", 1, 1),
      figures("old", 2, 0, { tasks: "64k" }),
      figures("new", 2, 1),
      figures("old", 3, 0, { taskId: "another" }),
      figures("new", 3, 1),
    ];
    expect(pairedCounts(all, pair)).toEqual({ won: 0, lost: 0, drawn: 0 });
  });
});
