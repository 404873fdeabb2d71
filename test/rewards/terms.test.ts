/** Every shaping compared with values worked out by hand from its source's formula, and properties of all. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { composedReward } from "../../src/rewards/compose.ts";
import { DEFAULT_EXCESS, DEFAULT_LAMBDA } from "../../src/rewards/cost.ts";
import type { Measures } from "../../src/rewards/measures.ts";
import { parseSpec, type RewardSpecInput } from "../../src/rewards/spec.ts";
import { scoreEpisodes } from "../../src/rewards/score-episodes.ts";
import { measures } from "./measures-fixture.ts";

type Terms = NonNullable<RewardSpecInput["terms"]>;
const total = (terms: Terms, own: Partial<Measures>, others: Partial<Measures>[] = []) => {
  const episode = measures(own);
  return composedReward(parseSpec({ terms }), episode, [episode, ...others.map(measures)]).total;
};

/** name, term, the episode, the others of its group, the reward by the formula */
const CASES: readonly (readonly [string, Terms[string], Partial<Measures>, Partial<Measures>[], number])[] = [
  // R − λ·c/c_ref = 1 − 0.5·(2500/1000), not clipped
  ["linear cost", { type: "linear_cost", weight: 0.5 }, { nanoDollars: 2500 }, [], -0.25],
  [
    "linear cost of a failure",
    { type: "linear_cost", weight: 0.5 },
    { score: 0, nanoDollars: 500 },
    [],
    -0.25,
  ],
  // R·(1 − λ·clip(c/c_ref, 0, 1)) = 0.8·(1 − 0.3·0.25)
  ["gated cost", { type: "success_gated_cost", weight: 0.3 }, { score: 0.8, nanoDollars: 250 }, [], 0.74],
  ["gated cost past 1", { type: "success_gated_cost", weight: 0.3 }, { nanoDollars: 9e6 }, [], 0.7],
  [
    "gated cost of a failure",
    { type: "success_gated_cost", weight: 0.3 },
    { score: 0, nanoDollars: 250 },
    [],
    0,
  ],
  // past one reading e·(1 − c_ref/c) more: 1 − 0.3·(1 + 0.5·(1 − 1/4)), and e at most (1 − λ)/λ: 1 − 0.8·(1 + 0.25·(1 − 1/4))
  [
    "gated excess",
    { type: "success_gated_cost", weight: 0.3, excess: 0.5 },
    { nanoDollars: 4000 },
    [],
    0.5875,
  ],
  [
    "gated excess, heavy",
    { type: "success_gated_cost", weight: 0.8, excess: 0.5 },
    { nanoDollars: 4000 },
    [],
    0.05,
  ],
  [
    "gated excess below 1",
    { type: "success_gated_cost", weight: 0.3, excess: 0.5 },
    { nanoDollars: 250 },
    [],
    0.925,
  ],
  // An empty context is one of 1000 tokens: 1 − 0.3·(1 + 0.5·(1 − 1000/2000))
  [
    "gated excess, empty context",
    { type: "success_gated_cost", weight: 0.3, excess: 0.5 },
    { nanoDollars: 5, readingNanoDollars: 0, readingTokens: 0, promptTokens: 2000 },
    [],
    0.625,
  ],
  // Without a price, tokens replace dollars: 40/100
  [
    "cost in tokens",
    { type: "linear_cost" },
    { nanoDollars: null, promptTokens: 30, completionTokens: 10 },
    [],
    0.6,
  ],
  // k1.5: lengths 100, 200, 300: ℓ = 0.5 − (len − 100)/200
  [
    "Kimi, shortest right",
    { type: "kimi_length" },
    { policyTokens: 100 },
    [{ policyTokens: 200 }, { policyTokens: 300 }],
    1.5,
  ],
  [
    "Kimi, longest right",
    { type: "kimi_length" },
    { policyTokens: 300 },
    [{ policyTokens: 200 }, { policyTokens: 100 }],
    0.5,
  ],
  [
    "Kimi, shortest wrong",
    { type: "kimi_length" },
    { score: 0, policyTokens: 100 },
    [{ policyTokens: 300 }],
    0,
  ],
  [
    "Kimi, longest wrong",
    { type: "kimi_length" },
    { score: 0, policyTokens: 300 },
    [{ policyTokens: 100 }],
    -0.5,
  ],
  ["Kimi, all alike", { type: "kimi_length" }, { policyTokens: 7 }, [{ policyTokens: 7 }], 1],
  ["Kimi, alone", { type: "kimi_length" }, { policyTokens: 7 }, [], 1],
  // DAPO: Lmax 16384 + 4096 and cache 4096, as in the paper: soft from 16384 to 20480
  ["DAPO below", { type: "dapo_overlong", max: 20480, buffer: 4096 }, { policyTokens: 16384 }, [], 1],
  ["DAPO between", { type: "dapo_overlong", max: 20480, buffer: 4096 }, { policyTokens: 18432 }, [], 0.5],
  ["DAPO at the most", { type: "dapo_overlong", max: 20480, buffer: 4096 }, { policyTokens: 20480 }, [], 0],
  [
    "DAPO above",
    { type: "dapo_overlong", max: 20480, buffer: 4096 },
    { score: 0, policyTokens: 20481 },
    [],
    -1,
  ],
  // L1: α = 3e-4: 1 − 3e-4·|1000 − 1500| = 0.85; max: clip(3e-4·(1000 − 1500) + 0.5) = 0.35
  ["L1 exact", { type: "l1_exact", target: 1000 }, { policyTokens: 1500 }, [], 0.85],
  ["L1 exact, wrong", { type: "l1_exact", target: 1000 }, { score: 0.4, policyTokens: 900 }, [], -0.03],
  ["L1 max", { type: "l1_max", target: 1000 }, { policyTokens: 1500 }, [], 0.35],
  ["L1 max, short", { type: "l1_max", target: 10000 }, { policyTokens: 100 }, [], 1],
  ["L1 max, wrong", { type: "l1_max", target: 1000 }, { score: 0, policyTokens: 1500 }, [], 0],
  // prime-rl: p = 0.5: 1 − 0.5·(0.25·50/100 + 0.1·10/40 + 0.1·2/4) = 1 − 0.5·0.2
  [
    "prime-rl",
    { type: "prime_linear" },
    { completionTokens: 50, promptTokens: 10, turns: 2 },
    [{ score: 0, completionTokens: 100, promptTokens: 40, turns: 4 }],
    0.9,
  ],
  ["prime-rl, nothing used", { type: "prime_linear" }, { turns: 0 }, [{ turns: 0 }], 1],
  // bonus: right ones cost 1 and 3, mean 2: clip(1 − 1/2) = 0.5; the more expensive one: clip(1 − 3/2) = 0; wrong ones are not counted
  [
    "efficiency",
    { type: "efficiency_bonus" },
    { nanoDollars: 1 },
    [{ nanoDollars: 3 }, { score: 0, nanoDollars: 99 }],
    1.5,
  ],
  ["efficiency, dear", { type: "efficiency_bonus" }, { nanoDollars: 3 }, [{ nanoDollars: 1 }], 1],
  ["efficiency, wrong", { type: "efficiency_bonus" }, { score: 0, nanoDollars: 1 }, [{ nanoDollars: 3 }], 0],
  ["efficiency, free", { type: "efficiency_bonus" }, { nanoDollars: 0 }, [{ nanoDollars: 0 }], 1],
  // R − λ·max(0, c − B)/B = 1 − 0.5·(300 − 200)/200
  ["budget", { type: "budget", budget: 200, unit: "tokens", weight: 0.5 }, { promptTokens: 300 }, [], 0.75],
  ["budget kept", { type: "budget", budget: 200, unit: "tokens" }, { promptTokens: 200 }, [], 1],
  ["budget in dollars", { type: "budget", budget: 1e-6 }, { nanoDollars: 1500 }, [], 0.5],
  // two verifications and one repeat: 1 − 0.1·(2 + 1)
  ["redundancy", { type: "redundancy", weight: 0.1 }, { verifications: 2, repeatedQueries: 1 }, [], 0.7],
  // own success and 0.5 of the mean of 1, 0, 1, 0
  ["children", { type: "children", weight: 0.5 }, { children: [1, 0, 1, 0] }, [], 1.25],
  ["no children", { type: "children", weight: 0.5 }, {}, [], 1],
];

