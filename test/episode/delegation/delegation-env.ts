/** An environment whose root runs code, and whose children are given as policies; for tests of delegation. */
import { afterAll, expect } from "vitest";
import { RLMEnv } from "../../../src/env/env.ts";
import type { RLMEnvOptions } from "../../../src/episode/contract.ts";
import { expectSums } from "../../../src/cost/totals.ts";
import type { Model } from "../../../src/models/model.ts";
import { scriptedPolicy } from "../../../src/policies/strategies/scripted.ts";
import type { Policy } from "../../../src/policies/policy.ts";
import { PyodideReplPool } from "../../../src/repl/pyodide/pool.ts";
import { replayEpisode } from "../../../src/replay/replay.ts";
import { successGatedCost } from "../../../src/rewards/cost.ts";
import type { Trajectory } from "../../../src/trajectory.ts";
import type { Problem } from "../../../src/types.ts";

const problem: Problem = {
  task: { id: "t", dataset: "d", question: "?", context: "root", contextTokens: 1, metadata: {} },
  reference: { taskId: "t", answers: ["42"], metadata: {} },
};
const problems = {
  name: "one",
  size: 1,
  async *[Symbol.asyncIterator]() {
    yield await Promise.resolve(problem);
  },
};

/** A model whose reply to the last message `reply` gives. It uses ten tokens of prompt and five of completion. */
export function modelThat(
  reply: (prompt: string, count: number) => string | Promise<string>,
  name = "sub",
): Model {
  let count = 0;
  return {
    name,
    simulated: true,
    complete: async ({ messages }) => ({
      text: await reply(messages.at(-1)!.content, count++),
      toolCalls: [],
      finishReason: "stop",
      model: name,
      usage: { promptTokens: 10, completionTokens: 5, cachedTokens: 0 },
      usageSource: "simulated",
      attempts: 1,
    }),
  };
}

/** Runs the codes, a turn each, and then gives up. */
export const coding = (...codes: readonly string[]): Policy =>
  scriptedPolicy("coding", function* () {
    for (const code of codes) yield { code };
  });

/** A model as a policy would reply to each turn: fenced code, a turn each. */
export const codingModel = (codes: readonly string[], name = "sub") =>
  modelThat((_, count) => `\`\`\`repl\n${codes[count % codes.length]!}\n\`\`\``, name);

/** The environments of one test file, with a pool of their own: files share their modules. */
export function delegationEnvs() {
  const pool = new PyodideReplPool();
  afterAll(() => pool.close());

  function envWith(parts: Partial<RLMEnvOptions> = {}): RLMEnv {
    return new RLMEnv({
      name: "e",
      problems,
      reward: successGatedCost(() => 1, 0),
      repls: pool,
      priceOf: (_, { promptTokens, completionTokens }) => 10 * promptTokens + 20 * completionTokens,
      subModels: [modelThat((prompt) => prompt.toUpperCase())],
      ...parts,
    });
  }

  /** Plays the codes at the root, a turn each, checks the sums and the replay, and returns the observations and the record. */
  async function play(codes: string | readonly string[], parts: Partial<RLMEnvOptions> = {}) {
    const env = envWith(parts);
    await env.reset({ seed: 1 });
    const texts: string[] = [];
    for (const code of [codes].flat()) {
      const { observation, terminated, truncated } = await env.step({ code });
      texts.push(observation.text);
      if (terminated || truncated) break;
    }
    const trajectory = await env.abandon("max_turns");
    await env.close();
    expectSums(trajectory);
    await expectReplay(trajectory);
    return { texts, text: texts.join("\n"), trajectory };
  }

  /** Expects that the record, as a file would hold it, repeats byte for byte. */
  async function expectReplay(trajectory: Trajectory): Promise<void> {
    const record = JSON.parse(JSON.stringify(trajectory)) as Trajectory;
    const { difference } = await replayEpisode(record, "root", { repls: pool });
    expect(difference).toBeNull();
  }

  return { pool, envWith, play, expectReplay };
}
