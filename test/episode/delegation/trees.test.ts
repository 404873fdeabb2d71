import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { callsOfTree, expectSums } from "../../../src/cost/totals.ts";
import { countMessages, countTokens } from "../../../src/cost/tokens.ts";
import { ModelError } from "../../../src/errors.ts";
import { rolloutEpisode } from "../../../src/episode/rollout.ts";
import type { Model } from "../../../src/models/model.ts";
import { modelPolicy } from "../../../src/policies/model-policy.ts";
import { replayEpisode } from "../../../src/replay/replay.ts";
import type { Trajectory } from "../../../src/trajectory.ts";
import type { JsonObject } from "../../../src/types.ts";
import { delegationEnvs } from "./delegation-env.ts";

const { envWith, pool } = delegationEnvs();

/** How many trees are made. */
const RUNS = Number(process.env["DELEGATION_TREES"] ?? 8);

/** Does what its context says: the plan of one episode, with the plans of its children in it. */
const DO = `hs = []
for op in context["ops"]:
    kind, terms = op["kind"], op.get("terms", {})
    try:
        if kind == "llm": llm_query(op["text"], **terms)
        elif kind == "start llm": hs.append(llm_start(op["text"], **terms))
        elif kind == "ask": rlm_query("go", op["plan"], **terms)
        elif kind == "batch": rlm_query_batched(["go"] * len(op["plans"]), op["plans"], **terms)
        elif kind == "start": hs.append(rlm_start("go", op["plan"], **terms))
        elif hs: print(getattr(hs[op["at"] % len(hs)], kind)())
    except RuntimeError as error: print(type(error).__name__, str(error)[:200])
FINAL(len(hs))`;

const terms = fc.record({ budget: fc.integer({ min: 200, max: 4000 }) }, { requiredKeys: [] });
const llmTerms = fc.record(
  { max_tokens: fc.integer({ min: 1, max: 60 }), schema: fc.constant({ type: "array" }) },
  { requiredKeys: [] },
);
const text = fc.constantFrom("quick", "slow 3", "slow 12", "fails", "[1]", "never");

const { plan } = fc.letrec<{ plan: JsonObject; op: JsonObject }>((tie) => ({
  plan: fc.record({ ops: fc.array(tie("op"), { maxLength: 5 }) }) as fc.Arbitrary<JsonObject>,
  op: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.record({ kind: fc.constantFrom("llm", "start llm"), text, terms: llmTerms }),
    fc.record({ kind: fc.constantFrom("done", "result", "cancel"), at: fc.nat(3) }),
    fc.record({ kind: fc.constantFrom("ask", "start", "start"), plan: tie("plan"), terms }),
    fc.record({
      kind: fc.constant("batch"),
      plans: fc.array(tie("plan"), { minLength: 1, maxLength: 3 }),
      terms,
    }),
  ) as fc.Arbitrary<JsonObject>,
}));

const limits = fc.record(
  {
    maxTokens: fc.integer({ min: 3000, max: 20_000 }),
    maxNewTokens: fc.integer({ min: 3000, max: 20_000 }),
    maxCalls: fc.integer({ min: 3, max: 30 }),
    maxTreeTurns: fc.integer({ min: 2, max: 20 }),
    maxChildren: fc.integer({ min: 1, max: 6 }),
    maxChildrenAtOnce: fc.integer({ min: 1, max: 3 }),
  },
  { requiredKeys: ["maxTokens"] },
);

/** Plays its plan if it is asked as a policy, and otherwise does what the prompt says. It counts its tokens as the host does. */
const model: Model = {
  name: "sub",
  simulated: true,
  complete: async ({ messages, maxTokens = 1 }, options) => {
    const asked = messages.at(-1)!.content;
    const wait = Number(/slow (\d+)/.exec(asked)?.[1] ?? 0);
    if (messages.length === 1 && asked.startsWith("never"))
      await new Promise((_, reject) => {
        const timer = setTimeout(() => reject(new ModelError("too slow", { kind: "rejected" })), 60);
        options?.signal?.addEventListener("abort", () => {
          clearTimeout(timer);
          reject(options.signal?.reason as Error);
        });
      });
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    if (messages.length === 1 && asked.startsWith("fails")) throw new ModelError("no", { kind: "rejected" });
    const whole = messages.length > 1 ? `\`\`\`repl\n${DO}\n\`\`\`` : asked.slice(0, 40);
    const reply = whole.slice(0, maxTokens >= countTokens(whole) ? whole.length : maxTokens);
    return {
      text: reply,
      toolCalls: [],
      finishReason: "stop",
      model: "sub",
      usage: {
        promptTokens: countMessages(messages),
        completionTokens: countTokens(reply),
        cachedTokens: 0,
      },
      usageSource: "simulated",
      attempts: 1,
    };
  },
};

async function playTree(context: JsonObject, bounds: object): Promise<Trajectory> {
  const parts = { subModels: [model], maxDepth: 3, systemPrompt: "S" };
  const env = envWith({ ...parts, limits: { maxTurns: 3, maxCompletionTokens: 600, ...bounds } });
  const task = { id: "t", dataset: "d", question: "go", context, contextTokens: 1, metadata: {} };
  try {
    return await rolloutEpisode(env, { policy: modelPolicy(model), reset: { task, seed: 3 } });
  } finally {
    await env.close();
  }
}

const episodesIn = (record: Trajectory): readonly Trajectory[] => [
  record,
  ...record.children.flatMap(episodesIn),
];

const spentIn = (record: Trajectory) =>
  callsOfTree(record).reduce((sum, call) => {
    const { promptTokens, completionTokens } = call.usage ?? call.reserved;
    return sum + promptTokens + completionTokens;
  }, 0);

describe("a random tree of delegations", () => {
  it("never overspends a grant or the tree, and replays byte for byte", async () => {
    await fc.assert(
      fc.asyncProperty(plan, limits, async (context, bounds) => {
        const record = await playTree(context, bounds);
        expect(record.error).toBeNull();
        expectSums(record);
        const episodes = episodesIn(record);
        for (const episode of episodes)
          expect(spentIn(episode)).toBeLessThanOrEqual(episode.grant?.tokens ?? bounds.maxTokens);
        expect(spentIn(record)).toBeLessThanOrEqual(bounds.maxNewTokens ?? Infinity);
        expect(callsOfTree(record).length).toBeLessThanOrEqual(bounds.maxCalls ?? Infinity);
        expect(episodes.length - 1).toBeLessThanOrEqual(bounds.maxChildren ?? Infinity);
        const turns = episodes.reduce((sum, episode) => sum + episode.turns.length, 0);
        expect(turns).toBeLessThanOrEqual(bounds.maxTreeTurns ?? Infinity);
        const kept = JSON.parse(JSON.stringify(record)) as Trajectory;
        expect((await replayEpisode(kept, context, { repls: pool })).difference).toBeNull();
      }),
      { numRuns: RUNS, seed: Number(process.env["DELEGATION_SEED"] ?? 20), endOnFailure: true },
    );
  }, 600_000);
});
