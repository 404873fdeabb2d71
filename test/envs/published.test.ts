import { describe, expect, it } from "vitest";
import { differencesFrom, PUBLISHED_SOURCES, publishedScores } from "../../envs/published.ts";
import { environments } from "../../envs/registry.ts";

const score = (environment: string, method: string) =>
  publishedScores(environment).find((row) => row.method === method)!;

describe("publishedScores", () => {
  it("gives each method's score and cost on a benchmark as the RLM paper prints them", () => {
    const pairs = publishedScores("oolong-pairs").filter(({ source }) => source === "rlm");
    expect(pairs.map(({ method, score: points, dollars }) => [method, points, dollars])).toEqual([
      ["base model", 0.1, 0.16],
      ["CodeAct + BM25", 24.7, 0.75],
      ["compaction", 0.1, 0.13],
      ["RLM depth 0", 43.9, 0.69],
      ["RLM depth 1", 58, 0.33],
      ["RLM depth 3", 76, 0.39],
      ["RLM depth 1, Qwen3-Coder-480B", 23.1, null],
      ["Qwen3-8B", 0.1, null],
      ["RLM, Qwen3-8B", 4.3, null],
      ["RLM, Qwen3-8B trained for it", 5.2, null],
    ]);
    expect(publishedScores("browsecomp-plus")[0]).toMatchObject({ score: 0, dollars: null });
  });

  it("has the trained and open models of other sources, each in its own setting", () => {
    const trained = "RLM, Qwen3-30B-A3B trained, told to plan";
    const scores = ["code-qa", "browsecomp-plus", "oolong", "oolong-pairs"].map(
      (environment) => score(environment, trained).score,
    );
    expect(scores).toEqual([42, 29.7, 47.2, 45]);
    expect(score("browsecomp-plus", trained).setting).toMatchObject({ n: 150, documents: 50 });
    expect(score("browsecomp-plus", "RLM depth 1").setting).toMatchObject({ n: 150, documents: 1000 });
    expect(score("oolong", "RAH, Sonnet 4.5")).toMatchObject({ score: 89.77, setting: { n: 199 } });
    expect(score("browsecomp-plus", "SRLM, Qwen3-Coder").score).toBe(59.7);
    expect(publishedScores("craft").map(({ setting: { data }, score: points }) => [data, points])).toEqual([
      ["easy", 100],
      ["medium", 96],
      ["hard", 88],
    ]);
    expect(score("longcot", "dspy.RLM, Sonnet 4.5")).toMatchObject({ score: 45.4, dollars: 1.242 });
  });

  it("names only policies that the environment has, and has none if no source has a table", () => {
    for (const { name, strategyNames } of environments)
      for (const { policy, source } of publishedScores(name)) {
        if (policy !== null) expect(strategyNames).toContain(policy);
        expect(PUBLISHED_SOURCES[source]).not.toBe("");
      }
    expect(publishedScores("s-niah")).toEqual([]);
  });
});

describe("differencesFrom", () => {
  const fifty = (tokens: number) => Array.from({ length: 50 }, () => tokens);

  it("finds none between tasks and the setting that they repeat", () => {
    const { setting } = score("oolong", "RLM depth 1");
    const tasks = "oolong trec_coarse any length";
    expect(differencesFrom(setting, { tasks, contextTokens: fifty(124_000) })).toEqual([]);
  });

  it("names what differs: lengths, the number of questions, the data set, the documents of a context", () => {
    const { setting } = score("oolong", "RLM depth 1");
    expect(differencesFrom(setting, { tasks: "oolong questions 8k", contextTokens: [8000] })).toEqual([
      "tokens",
      "n",
      "data",
    ]);
    const { setting: card } = score("browsecomp-plus", "RLM, Qwen3-30B-A3B");
    const contextTokens = Array.from({ length: 150 }, () => 400_000);
    const differs = (tasks: string) => differencesFrom(card, { tasks, contextTokens });
    expect(differs("browsecomp-plus 50 documents")).toEqual([]);
    expect(differs("browsecomp-plus 1000 documents")).toEqual(["documents"]);
    expect(differs("browsecomp-plus own documents")).toEqual(["documents"]);
  });

  it("finds none in what a source does not say", () => {
    const { setting } = score("browsecomp-plus", "SRLM, Qwen3-Coder");
    expect(differencesFrom(setting, { tasks: "browsecomp-plus own documents", contextTokens: [1] })).toEqual(
      [],
    );
  });
});
