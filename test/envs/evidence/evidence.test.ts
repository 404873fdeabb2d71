import { afterAll, describe, expect, it } from "vitest";
import { TIER_NAMES } from "../../../datasets/evidence/evidence.ts";
import { evidence } from "../../../envs/evidence/evidence.ts";
import { make } from "../../../envs/make.ts";
import { rollout } from "../../../envs/rollout.ts";
import { checkEnv } from "../../../src/env/check.ts";
import { PyodideReplPool } from "../../../src/repl/pyodide/pool.ts";
import { replayEpisode } from "../../../src/replay/replay.ts";
import { potentialRewards } from "../../../src/rewards/potential.ts";
import { simulatedModel } from "../../../src/models/simulated/simulated.ts";
import { evidenceReader } from "../../../datasets/evidence/simulated-reader.ts";

const repls = new PyodideReplPool();
afterAll(() => repls.close());

describe("evidence", () => {
  it("is solved by the oracle at all tiers, and by helpers that read without error", async () => {
    const subModels = simulatedModel({ readers: [evidenceReader], rot: "flat" });
    const scores = await Promise.all(
      TIER_NAMES.map(async (tier) => {
        const options = { tier, length: "6k" };
        const records = await rollout("evidence", { options, policy: ["oracle"], episodes: 1, seed: 2 });
        return records.map(({ reward }) => reward?.score);
      }),
    );
    expect(scores).toEqual(TIER_NAMES.map(() => [1]));
    const [record] = await rollout("evidence", {
      options: { length: "6k", tier: "wide-net" },
      policy: ["helpers"],
      subModels,
      episodes: 1,
      seed: 2,
    });
    expect(record!.reward!.score).toBeGreaterThan(0.9);
    expect(record!.children.flatMap(({ toolCalls }) => toolCalls.map(({ name }) => name))).toContain("mark");
    expect(record!.reward!.terms["measure:recall"]?.raw).toBeGreaterThan(0.9);

    // What the children mark is progress, and the record replays to the same marks.
    const benchmark = await evidence.open({ length: "6k", tier: "wide-net" }, 2);
    const { task, reference } = await benchmark.problems.at!(0);
    const shaped = potentialRewards(record!, benchmark.progress!, 1, reference);
    expect(shaped[0]).toBeGreaterThan(0.9);
    const { world } = benchmark;
    expect((await replayEpisode(record!, task.context, { repls, world })).difference).toBeNull();
  });

  it("passes checkEnv", async () => {
    const env = await make("evidence", { repls, options: { length: "6k" }, reward: { terms: {} } });
    const actions = [
      {
        code: 'hit = search("study")["hits"][0]\nprint(hit, mark(hit["paper_id"], hit["text"]))\nprint(view_marks())',
      },
      { answer: "marked" },
    ];
    await checkEnv(env, { actions, seeds: [0] });
    await env.close();
  });
});
