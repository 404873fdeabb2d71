import { describe, expect, it } from "vitest";
import { successGatedCost } from "../../src/rewards/cost.ts";
import type { Reference } from "../../src/types.ts";
import { unrewarded } from "../trajectory-fixture.ts";

const reference: Reference = { taskId: "t", answers: ["7"], metadata: {} };
const exact = (answer: string, gold: Reference) => (answer === gold.answers[0] ? 1 : 0);
const judge = (lambda: number, parts: Parameters<typeof unrewarded>[0]) =>
  successGatedCost(exact, lambda)(unrewarded(parts), reference);
const answer = { text: "7", source: "final" } as const;

describe("successGatedCost", () => {
  it("subtracts λ times the relative cost from a right answer", () => {
    const reward = judge(0.4, { answer, nanoDollars: 250, fullReadingNanoDollars: 1000 });
    expect(reward.score).toBe(1);
    expect(reward.terms.cost?.raw).toBe(0.25);
    expect(reward.total).toBeCloseTo(0.9, 12);
  });

  it("subtracts λ for the first reading and at most half as much for all others, however expensive the episode was", () => {
    expect(judge(0.4, { answer, nanoDollars: 1000, fullReadingNanoDollars: 1000 }).total).toBe(0.6);
    expect(judge(0.4, { answer, nanoDollars: 9e18, fullReadingNanoDollars: 1000 }).total).toBeCloseTo(
      0.4,
      12,
    );
  });

  it("gives a wrong answer nothing, however cheap it was", () => {
    const wrong = judge(0.4, {
      answer: { text: "8", source: "final" },
      nanoDollars: 0,
      fullReadingNanoDollars: 1,
    });
    expect(wrong.total).toBe(0);
    expect(judge(0.4, { answer: null, nanoDollars: 0, fullReadingNanoDollars: 1 }).total).toBe(0);
  });

  it("measures in tokens if a price is unknown", () => {
    const reward = judge(0.5, {
      answer,
      nanoDollars: null,
      fullReadingNanoDollars: 1000,
      tokens: 50,
      contextTokens: 100,
    });
    expect(reward.terms.cost?.raw).toBe(0.5);
    expect(reward.total).toBe(0.75);
  });

  it("counts any cost over an empty context as a whole reading, and no cost as none", () => {
    expect(judge(0.5, { answer, nanoDollars: 1, fullReadingNanoDollars: 0 }).total).toBe(0.5);
    expect(judge(0.5, { answer, nanoDollars: 0, fullReadingNanoDollars: 0 }).total).toBe(1);
  });

  it("refuses a λ outside 0 to 1", () => {
    expect(() => successGatedCost(exact, 1.5)).toThrow("lambda");
    expect(() => successGatedCost(exact, Number.NaN)).toThrow("lambda");
  });
});
