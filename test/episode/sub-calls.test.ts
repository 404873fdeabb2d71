import { describe, expect, it } from "vitest";
import { SchemaChecks } from "../../src/episode/delegation/schema-thread.ts";
import { Reservations } from "../../src/episode/reservations.ts";
import { rulesOf } from "../../src/episode/rules.ts";
import { CURRENT_RULES } from "../../src/types.ts";
import { Budget } from "../../src/cost/budget.ts";
import { ModelError } from "../../src/errors.ts";
import { Ledger } from "../../src/cost/ledger.ts";
import { sumCalls } from "../../src/cost/totals.ts";
import { gateOf, CallLimit } from "../../src/models/call-limit.ts";
import type { Model } from "../../src/models/model.ts";
import { SubCalls } from "../../src/episode/sub-calls.ts";
import type { CallPurpose } from "../../src/trajectory.ts";

/** Replies to each prompt with the prompt in capitals. "down" fails like a dead server, "long" like a full window. */
function shouting(name: string): Model {
  return {
    name,
    simulated: true,
    complete: ({ messages }) => {
      const text = messages[0]!.content;
      if (text === "down") throw new ModelError("server: connection refused", { kind: "unreachable" });
      if (text === "long") throw new ModelError("the prompt is past the window", { kind: "rejected" });
      return Promise.resolve({
        text: `${name}: ${text.toUpperCase()}`,
        toolCalls: [],
        finishReason: "stop",
        model: name,
        usage: { promptTokens: 10, completionTokens: 5, cachedTokens: 0 },
        usageSource: "simulated",
        attempts: 1,
      });
    },
  };
}

function subCalls(
  maxTokens = 100_000,
  models: readonly Model[] = [shouting("big"), shouting("small")],
  signal = new AbortController().signal,
) {
  const ledger = new Ledger(new Budget({ maxCalls: 1e6, maxTokens, maxDollars: 1 }), () => 1);
  const children = { firstTokens: () => 0, play: () => Promise.reject(new Error("no room for children")) };
  const rules = rulesOf(CURRENT_RULES);
  const reservations = new Reservations(true);
  const gate = gateOf(new CallLimit(8), undefined, "t");
  const schemaChecks = new SchemaChecks();
  const originOf = (purpose: CallPurpose) => ({
    tree: "t",
    rolloutId: "t",
    purpose,
    depth: 1,
    parentTrace: null,
  });
  const place = {
    depth: 0,
    maxDepth: 1,
    seed: 1,
    gate,
    children,
    originOf,
    schemaChecks,
    rules,
    reservations,
  };
  return { ledger, calls: new SubCalls({ ...place, models, ledger, maxCompletionTokens: 100, signal }) };
}
const withSignal = (signal: AbortSignal, model = shouting("big")) => subCalls(100_000, [model], signal);
const query = (prompts: readonly string[], parts: { batched?: boolean; model?: string } = {}) =>
  ({
    kind: "llm_query",
    batched: parts.batched ?? prompts.length > 1,
    prompts,
    model: parts.model ?? null,
  }) as const;

