/** A record is checked field by field as it is read, the newer fields among them. */
import { describe, expect, it } from "vitest";
import { checkTrajectory } from "../../src/record/trajectory-row.ts";
import { unrewarded } from "../trajectory-fixture.ts";

const usage = { promptTokens: 9, completionTokens: 3, cachedTokens: 0 };
const reasoning = { text: "hm", tokens: 2, signature: "s", place: "parts", written: "w", parts: [{}] };
const call = {
  id: 0,
  purpose: "llm_query",
  plain: true,
  depth: 1,
  turn: 0,
  block: 1,
  batch: { id: 0, index: 0, size: 2 },
  model: "m",
  prompt: "p",
  reply: "r",
  asksReasoning: true,
  reasoning,
  error: null,
  usage,
  usageSource: "reported",
  cached: true,
  reserved: usage,
  nanoDollars: 0,
  attempts: 1,
  seed: 7,
  wallClock: { seconds: 0 },
};
const turn = {
  index: 0,
  completion: {
    text: "",
    reasoning,
    toolCalls: [{ id: "c", name: "run", arguments: "x", written: "y", sentAs: "{}", extra: {} }],
    finishReason: "stop",
  },
  callId: null,
  results: [],
  observation: "o",
  invalid: true,
  keptTurns: 1,
  timeOver: {
    blocks: 2,
    during: {
      calls: 1,
      tools: 0,
      refusedBy: "seconds",
      answer: { ready: false, source: "answer_dict", isNoDict: true },
      restored: ["context"],
    },
  },
  segment: 0,
  standing: null,
  reward: 0,
  wallClock: { seconds: 0 },
};
const record = {
  ...unrewarded(),
  language: "python",
  history: { mode: "drop", keepTurns: 2 },
  reasoning: "last",
  rules: "0.3.0",
  promptStyle: "small",
  severalBlocks: true,
  systemPromptTokens: 9,
  policyModel: { name: "m", simulated: false, windowTokens: 9000, settings: {} },
  turns: [turn],
  calls: [call],
  metrics: { ...unrewarded().metrics, invalidCompletions: 1 },
  reward: null,
};

describe("a record with every newer field", () => {
  it("is a record, and so is one without them", () => {
    expect(checkTrajectory(record)).toBeNull();
    expect(checkTrajectory({ ...unrewarded(), reward: null })).toBeNull();
  });

  it.each<[string, object, readonly (string | number)[]]>([
    ["language", { language: 1 }, ["language"]],
    ["turns to keep", { history: { mode: "drop", keepTurns: "2" } }, ["history", "keepTurns"]],
    ["thoughts that went back", { reasoning: "some" }, ["reasoning"]],
    ["rules", { rules: 3 }, ["rules"]],
    ["prompt style", { promptStyle: null }, ["promptStyle"]],
    ["several blocks", { severalBlocks: "yes" }, ["severalBlocks"]],
    ["tokens of the system prompt", { systemPromptTokens: -1 }, ["systemPromptTokens"]],
    ["hash of the system prompt", { systemPromptSha256: "x" }, ["systemPromptSha256"]],
    [
      "window",
      { policyModel: { ...record.policyModel, windowTokens: "8k" } },
      ["policyModel", "windowTokens"],
    ],
    [
      "invalid completions",
      { metrics: { ...record.metrics, invalidCompletions: 0.5 } },
      ["metrics", "invalidCompletions"],
    ],
    ["invalid turn", { turns: [{ ...turn, invalid: 1 }] }, ["turns", 0, "invalid"]],
    ["kept turns", { turns: [{ ...turn, keptTurns: -1 }] }, ["turns", 0, "keptTurns"]],
    ["sampling seed", { calls: [{ ...call, seed: "7" }] }, ["calls", 0, "seed"]],
    ["asked thoughts", { calls: [{ ...call, asksReasoning: "yes" }] }, ["calls", 0, "asksReasoning"]],
    ["place in a batch", { calls: [{ ...call, batch: { id: 0 } }] }, ["calls", 0, "batch", "index"]],
    [
      "signature of thoughts",
      { calls: [{ ...call, reasoning: { text: "", signature: 1 } }] },
      ["calls", 0, "reasoning", "signature"],
    ],
  ])("is none with a false %s, which is named", (_, change, path) => {
    expect(checkTrajectory({ ...record, ...change })?.path).toEqual(path);
  });
});
