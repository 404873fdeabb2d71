/** The sweep over λ on a simulated benchmark: from the accurate, expensive strategy to the cheap one, in order. */
import { afterAll, expect, it } from "vitest";
import { environmentNamed, make } from "../../envs/make.ts";
import { simulatedModel } from "../../src/models/simulated/simulated.ts";
import { parseSweep, sweep } from "../../src/report/sweep.ts";
import { savedMeasures } from "../../src/rewards/from-spec.ts";
import type { Measures } from "../../src/rewards/measures.ts";
import { parseSpec } from "../../src/rewards/spec.ts";
import { rolloutEpisode } from "../../src/episode/rollout.ts";
import { sharedPool } from "../shared-pool.ts";

const { pool } = sharedPool();
afterAll(() => pool.close());

it("a sweep over λ moves the best strategy from accurate and expensive to cheap", async () => {
  const options = { length: "16k" };
  const benchmark = await environmentNamed("oolong").open(options, 0);
  const model = simulatedModel({ readers: benchmark.readers });
  const env = await make("oolong", { options, subModels: model, repls: pool });
  const spec = parseSpec({ terms: { cost: { type: "linear_cost" } } });
  const episodes: { policy: string; measures: Measures }[] = [];
  for (const policy of ["map-reduce", "direct", "bm25"])
    for (let seed = 0; seed < 8; seed += 1) {
      const played = { policy: benchmark.strategies[policy]!(), subModel: model, reset: { seed } };
      const measures = savedMeasures(spec, await rolloutEpisode(env, played), undefined);
      episodes.push({ policy, measures: { ...measures, groupId: `${seed}` } });
    }
  await env.close();
  const average = (policy: string, read: (measures: Measures) => number) =>
    episodes.filter((own) => own.policy === policy).reduce((sum, own) => sum + read(own.measures), 0) / 8;
  const points = sweep(
    spec,
    parseSweep("lambda=0:1:0.01"),
    episodes.map(({ measures }) => measures),
    episodes.map(({ policy }) => policy),
  );
  const bests = [...new Set(points.map(({ best }) => best!))];
  expect(bests[0]).toBe("map-reduce");
  expect(bests.at(-1)).toBe("bm25");
  for (const [index, policy] of bests.slice(1).entries()) {
    expect(average(policy, (own) => own.nanoDollars!)).toBeLessThan(
      average(bests[index]!, (own) => own.nanoDollars!),
    );
    expect(average(policy, (own) => own.score)).toBeLessThanOrEqual(
      average(bests[index]!, (own) => own.score),
    );
  }
  // A strategy that was left never comes back.
  expect(bests.length).toBe(points.filter(({ best }, index) => best !== points[index - 1]?.best).length);
});
