import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Budget, type Bounds } from "../../src/cost/budget.ts";
import { BudgetError } from "../../src/errors.ts";
import { type CallRequest, Ledger } from "../../src/cost/ledger.ts";
import { sumCalls } from "../../src/cost/totals.ts";
import type { Completion } from "../../src/types.ts";

/** One nano-dollar per prompt token, two per completion token. The model "free" has no price. */
const priceOf = (model: string, usage: { promptTokens: number; completionTokens: number }) =>
  model === "free" ? null : usage.promptTokens + 2 * usage.completionTokens;

function ledgerOf(bounds: Partial<Bounds>) {
  const budget = new Budget({ maxCalls: 1e6, maxTokens: 1e6, maxDollars: 1, ...bounds });
  return { budget, ledger: new Ledger(budget, priceOf) };
}

const request = (promptTokens: number, maxCompletionTokens: number, model = "m"): CallRequest => ({
  purpose: "llm_query",
  depth: 1,
  turn: 0,
  batch: null,
  model,
  prompt: "p",
  promptTokens,
  maxCompletionTokens,
});

const completion = (promptTokens: number, completionTokens: number): Completion => ({
  text: "r",
  toolCalls: [],
  finishReason: "stop",
  model: "m",
  usage: { promptTokens, completionTokens, cachedTokens: 0 },
  usageSource: "reported",
  attempts: 1,
});

describe("Ledger", () => {
  it("holds a reservation until the reported usage replaces it", () => {
    const { ledger, budget } = ledgerOf({ maxTokens: 100 });
    const [call] = ledger.open([request(10, 50)]);
    expect(budget.tokensLeft).toBe(40);
    call!.settle(completion(10, 5), 0);
    expect(budget.tokensLeft).toBe(85);
    expect(sumCalls(ledger.calls)).toMatchObject({
      calls: 1,
      promptTokens: 10,
      completionTokens: 5,
      nanoDollars: 20,
    });
  });

  it("refuses a whole batch that does not fit, and sends none of it", () => {
    const { ledger, budget } = ledgerOf({ maxTokens: 100 });
    expect(() => ledger.open([request(10, 30), request(10, 30), request(10, 30)])).toThrow(BudgetError);
    expect(budget.tokensLeft).toBe(100);
    expect(ledger.calls).toEqual([]);
  });

  it("refuses a call that the dollars do not allow, and names the bound", () => {
    const { ledger } = ledgerOf({ maxTokens: 1e9, maxDollars: 100e-9 });
    expect(() => ledger.open([request(1, 50)])).toThrow(expect.objectContaining({ limit: "dollars" }));
  });

  it("keeps the whole reservation of a call without reported usage", () => {
    const { ledger, budget } = ledgerOf({ maxTokens: 100 });
    const [call] = ledger.open([request(10, 50)]);
    call!.settle({ ...completion(0, 0), usage: null, usageSource: "unknown" }, 0);
    expect(budget.tokensLeft).toBe(40);
    expect(sumCalls(ledger.calls)).toMatchObject({
      callsOfUnknownUsage: 1,
      promptTokens: 10,
      completionTokens: 50,
    });
  });

  it.each([{ promptTokens: NaN }, { completionTokens: -5 }, { cachedTokens: 1.5 }])(
    "takes a usage that is no count for unknown: %o",
    (wrong) => {
      const { ledger, budget } = ledgerOf({ maxTokens: 100 });
      const usage = { promptTokens: 1, completionTokens: 1, cachedTokens: 0, ...wrong };
      const call = ledger.open([request(10, 50)])[0]!.settle({ ...completion(0, 0), usage }, 0);
      expect(call).toMatchObject({ usage: null, usageSource: "unknown" });
      expect(budget.tokensLeft).toBe(40);
    },
  );

  it("charges nothing for a request without cost", () => {
    const { ledger, budget } = ledgerOf({ maxTokens: 100 });
    const [call] = ledger.open([request(10, 50)]);
    call!.fail("rejected", { attempts: 1, seconds: 0, sent: false });
    expect(budget.tokensLeft).toBe(100);
    expect(ledger.calls[0]).toMatchObject({ error: "rejected", reply: null });
  });

  it("records an overshoot and sends nothing more", () => {
    const { ledger, budget } = ledgerOf({ maxTokens: 100 });
    const [call] = ledger.open([request(10, 50)]);
    call!.settle(completion(10, 150), 0);
    expect(budget.tokensLeft).toBe(-60);
    expect(budget.spent).toBe("tokens");
    expect(() => ledger.open([request(1, 1)])).toThrow(BudgetError);
  });

  it("does not know the sum if one price is unknown", () => {
    const { ledger } = ledgerOf({ maxTokens: 100 });
    const [call] = ledger.open([request(1, 1, "free")]);
    call!.settle(completion(1, 1), 0);
    expect(sumCalls(ledger.calls).nanoDollars).toBeNull();
  });

  it("never exceeds a budget while usage stays within its reservation, in whatever order calls end", () => {
    const step = fc.record({
      sizes: fc.array(fc.tuple(fc.nat(50), fc.nat(50)), { minLength: 1, maxLength: 5 }),
      ends: fc.array(fc.tuple(fc.nat(20), fc.constantFrom("settle", "unknown", "fail")), { maxLength: 5 }),
    });
    fc.assert(
      fc.property(fc.nat(500), fc.array(step, { maxLength: 20 }), (maxTokens, steps) => {
        const { ledger, budget } = ledgerOf({ maxTokens });
        const open: { call: ReturnType<Ledger["open"]>[number]; size: [number, number] }[] = [];
        for (const { sizes, ends } of steps) {
          try {
            const calls = ledger.open(sizes.map(([prompt, cap]) => request(prompt, cap)));
            for (const [index, call] of calls.entries()) open.push({ call, size: sizes[index]! });
          } catch (error) {
            expect(error).toBeInstanceOf(BudgetError);
          }
          for (const [pick, how] of ends) {
            const [ended] = open.splice(pick % Math.max(1, open.length), 1);
            if (!ended) continue;
            const [prompt, cap] = ended.size;
            if (how === "settle") ended.call.settle(completion(prompt, Math.floor(cap / 2)), 0);
            if (how === "unknown") ended.call.settle({ ...completion(0, 0), usage: null }, 0);
            if (how === "fail") ended.call.fail("x", { attempts: 1, seconds: 0, sent: true });
          }
          expect(budget.tokensLeft).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});
