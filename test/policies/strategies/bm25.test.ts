import { afterAll, expect, it } from "vitest";
import { RLMEnv } from "../../../src/env/env.ts";
import { scriptedModel } from "../../../src/models/scripted.ts";
import { rolloutEpisode } from "../../../src/episode/rollout.ts";
import { bm25, type Bm25Options } from "../../../src/policies/strategies/bm25.ts";
import type { Context, Task } from "../../../src/types.ts";
import { sharedPool } from "../../shared-pool.ts";

const { pool } = sharedPool();
afterAll(() => pool.close());

/** The prompt to the sub-model. */
async function sent(context: Context, question: string, options: Partial<Bm25Options> = {}): Promise<string> {
  const task: Task = { id: "t", dataset: "d", question, context, contextTokens: 1, metadata: {} };
  const env = new RLMEnv({
    name: "ranking",
    problems: { name: "d", size: 0, async *[Symbol.asyncIterator]() {} },
    reward: () => ({ total: 0, score: 0, terms: {} }),
    repls: pool,
    subModels: [scriptedModel(["found"])],
    priceOf: () => null,
  });
  const policy = bm25({ instruction: () => "Read:", ...options });
  const trajectory = await rolloutEpisode(env, { policy, reset: { seed: 0, task } });
  await env.close();
  expect(trajectory.answer?.text).toBe("found");
  return trajectory.calls.find((call) => call.depth === 1)!.prompt!;
}

it("sends the documents in the order of the formula, which is computed here by hand", async () => {
  const documents = [
    "a whale swims in the sea",
    "the sea the sea the sea",
    "a boat on the river that flows through the old town by the hill",
    "whale whale boat",
    "nothing of this",
  ];
  const words = documents.map((document) => document.split(" "));
  const mean = words.reduce((sum, all) => sum + all.length, 0) / words.length;
  const score = (all: readonly string[]) =>
    ["whale", "boat"].reduce((sum, term) => {
      const holding = words.filter((others) => others.includes(term)).length;
      const count = all.filter((word) => word === term).length;
      const weight = Math.log(1 + (words.length - holding + 0.5) / (holding + 0.5));
      return sum + (weight * count) / (count + 0.9 * (0.6 + (0.4 * all.length) / mean));
    }, 0);
  const ranked = documents.toSorted((a, b) => score(b.split(" ")) - score(a.split(" "))).slice(0, 3);
  expect(await sent(documents, "Whale boat?", { best: 3 })).toBe(["Read:", ...ranked].join("\n\n"));
});

it("cuts a text at line ends, finds the relevant line, and sends no more than the options allow", async () => {
  const lines = Array.from({ length: 400 }, (_, i) => `Line ${i} tells of grass and sky.`);
  lines[321] = "Line 321 tells of the harpoon.";
  const prompt = await sent(lines.join("\n"), "Which line tells of the harpoon?", {
    pieceChars: 300,
    best: 2,
    shownChars: 250,
  });
  const [, first = "", second = ""] = prompt.split("\n\n");
  expect(first).toMatch(/^Line \d+ tells/);
  expect(first).toContain("harpoon");
  expect(second.length).toBeLessThanOrEqual(250);
});

it("searches for other words than the question's if the options say so", async () => {
  const documents = ["red and green", "blue and green"];
  expect(await sent(documents, "red?", { query: () => "blue", best: 1 })).toBe("Read:\n\nblue and green");
});
