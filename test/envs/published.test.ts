import { describe, expect, it } from "vitest";
import { publishedScores } from "../../envs/published.ts";
import { environments } from "../../envs/registry.ts";

describe("publishedScores", () => {
  it("gives each method's score and cost on a benchmark as the source prints them", () => {
    const pairs = publishedScores("oolong-pairs");
    expect(pairs.map(({ method, score, dollars }) => [method, score, dollars])).toEqual([
      ["base model", 0.1, 0.16],
      ["CodeAct + BM25", 24.7, 0.75],
      ["compaction", 0.1, 0.13],
      ["RLM depth 0", 43.9, 0.69],
      ["RLM depth 1", 58, 0.33],
      ["RLM depth 3", 76, 0.39],
    ]);
    expect(publishedScores("browsecomp-plus")[0]).toMatchObject({ score: 0, dollars: null });
  });

  it("names only policies that the environment has, and has none if the source has no table", () => {
    for (const { name, strategyNames } of environments)
      for (const { policy } of publishedScores(name))
        if (policy !== null) expect(strategyNames).toContain(policy);
    expect(publishedScores("s-niah")).toEqual([]);
  });
});