describe("the shapings", () => {
  it.each(CASES)("%s", (_, term, own, others, expected) => {
    expect(total({ it: term }, own, others)).toBeCloseTo(expected, 12);
  });

  it("record each term's raw and weighted value, which sum to the total beside the raw score", () => {
    const spec = parseSpec({
      terms: { cost: { type: "success_gated_cost", weight: 0.4 }, over: { type: "redundancy", weight: 0.1 } },
      gates: { minTurns: 1 },
      clip: [0, 0.5],
    });
    const reward = composedReward(spec, measures({ nanoDollars: 500, verifications: 1 }), null);
    expect(reward.score).toBe(1);
    expect(reward.terms.cost).toEqual({ raw: 0.5, weighted: -0.2, unit: "dollars" });
    expect(reward.terms.over).toEqual({ raw: 1, weighted: -0.1 });
    const weighted = Object.values(reward.terms).reduce((sum, term) => sum + term.weighted, 0);
    expect(reward.score + weighted).toBeCloseTo(reward.total, 12);
    expect(reward.total).toBe(0.5);
  });

  it("never fail to be numbers: sums and advantages beyond all floats are refused by name", () => {
    const huge = { type: "linear_cost", weight: -1e308 } as const;
    const spec = parseSpec({ terms: { a: huge, b: huge } });
    const dear = measures({ rolloutId: "dear", nanoDollars: 1000 });
    expect(() => composedReward(spec, dear, null)).toThrow(/rollout dear: .*Infinity/);
    const one = parseSpec({ terms: { a: huge } });
    const cheap = measures({ rolloutId: "cheap" });
    expect(() => scoreEpisodes(one, [dear, dear, cheap])).toThrow(/rollout \w+: the advantage is/);
  });

  it("leave group terms until after the rollout", () => {
    const spec = parseSpec({ terms: { k: { type: "kimi_length" }, c: { type: "linear_cost" } } });
    expect(Object.keys(composedReward(spec, measures(), null).terms)).toEqual(["c"]);
    expect(Object.keys(composedReward(spec, measures(), [measures()]).terms)).toEqual(["k", "c"]);
  });

  it("count if a term's own gate and clip allow it", () => {
    const cost: Terms[string] = { type: "linear_cost", clip: [-1, 0], when: "right" };
    expect(total({ cost }, { nanoDollars: 5000 })).toBe(0);
    expect(total({ cost }, { score: 0, nanoDollars: 5000 })).toBe(0);
  });
});

