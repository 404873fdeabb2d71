/** The strategies that are written in every language play the same task in each. */
import { afterAll, describe, expect, it } from "vitest";
import { make } from "../../../envs/make.ts";
import { strategiesOf } from "../../../envs/strategies.ts";
import { rolloutEpisode } from "../../../src/episode/rollout.ts";
import { LanguagePools } from "../../../src/languages/language-pools.ts";
import { languageNamed } from "../../../src/languages/registry.ts";
import { ANY_QUESTION_STRATEGIES } from "../../../src/policies/strategies/any-question.ts";
import { oracle } from "../../../src/policies/strategies/oracle.ts";
import { STRATEGY_LANGUAGES } from "../../../src/policies/strategies/languages/by-language.ts";
import type { Policy } from "../../../src/policies/policy.ts";
import type { Trajectory } from "../../../src/trajectory.ts";
import type { Limits } from "../../../src/types.ts";

const pools = new LanguagePools({ size: 1 });
afterAll(() => pools.close());

async function play(
  repl: string,
  name: "s-niah" | "browsecomp-like" | "oolong" | "graphwalks" | "babilong",
  policy: Policy | undefined,
  length: string,
  seed = 3,
  limits: Partial<Limits> = {},
): Promise<Trajectory> {
  if (policy === undefined) throw new Error(`${name} has no such strategy`);
  const repls = pools.of(languageNamed(repl));
  const env = await make(name, { repl, repls, limits, options: { length } });
  try {
    return await rolloutEpisode(env, { policy, reset: { seed } });
  } finally {
    await env.close();
  }
}

describe.each(STRATEGY_LANGUAGES)("the strategies in %s", (repl) => {
  it.each(["grep", "direct", "bm25", "map-reduce"] as const)("find a needle: %s", async (strategy) => {
    const record = await play(repl, "s-niah", strategiesOf("s-niah")[strategy], "2k");
    expect(failures(record)).toEqual([]);
    expect(record.reward?.score).toBe(1);
  });

  it.each(["direct", "bm25", "map-reduce"] as const)("read documents: %s", async (strategy) => {
    const policy = strategiesOf("browsecomp-like")[strategy];
    const record = await play(repl, "browsecomp-like", policy, "2k");
    expect(failures(record)).toEqual([]);
    expect(record.calls.some(({ purpose }) => purpose === "llm_query")).toBe(true);
    expect(record.answer?.text.length).toBeGreaterThan(0);
  });

  // Each of these seeds asks another kind of question.
  it.each([0, 2, 5, 10, 12, 13])("count the lines of a table, question %i", async (seed) => {
    const { "map-reduce": labels }: Readonly<Record<string, Policy>> = strategiesOf("oolong");
    const record = await play(repl, "oolong", labels, "2k", seed);
    expect(failures(record)).toEqual([]);
    expect(record.reward?.score).toBe(1);
  });

  it("count the lines of a table without a sub-model", async () => {
    const record = await play(repl, "oolong", strategiesOf("oolong").grep, "2k", 4);
    expect(failures(record)).toEqual([]);
    expect(record.reward?.score).toBe(1);
  });

  it.each([0, 1])("follow the edges of a graph, question %i", async (seed) => {
    const record = await play(repl, "graphwalks", strategiesOf("graphwalks")["map-reduce"], "2k", seed);
    expect(failures(record)).toEqual([]);
    expect(record.reward?.score).toBe(1);
  });

  it.each([0, 1])("follow more edges than one output holds, question %i", async (seed) => {
    const limits = { maxOutputChars: 120, maxTurns: 100 };
    const policy = strategiesOf("graphwalks")["map-reduce"];
    const record = await play(repl, "graphwalks", policy, "2k", seed, limits);
    expect(failures(record)).toEqual([]);
    expect(record.reward?.score).toBe(1);
  });

  it.each(["vt", "niah_multikey_1"])("read RULER's tasks by map-reduce: %s", async (variant) => {
    const env = await make("ruler", {
      repl,
      repls: pools.of(languageNamed(repl)),
      options: { length: "2k", variant },
    });
    const record = await rolloutEpisode(env, {
      policy: strategiesOf("ruler")["map-reduce"],
      reset: { seed: 3 },
    });
    await env.close();
    expect(failures(record)).toEqual([]);
    expect(record.reward?.score).toBe(1);
  });

  it("list facts by map-reduce", async () => {
    const record = await play(repl, "babilong", strategiesOf("babilong")["map-reduce"], "2k");
    expect(failures(record)).toEqual([]);
    expect(record.answer).not.toBeNull();
  });

  it("give the gold: oracle", async () => {
    const knowing = oracle((reference) => ({ answer: reference.answers.join(", ") }));
    const policy = knowing.knowing({ taskId: "any", answers: ["42"], metadata: {} });
    const record = await play(repl, "s-niah", policy, "2k");
    expect(record.answer?.text).toBe("42");
  });

  it("answer any question by map-reduce", async () => {
    const record = await play(repl, "s-niah", ANY_QUESTION_STRATEGIES["map-reduce"]!(), "2k");
    expect(failures(record)).toEqual([]);
    expect(record.answer).not.toBeNull();
  });
});

describe("a strategy that is written in Python alone", () => {
  it("says so in another language", async () => {
    const policy = strategiesOf("browsecomp-like").grep;
    await expect(play("sql", "browsecomp-like", policy, "2k")).rejects.toThrow(
      "the strategy grep is written in python, and the REPL's language is sql",
    );
  });
});

function failures({ turns }: Trajectory): string[] {
  return turns.flatMap(({ results }) => results.flatMap(({ exception }) => exception ?? []));
}
