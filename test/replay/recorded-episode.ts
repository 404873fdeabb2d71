/** Episodes with all that a record must bring back: batches, failures, chance, clocks, tools and children. */
import { z } from "zod";
import { RLMEnv } from "../../src/env/env.ts";
import type { RLMEnvOptions } from "../../src/episode/contract.ts";
import type { HostClock } from "../../src/episode/clock/host-clock.ts";
import { hostTool } from "../../src/episode/tools/host-tools.ts";
import { rolloutEpisode } from "../../src/episode/rollout.ts";
import { ModelError } from "../../src/errors.ts";
import type { Model } from "../../src/models/model.ts";
import type { Policy } from "../../src/policies/policy.ts";
import { scriptedPolicy } from "../../src/policies/strategies/scripted.ts";
import { replayEpisode } from "../../src/replay/replay.ts";
import type { ReplPool } from "../../src/repl/repl.ts";
import { successGatedCost } from "../../src/rewards/cost.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import type { Problem } from "../../src/types.ts";

export const CONTEXT = "the context, with ä and 🙂 in it";
export const problem: Problem = {
  task: { id: "t", dataset: "d", question: "?", context: CONTEXT, contextTokens: 9, metadata: {} },
  reference: { taskId: "t", answers: ["42"], metadata: {} },
};

/** Answers with a number that counts up, so that the order of calls shows; fails where it is told to. */
export function counting(): Model {
  let asked = 0;
  return {
    name: "counting",
    simulated: false,
    complete: async ({ messages }) => {
      const prompt = messages.at(-1)!.content;
      if (prompt.includes("refuse"))
        throw new ModelError("past the window", { kind: "rejected", attempts: 2 });
      if (prompt.includes("die")) throw new ModelError("it is down", { kind: "overloaded", attempts: 3 });
      asked += 1;
      const usage = { promptTokens: 20, completionTokens: 3, cachedTokens: 0 };
      const facts = { toolCalls: [], finishReason: "stop", model: "counting", attempts: 1 } as const;
      return await Promise.resolve({ text: `reply ${asked}`, usage, usageSource: "reported", ...facts });
    },
  };
}

/** A clock whose steps differ. */
export function uneven(): HostClock {
  let [clockMs, stepMs] = [1_800_000_000_000, 1];
  return () => (clockMs += stepMs = (stepMs * 7) % 10_007);
}

export const blocks = (...codes: string[]): Policy =>
  scriptedPolicy("blocks", function* () {
    for (const code of codes) yield { code };
  });

export const tools = {
  look: hostTool({
    description: "Looks.",
    parameters: z.object({ at: z.number() }),
    run: ({ at }) => ({ at, seen: "something" }),
  }),
};

/** Plays and replays episodes on the pool. */
export function recorder(pool: ReplPool) {
  const record = async (policy: Policy, parts: Partial<RLMEnvOptions> = {}): Promise<Trajectory> => {
    const env = new RLMEnv({
      name: "e",
      problems: { name: "d", size: 1, async *[Symbol.asyncIterator]() {} },
      reward: successGatedCost(() => 1, 0),
      repls: pool,
      priceOf: (_, usage) => usage.promptTokens * 3 + usage.completionTokens * 7,
      subModels: [counting()],
      ...parts,
    });
    const reset = { seed: 3, task: problem.task, reference: problem.reference, rolloutId: "r" };
    const trajectory = await rolloutEpisode(env, { policy, reset });
    await env.close();
    // What a file gives back.
    return JSON.parse(JSON.stringify(trajectory)) as Trajectory;
  };
  const again = (trajectory: Trajectory, context = CONTEXT) =>
    replayEpisode(trajectory, context, { repls: pool });
  return { record, again };
}

export const ASK = `
import random, time, uuid
same = llm_query_batched(["same"] * 5 + ["please refuse"])
print(same, random.random(), time.time(), uuid.uuid4())
try:
    llm_query("refuse")
except RuntimeError as error:
    print(error)
hidden = llm_query("what nobody prints")`;
export const NOW = `
import time
print(time.time(), rlm_query('when?', 'a context'))`;
export const TOOLS = `
print(look(at=1))
try:
    look(at="x")
except TypeError as error:
    print("type", error)`;
export const CHILD = 'rlm_query_batched(["a", "b"], ["context a", "context b"])';
