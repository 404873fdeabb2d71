/** An adaptive budget over a run gives the same prices in any order of endings, and after an interruption. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withBudget } from "../../scripts/flags/adaptive-budget.ts";
import { AdaptiveBatches, type BatchState } from "../../src/rewards/adaptive-batches.ts";
import { FRESH_BUDGET } from "../../src/rewards/adaptive-budget.ts";
import { parseSpec } from "../../src/rewards/spec.ts";
import { BUDGET_FILE, readBudget, writeBudget } from "../../src/runs/budget-file.ts";

const OPTIONS = { budget: 10, rate: 0.5, maxLambda: 1, every: 3 };
const ids = Array.from({ length: 8 }, (_, index) => `r${index}`);

/** Plays the rollouts; `draw` chooses which ends next. Returns the price under which each began. */
async function play(
  costs: readonly (number | null)[],
  draw: (under: number) => number,
  before: { readonly saved: BatchState | null; readonly ended: number } = { saved: null, ended: 0 },
) {
  const saves: BatchState[] = [];
  const batches = new AdaptiveBatches(OPTIONS, before.saved, async (saved) => {
    await Promise.resolve();
    saves.push(saved);
  });
  const prices: number[] = [];
  const begun: number[] = [];
  const fill = async () => {
    for (const [index, id] of ids.entries()) {
      batches.plan(id);
      if (index < before.ended) {
        void batches.ended(id, costs[index]!);
        continue;
      }
      await batches.turnOf(id);
      prices[index] = batches.lambda;
      begun.push(index);
    }
  };
  const filled = fill();
  for (let left = ids.length - before.ended; left > 0; left -= 1) {
    while (begun.length === 0) await new Promise(setImmediate);
    const [index] = begun.splice(draw(begun.length), 1);
    await batches.ended(ids[index!]!, costs[index!]!);
  }
  await filled;
  return { prices, saves };
}

describe("an adaptive budget over a run", () => {
  it("moves the price after each whole batch, without the cost of faults", async () => {
    // means 20, 10 (a fault does not count) and a last batch of two, which moves nothing: 0.5·1, 0.5 + 0.5·0
    const { prices, saves } = await play([20, 20, 20, 5, 15, null, 90, 90], () => 0);
    expect(prices).toEqual([0, 0, 0, 0.5, 0.5, 0.5, 0.5, 0.5]);
    expect(saves.map(({ state, batches }) => [state.lambda, batches])).toEqual([
      [0.5, 1],
      [0.5, 2],
    ]);
  });

  it("gives the same prices in any order of endings, and continues after an interruption as if there had been none", async () => {
    const cost = fc.option(fc.integer({ min: 0, max: 40 }));
    const property = fc.asyncProperty(
      fc.array(cost, { minLength: 8, maxLength: 8 }),
      fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
      fc.integer({ min: 0, max: 8 }),
      async (costs, draws, ended) => {
        const whole = await play(costs, () => 0);
        let drawn = 0;
        const shuffled = await play(costs, (under) => draws[drawn++ % 8]! % under);
        expect(shuffled).toEqual(whole);
        const saved = whole.saves[Math.floor(ended / 3) - 1] ?? null;
        const resumed = await play(costs, () => 0, { saved, ended });
        expect(resumed.prices.slice(ended)).toEqual(whole.prices.slice(ended));
        expect(resumed.saves.at(-1) ?? saved).toEqual(whole.saves.at(-1));
      },
    );
    await fc.assert(property, { numRuns: 30 });
  });

  it("is saved in the run's folder, and a damaged file is named", async () => {
    const folder = mkdtempSync(join(tmpdir(), "rlm-gym-budget-"));
    expect(await readBudget(folder)).toBeNull();
    const saved = { state: { ...FRESH_BUDGET, lambda: 0.25, updates: 3 }, batches: 4 };
    await writeBudget(folder, saved);
    expect(await readBudget(folder)).toEqual(saved);
    writeFileSync(
      join(folder, BUDGET_FILE),
      '{"state":{"schemaVersion":2,"lambda":0,"updates":0},"batches":1}',
    );
    await expect(readBudget(folder)).rejects.toThrow(/budget\.json: state: schemaVersion/);
    writeFileSync(join(folder, BUDGET_FILE), '{"batches":-1}');
    await expect(readBudget(folder)).rejects.toThrow(/budget\.json: (state|batches)/);
    writeFileSync(join(folder, BUDGET_FILE), "{");
    await expect(readBudget(folder)).rejects.toThrow(/budget\.json: expected JSON/);
  });

  it("is a term that the flag adds to the reward, in dollars or tokens, once", () => {
    const spec = withBudget(parseSpec({}), "20000tokens");
    expect(spec.terms["budget"]).toMatchObject({ budget: 20000, unit: "tokens", adapt: { rate: 0.1 } });
    expect(withBudget(parseSpec({}), "0.01").terms["budget"]).toMatchObject({
      budget: 0.01,
      unit: "dollars",
    });
    expect(() => withBudget(spec, "1")).toThrow(/already has an adaptive budget/);
    for (const wrong of ["0", "-1", "cheap", "NaN"])
      expect(() => withBudget(parseSpec({}), wrong)).toThrow(/--adaptive-budget .*expected dollars/);
    const term = { type: "budget", budget: 1, adapt: {} } as const;
    expect(() => parseSpec({ terms: { a: term, b: term } })).toThrow(/terms\.a, terms\.b: only one/);
  });
});
