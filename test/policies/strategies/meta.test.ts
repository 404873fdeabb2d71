import { afterAll, describe, expect, it } from "vitest";
import { RLMEnv } from "../../../src/env/env.ts";
import { rolloutEpisode } from "../../../src/episode/rollout.ts";
import { standIn } from "../../../src/models/model.ts";
import { strategyNamed } from "../../../src/policies/policy.ts";
import { meta, metas } from "../../../src/policies/strategies/meta.ts";
import { PyodideReplPool } from "../../../src/repl/pyodide/pool.ts";
import { successGatedCost } from "../../../src/rewards/cost.ts";
import type { Trajectory } from "../../../src/trajectory.ts";

const pool = new PyodideReplPool();
afterAll(() => pool.close());

const OPTIONS = {
  chunkChars: 2_000,
  overlapChars: 0,
  batchSize: 4,
  instruction: (question: string) => `Say what tells: ${question}`,
  combine: 'result = " ".join(reply for reply in replies if reply != "nothing")',
  find: () => "lantern",
};
const LINE = "The sea was calm and grey that day, and nobody spoke of it.\n";

async function play(levels: number, context: string, maxTokens = 10_000_000): Promise<Trajectory> {
  const model = standIn({ name: "m", simulated: true }, ({ messages }) => {
    const holder = /(\w+) kept the lantern/.exec(messages[0]!.content)?.[1];
    return Promise.resolve({
      text: holder ?? "nothing",
      toolCalls: [],
      finishReason: "stop" as const,
      model: "m",
      usage: { promptTokens: 700, completionTokens: 1, cachedTokens: 0 },
      usageSource: "counted" as const,
      attempts: 1,
    });
  });
  const policy = meta(OPTIONS, levels);
  const env = new RLMEnv({
    name: "e",
    problems: { name: "d", size: 0, async *[Symbol.asyncIterator]() {} },
    repls: pool,
    subModels: [model],
    priceOf: () => 0,
    reward: successGatedCost(() => 1, 0),
    limits: { maxTokens },
    ...policy.recursion,
    budgetView: policy.budgetView!,
  });
  const task = { id: "t", dataset: "d", question: "Who kept it?", context, contextTokens: 1, metadata: {} };
  const record = await rolloutEpisode(env, { policy, subModel: model, reset: { seed: 1, task } });
  await env.close();
  return record;
}

const depthsOf = ({ depth, children }: Trajectory): number[] => [depth, ...children.flatMap(depthsOf)];
const leavesOf = (record: Trajectory): Trajectory[] =>
  record.children.length === 0 ? [record] : record.children.flatMap(leavesOf);

describe("meta", () => {
  const text = LINE.repeat(300) + "Ada kept the lantern.\n" + LINE.repeat(300);

  it.each([2, 3])("reads every part once, %i levels deep, and only the lowest ones ask", async (levels) => {
    const record = await play(levels, text);
    expect(record.answer?.text).toBe("Ada");
    expect(Math.max(...depthsOf(record))).toBe(levels - 1);
    const asked = leavesOf(record).flatMap(({ calls }) =>
      calls.filter(({ purpose }) => purpose === "llm_query"),
    );
    expect(asked.length).toBe(Math.ceil(text.length / 2_000));
    const parts = asked.map(({ prompt }) => prompt!.split("\n\n").slice(1).join("\n\n"));
    expect(parts.toSorted().join("").length).toBeGreaterThanOrEqual(text.length - asked.length * 2);
    for (const { calls } of [record, ...record.children].filter(({ children }) => children.length > 0))
      expect(calls.filter(({ purpose }) => purpose === "llm_query")).toEqual([]);
  });

  it("shows each level nothing but the reports of its children", async () => {
    const record = await play(3, text);
    const seen = [record, ...record.children].flatMap(({ turns }) => turns.slice(1));
    for (const { observation } of seen) expect(observation).not.toContain("calm and grey");
  });

  it("divides its budget, and what does not fit into a share is not read", async () => {
    const record = await play(2, text, 90_000);
    const { promptTokens, completionTokens } = record.totals;
    expect(promptTokens + completionTokens).toBeLessThanOrEqual(90_000);
    expect(record.stopReason).toBe("answered");
    const asked = leavesOf(record).flatMap(({ calls }) =>
      calls.filter(({ purpose }) => purpose === "llm_query"),
    );
    expect(asked.length).toBeLessThan(Math.ceil(text.length / 2_000));
    const grants = record.children.map(({ grant }) => grant!.tokens!);
    expect(grants.length).toBeGreaterThan(1);
    expect(grants.reduce((sum, grant) => sum + grant, 0)).toBeLessThan(90_000);
    for (const { grant, totals } of record.children)
      expect(totals.promptTokens + totals.completionTokens).toBeLessThanOrEqual(grant!.tokens!);
  });

  it("grants nothing where it has too little for a child, and reads by itself", async () => {
    const record = await play(3, text, 30_000);
    expect(record.children).toEqual([]);
    expect(record.stopReason).toBe("answered");
    expect(record.totals.promptTokens + record.totals.completionTokens).toBeLessThanOrEqual(30_000);
  });

  it("has any number of levels from 1 to 8, of which parts fill as many as they can", async () => {
    const flat = await play(1, text);
    expect([flat.answer?.text, flat.children]).toEqual(["Ada", []]);
    const deep = await play(5, text);
    expect(deep.answer?.text).toBe("Ada");
    expect(Math.max(...depthsOf(deep))).toBe(4);
    for (const levels of [0, 9, 1.5])
      expect(() => meta(OPTIONS, levels)).toThrow(
        `meta:K: expected a whole number of levels from 1 to 8, got ${levels}`,
      );
  });

  it("is found by its name, whatever the number", () => {
    const makers = metas(() => OPTIONS);
    expect(strategyNamed(makers, "meta:5")!.name).toBe("meta:5");
    expect(strategyNamed(makers, "meta:2")!.name).toBe("meta:2");
    expect(strategyNamed(makers, "rlm:7")).toBeUndefined();
    expect(() => strategyNamed(makers, "meta:many")).toThrow("got NaN");
    expect(() => strategyNamed(makers, "meta:9")).toThrow("from 1 to 8, got 9");
  });

  it("reads of a long text what surrounds the places that a search finds", async () => {
    const half = LINE.repeat(10_000);
    const record = await play(3, `${half}Ada kept the lantern.\n${half}`);
    expect(record.answer?.text).toBe("Ada");
    expect(record.totals.promptTokens).toBeLessThan(60_000);
  });
});