describe("SubCalls", () => {
  it("answers with the first model, or with the one that Python names", async () => {
    const { calls } = subCalls();
    expect(await calls.answer(query(["a"]))).toEqual({ replies: ["big: A"] });
    expect(await calls.answer(query(["a"], { model: "small" }))).toEqual({ replies: ["small: A"] });
    expect(await calls.answer(query(["a"], { model: "x" }))).toEqual({
      error: expect.stringContaining("big, small"),
    });
  });

  it("treats a completion without a text as an error of the model, not as a reply", async () => {
    const textless = {
      text: undefined as unknown as string,
      toolCalls: [],
      finishReason: "stop",
      model: "t",
    };
    const usage = { usage: null, usageSource: "unknown", attempts: 1 } as const;
    const complete = () => Promise.resolve({ ...textless, ...usage } as const);
    const { calls } = subCalls(100_000, [{ name: "t", simulated: true, complete } as Model]);
    expect(await calls.answer(query(["a"]))).toEqual({ error: "t: answered a completion without a text" });
    expect(calls.infraError).toMatchObject({ kind: "model_malformed" });
  });

  it("keeps a batch in order, records each of its calls, and gives a failed item its error as text", async () => {
    const { calls, ledger } = subCalls();
    const reply = await calls.answer(query(["a", "long", "c"]));
    expect(reply).toEqual({ replies: ["big: A", "Error: the prompt is past the window", "big: C"] });
    expect(ledger.calls.map((call) => call.batch?.index)).toEqual([0, 1, 2]);
    expect(ledger.calls[1]).toMatchObject({ reply: null, error: "the prompt is past the window" });
    expect(calls.infraError).toBeNull();
  });

  it("raises an error in Python if the model refuses a single prompt", async () => {
    expect(await subCalls().calls.answer(query(["long"]))).toEqual({
      error: expect.stringContaining("window"),
    });
  });

  it("treats a dead server as an infrastructure error", async () => {
    const { calls } = subCalls();
    await calls.answer(query(["down"]));
    expect(calls.infraError).toMatchObject({ kind: "model_unreachable" });
  });

  it("refuses a batch that the budget does not allow, sends none of it, and remembers the bound", async () => {
    const { calls, ledger } = subCalls(250);
    expect(await calls.answer(query(["a", "b", "c"]))).toEqual({ error: expect.stringContaining("budget") });
    expect(ledger.calls).toEqual([]);
    expect(calls.refusedBy).toBe("tokens");
  });

  it("refuses a prompt that no model reads, before it is counted", async () => {
    const { calls, ledger } = subCalls();
    expect(await calls.answer(query(["x".repeat(6_000_001)]))).toEqual({
      error: expect.stringContaining("6000001"),
    });
    expect(ledger.calls).toEqual([]);
  });

  it("says that there is no sub-model", async () => {
    expect(await subCalls(1000, []).calls.answer(query(["a"]))).toEqual({
      error: expect.stringContaining("no sub-model"),
    });
  });

  it("puts the context of a plain rlm_query behind its prompt", async () => {
    const { calls } = subCalls();
    const reply = await calls.answer({
      kind: "rlm_query",
      batched: false,
      prompts: ["q"],
      contexts: ["text"],
      model: null,
    });
    expect(reply).toEqual({ replies: ["big: Q\n\nCONTEXT:\nTEXT"] });
  });

  it("sends nothing once the episode's time is over, and says so", async () => {
    const over = withSignal(AbortSignal.abort());
    expect(await over.calls.answer(query(["a"]))).toEqual({ error: expect.stringContaining("time is over") });
    expect(over.calls.refusedBy).toBe("seconds");
    expect(over.ledger.calls).toEqual([]);
  });

  it("stops waiting for a model that ignores its signal when the time is over", async () => {
    const time = new AbortController();
    const deaf = { ...shouting("deaf"), complete: () => new Promise<never>(() => time.abort()) };
    const { calls, ledger } = withSignal(time.signal, deaf);
    expect(await calls.answer(query(["a"]))).toEqual({ error: "deaf: the deadline passed" });
    expect(sumCalls(ledger.calls)).toMatchObject({ calls: 1, callsOfUnknownUsage: 1 });
    expect(calls.infraError).toBeNull();
  });

  it("records other errors than ModelError as infrastructure errors", async () => {
    const broken: Model = { ...shouting("broken"), complete: () => Promise.reject(new TypeError("a bug")) };
    const { calls } = withSignal(new AbortController().signal, broken);
    expect(await calls.answer(query(["a"]))).toEqual({ error: "broken: TypeError: a bug" });
    expect(calls.infraError).toEqual({ kind: "model_broken", message: "broken: TypeError: a bug" });
  });

  it("answers a batch of 10,000 in order, with no more concurrent calls than the limit", async () => {
    let underWay = 0;
    let most = 0;
    const slow: Model = {
      ...shouting("slow"),
      complete: async (request) => {
        most = Math.max(most, ++underWay);
        await new Promise((resolve) => setImmediate(resolve));
        underWay -= 1;
        return shouting("slow").complete(request);
      },
    };
    const { calls, ledger } = subCalls(1e9, [slow]);
    const prompts = Array.from({ length: 10_000 }, (_, index) => `p${index}`);
    const reply = await calls.answer(query(prompts));
    expect(reply).toEqual({ replies: prompts.map((prompt) => `slow: ${prompt.toUpperCase()}`) });
    expect(most).toBe(8);
    expect(ledger.calls.map((call) => call.prompt)).toEqual(prompts);
  });

  it("refuses a prompt of 50 MB: alone with an exception, in a batch with an error as its text", async () => {
    const huge = "x".repeat(50e6);
    const { calls, ledger } = subCalls();
    expect(await calls.answer(query([huge]))).toEqual({
      error: "a prompt of 50000000 characters; a sub-call takes at most 6000000",
    });
    expect(await calls.answer(query(["a", huge]))).toEqual({
      replies: ["big: A", expect.stringContaining("Error: a prompt of 50000000 characters")],
    });
    expect(ledger.calls).toHaveLength(1);
  });

  it("marks calls that a cache answered, and plain calls of rlm_query", async () => {
    const cached: Model = {
      ...shouting("big"),
      complete: async (request) => ({ ...(await shouting("big").complete(request)), attempts: 0 }),
    };
    const { calls, ledger } = subCalls(100_000, [cached]);
    await calls.answer({ ...query(["a"]), kind: "rlm_query" });
    expect(ledger.calls).toMatchObject([{ cached: true, plain: true, purpose: "rlm_query" }]);
    expect(sumCalls(ledger.calls).cachedCalls).toBe(1);
  });
});
