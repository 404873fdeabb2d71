import { describe, expect, it } from "vitest";
import { ModelError } from "../../../src/errors.ts";
import type { SliceReader } from "../../../src/models/simulated/slice-reader.ts";
import { simulatedModel } from "../../../src/models/simulated/simulated.ts";
import { countTokens } from "../../../src/cost/tokens.ts";
import { testModel } from "../model-contract.ts";

/** Reads `key=VALUE` from a prompt, and may misread a value as "decoy". */
const reader: SliceReader<string> = {
  name: "pairs",
  read(prompt) {
    if (!prompt.includes("pairs:")) return null;
    const findings = [...prompt.matchAll(/key=(\w+)/g)].map((match) => ({
      position: match.index / prompt.length,
      value: match[1] ?? "",
      misreadings: ["decoy", null],
    }));
    return { findings, answer: (values) => values.join(", ") || "nothing found" };
  },
};

const ask = (prompt: string, rest = {}) => ({
  messages: [{ role: "user" as const, content: prompt }],
  ...rest,
});
const padded = (tokens: number, tail: string) => `pairs: ${"word ".repeat(tokens)} ${tail}`;

testModel("simulatedModel", () => simulatedModel({ readers: [reader] }));

describe("simulatedModel", () => {
  it("answers a short prompt through the reader that recognizes it", async () => {
    const model = simulatedModel({ readers: [reader] });
    const completion = await model.complete(ask("pairs: key=a key=b"));
    expect(completion.text).toBe("a, b");
    expect(completion).toMatchObject({ finishReason: "stop", model: "simulated", usageSource: "simulated" });
    expect(completion.usage).toEqual({
      promptTokens: 3 + 4 + countTokens("pairs: key=a key=b"),
      completionTokens: countTokens("a, b"),
      cachedTokens: 0,
    });
  });

  it("says that it does not know if no reader recognizes the prompt", async () => {
    const completion = await simulatedModel({ readers: [reader] }).complete(ask("Hello?"));
    expect(completion.text).toMatch(/do not know/);
  });

  it.each([
    [{ tier: "huge" as never }, 'unknown tier "huge"; expected one of simulated, simulated-mini'],
    [{ rot: "rotten" as never }, 'unknown rot "rotten"; expected one of flat, default, steep'],
    [{ rot: "toString" as never }, 'unknown rot "toString"'],
    [{ rot: { freeTokens: 0, atTokens: 10, first: 1, last: 1 } }, "0 < freeTokens < atTokens, got 0 and 10"],
    [{ rot: { freeTokens: 10, atTokens: 10, first: 1, last: 1 } }, "0 < freeTokens < atTokens"],
    [{ rot: { freeTokens: NaN, atTokens: 10, first: 1, last: 1 } }, "0 < freeTokens < atTokens"],
    [{ rot: { freeTokens: 1, atTokens: 10, first: 1.5, last: 1 } }, "from 0 to 1, got 1.5 and 1"],
  ])("refuses by name what it cannot be: %j", (options, message) => {
    expect(() => simulatedModel({ readers: [reader], ...options })).toThrow(message);
  });

  it("errs equally on equal requests, in any order, and differently with another seed", async () => {
    const prompts = Array.from({ length: 40 }, (_, index) => padded(20_000 + index, "key=gold"));
    const replies = async (seed: number, order: readonly string[]) => {
      const model = simulatedModel({ readers: [reader], seed, rot: "steep" });
      const texts = await Promise.all(order.map(async (prompt) => (await model.complete(ask(prompt))).text));
      return new Map(order.map((prompt, index) => [prompt, texts[index]]));
    };
    const first = await replies(1, prompts);
    expect(await replies(1, prompts.toReversed())).toEqual(new Map([...first.entries()].toReversed()));
    expect(await replies(2, prompts)).not.toEqual(first);
    expect(new Set(first.values())).toEqual(new Set(["gold", "decoy", "nothing found"]));
  });

  it("finds as large a share of facts as its curve says", async () => {
    const model = simulatedModel({
      readers: [reader],
      rot: { freeTokens: 1, atTokens: 10, first: 0.6, last: 0.6 },
    });
    const asked = Array.from({ length: 600 }, (_, index) => model.complete(ask(`pairs: key=gold ${index}`)));
    const right = (await Promise.all(asked)).filter((completion) => completion.text === "gold").length;
    expect(right / 600).toBeGreaterThan(0.4);
    expect(right / 600).toBeLessThan(0.65);
  });

  it("multiplies the curve with a finding's own clarity", async () => {
    const murky: SliceReader = {
      name: "murky",
      read: () => ({
        findings: [{ position: 0, value: "x", clarity: 0 }],
        answer: (values) => `${values.length}`,
      }),
    };
    expect((await simulatedModel({ readers: [murky] }).complete(ask("anything"))).text).toBe("0");
  });

  it("is weaker and has a smaller window in its mini tier", async () => {
    const prompts = Array.from({ length: 60 }, (_, index) => padded(15_000 + index, "key=gold"));
    const right = async (tier: "simulated" | "simulated-mini") => {
      const model = simulatedModel({ readers: [reader], tier });
      const replies = await Promise.all(prompts.map((prompt) => model.complete(ask(prompt))));
      return new Set(prompts.filter((_, index) => replies[index]?.text === "gold"));
    };
    const [large, mini] = [await right("simulated"), await right("simulated-mini")];
    expect(mini.size).toBeLessThan(large.size);
    expect([...mini].every((prompt) => large.has(prompt))).toBe(true);
  });

  it("rejects a prompt that exceeds its window, and names the window", async () => {
    const model = simulatedModel({ readers: [reader], tier: "simulated-mini" });
    await expect(model.complete(ask(padded(131_072, "")))).rejects.toMatchObject({
      kind: "rejected",
      status: 400,
      message: expect.stringMatching(/window holds 131072/),
    });
  });

  it("has the window it is given", async () => {
    const model = simulatedModel({ readers: [reader], windowTokens: 1_000 });
    expect(model.windowTokens).toBe(1_000);
    await expect(model.complete(ask(padded(1_000, "")))).rejects.toThrow(/window holds 1000/);
    expect(() => simulatedModel({ readers: [], windowTokens: 0 })).toThrow(/window/);
  });

  it("cuts its reply at the cap on completion tokens", async () => {
    const completion = await simulatedModel({ readers: [reader] }).complete(
      ask("pairs: key=one key=two key=three", { maxTokens: 3 }),
    );
    expect(completion).toMatchObject({ text: "one, two", finishReason: "length" });
    expect(completion.usage?.completionTokens).toBe(3);
  });

  it("fails at its rates, tries again, and counts the attempts", async () => {
    const model = simulatedModel({ readers: [reader], failureRate: 0.3, rateLimitRate: 0.3 });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 200 }, (_, index) => model.complete(ask(`pairs: key=${index}`))),
    );
    const attempts = new Set(
      outcomes.map((one) => (one.status === "fulfilled" ? one.value : one.reason).attempts),
    );
    expect(attempts).toEqual(new Set([1, 2, 3]));
    const statuses = outcomes.flatMap((one) =>
      one.status === "rejected" ? [(one.reason as ModelError).status] : [],
    );
    expect(new Set(statuses)).toEqual(new Set([429, 503]));
  });

  it("stops waiting when the caller aborts or the deadline passes", async () => {
    const model = simulatedModel({ readers: [reader], latencyMs: 1e9 });
    const abort = new AbortController();
    const given = model.complete(ask("pairs:"), { signal: abort.signal });
    abort.abort();
    await expect(given).rejects.toMatchObject({ kind: "aborted" });
    const late = model.complete(ask("pairs:"), { signal: AbortSignal.timeout(1) });
    await expect(late).rejects.toMatchObject({ kind: "timeout" });
  });

  it("refuses rates that are not probabilities", () => {
    expect(() => simulatedModel({ readers: [], failureRate: 0.7, rateLimitRate: 0.7 })).toThrow(/rates/);
  });
});