describe("gates", () => {
  const gated = (gates: NonNullable<RewardSpecInput["gates"]>, own: Partial<Measures>, weight = 0) =>
    composedReward(
      parseSpec({ gates, terms: { cost: { type: "linear_cost", weight } } }),
      measures(own),
      null,
    ).total;

  it.each([
    [{ maxMainTokens: 10 }, { mainTokens: 11 }, { mainTokens: 10 }],
    [{ minSubCalls: 2 }, { subCalls: 1 }, { subCalls: 2 }],
    [{ maxSubCalls: 2 }, { subCalls: 3 }, { subCalls: 2 }],
    [{ minTurns: 2 }, { turns: 1 }, { turns: 2 }],
  ])("%j earns nothing if it is broken", (gates, broken, kept) => {
    expect([gated(gates, broken), gated(gates, kept)]).toEqual([0, 1]);
  });

  it("never pay for being broken, and are monotone", () => {
    const figure = fc.integer({ min: 0, max: 50 });
    const property = fc.property(figure, figure, figure, figure, (turns, low, more, cost) => {
      const own = { turns, nanoDollars: cost * 100 };
      const [loose, tight] = [gated({ minTurns: low }, own, 1), gated({ minTurns: low + more }, own, 1)];
      return tight <= loose && loose <= gated({}, own, 1);
    });
    fc.assert(property);
  });
});

describe("the default reward", () => {
  const unit = fc.double({ min: 0, max: 1, noNaN: true });
  const gated = (weight: number, excess: number, score: number, nanoDollars: number) =>
    total({ cost: { type: "success_gated_cost", weight, excess } }, { score, nanoDollars });

  it("never pays a failure, falls with cost, and stays between 0 and the score", () => {
    const property = fc.property(
      unit,
      unit,
      unit,
      fc.nat(),
      fc.nat(),
      (score, weight, excess, cost, more) => {
        const of = (nanoDollars: number) => gated(weight, excess, score, nanoDollars);
        return of(cost) >= of(cost + more) && of(cost) <= score && of(cost + more) >= -1e-12;
      },
    );
    fc.assert(property);
  });

  it("makes whatever a success costs more cost something, past any number of readings", () => {
    const cost = fc.integer({ min: 0, max: 1_000_000 });
    const property = fc.property(cost, fc.integer({ min: 1, max: 1_000_000 }), (least, more) => {
      const of = (nanoDollars: number) => gated(DEFAULT_LAMBDA, DEFAULT_EXCESS, 1, nanoDollars);
      return of(least + more) < of(least) && of(least + more) > 0.5;
    });
    fc.assert(property);
  });
});
