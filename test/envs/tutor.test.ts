import { afterAll, describe, expect, it } from "vitest";
import { make } from "../../envs/make.ts";
import { environmentNamed } from "../../envs/make.ts";
import { rolloutEpisode } from "../../src/episode/rollout.ts";
import { kindOf } from "../../src/export/choice/kinds.ts";
import { simulatedModel } from "../../src/models/simulated/simulated.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { sharedPool } from "../shared-pool.ts";

const { pool } = sharedPool();
afterAll(() => pool.close());

/** What the tutor shows in a number of episodes, with a sub-model that reads without a mistake. */
async function lessons(
  name: string,
  options: Record<string, string>,
  episodes: number,
): Promise<Trajectory[]> {
  const benchmark = await environmentNamed(name).open(options, 0);
  const model = simulatedModel({ readers: benchmark.readers, rot: "flat" });
  const env = await make(environmentNamed(name), {
    options,
    repls: pool,
    subModels: model,
    promptStyle: "small",
  });
  const shown: Trajectory[] = [];
  for (let seed = 0; seed < episodes; seed += 1)
    shown.push(
      await rolloutEpisode(env, {
        policy: benchmark.strategies["tutor"]!(),
        subModel: model,
        reset: { seed },
      }),
    );
  await env.close();
  return shown;
}

const blocks = ({ turns }: Trajectory) => turns.flatMap(({ results }) => results.map(({ code }) => code));
const shapeOf = (trajectory: Trajectory) =>
  blocks(trajectory)
    .join("\n")
    .replaceAll(/"[^"\n]*"|\d+/g, "…");

describe("the tutor", () => {
  it.each([
    ["s-niah", { variant: "niah_single_2", length: "1k" }],
    ["s-niah", { variant: "niah_multikey_3", length: "1k" }],
    ["s-niah", { variant: "niah_multivalue", length: "1k" }],
    ["s-niah", { variant: "niah_multiquery", length: "1k" }],
  ])(
    "finds the needles of %s %o in short blocks, in other words from episode to episode",
    async (name, options) => {
      const shown = await lessons(name, options, 16);
      expect(shown.map(({ reward }) => reward?.score)).toEqual(shown.map(() => 1));
      expect(new Set(shown.map(shapeOf)).size).toBeGreaterThan(8);
      for (const block of shown.flatMap(blocks)) expect(block.split("\n").length).toBeLessThanOrEqual(6);
    },
  );

  it("answers what a few lines can answer of oolong, and pays for the labels once", async () => {
    const shown = await lessons("oolong", { length: "1k" }, 25);
    const taught = shown.filter(({ answer }) => answer?.text !== "");
    expect(taught.length).toBeGreaterThan(15);
    // The simulated sub-model misreads a label now and then.
    const right = taught.filter(({ reward }) => reward?.score === 1).length;
    expect(right / taught.length).toBeGreaterThan(0.8);
    for (const { batches } of taught.map(({ metrics }) => ({ batches: metrics.batchSizes })))
      expect(batches.length).toBeLessThanOrEqual(1);
    expect(new Set(taught.map(kindOf))).toContain("sub-calls");
    expect(new Set(taught.map(kindOf))).toContain("code alone");
  });

  it("shows mistakes and how they are mended", async () => {
    const shown = await lessons("s-niah", { variant: "niah_single_2", length: "1k" }, 30);
    const mended = shown.filter((one) => kindOf(one) === "code alone, with a mended error");
    expect(mended.length).toBeGreaterThan(1);
    for (const { reward } of mended) expect(reward?.score).toBe(1);
  });

  it("shows the same from the same seed", async () => {
    const [first, again] = [
      await lessons("oolong", { length: "1k" }, 3),
      await lessons("oolong", { length: "1k" }, 3),
    ];
    expect(again.map(blocks)).toEqual(first.map(blocks));
  });
});
