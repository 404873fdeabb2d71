import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RLMEnv } from "../../src/env/env.ts";
import { replSeedOf } from "../../src/episode/repl-seed.ts";
import { rolloutEpisode } from "../../src/episode/rollout.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { replayEpisode } from "../../src/replay/replay.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { CURRENT_RULES } from "../../src/types.ts";
import type { RulesVersion, Task } from "../../src/types.ts";

const DRAW =
  "import random, os, uuid, secrets\nprint(random.random(), os.urandom(8).hex(), uuid.uuid4(), secrets.token_hex(4))";
const TASK: Task = {
  id: "generated-17",
  dataset: "d",
  question: "Which?",
  context: "a context",
  contextTokens: 3,
  metadata: {},
};

let pool: PyodideReplPool;
beforeAll(() => {
  pool = new PyodideReplPool();
});
afterAll(() => pool.close());

async function play(seed: number, task = TASK, rules: RulesVersion = CURRENT_RULES): Promise<Trajectory> {
  const env = new RLMEnv({
    name: "test",
    problems: { name: "d", size: 0, async *[Symbol.asyncIterator]() {} },
    reward: () => ({ total: 0, score: 0, terms: {} }),
    repls: pool,
    priceOf: () => 0,
    rules,
  });
  const actions = [{ code: DRAW }, { answer: "done" }];
  const policy = {
    name: "draws",
    start: () => ({ act: async () => await Promise.resolve(actions.shift()!) }),
  };
  try {
    return await rolloutEpisode(env, { policy, reset: { task, seed } });
  } finally {
    await env.close();
  }
}

const drawn = ({ turns }: Trajectory) => turns[0]?.results[0]?.stdout;

describe("randomness inside the REPL", () => {
  test("reveals nothing about the episode's seed: other seeds draw the same", async () => {
    const [one, other] = [await play(7), await play(8)];
    expect(drawn(one)).toMatch(/^0\.\d+ [0-9a-f]{16}/);
    expect(drawn(other)).toBe(drawn(one));
  });

  test("differs for another question or context", async () => {
    const first = drawn(await play(7));
    expect(drawn(await play(7, { ...TASK, question: "What?" }))).not.toBe(first);
    expect(drawn(await play(7, { ...TASK, context: "another" }))).not.toBe(first);
  });

  test("does not depend on facts that the policy does not see", () => {
    const context = { type: "str", chars: 9, sha256: "0".repeat(64) } as const;
    const of = (task: Task, seed: number) => replSeedOf("task", { seed, task, context });
    expect(of({ ...TASK, id: "generated-18", metadata: { seed: 18 } }, 18)).toBe(of(TASK, 17));
    expect(of(TASK, 17)).toBeLessThan(2 ** 48);
  });

  test.each(["0.1.0", "0.2.0"] as const)("under the rules of %s replays as recorded", async (rules) => {
    const record = JSON.parse(JSON.stringify(await play(7, TASK, rules))) as Trajectory;
    expect(drawn(record) === drawn(await play(8, TASK, rules))).toBe(rules !== "0.1.0");
    const { difference } = await replayEpisode(record, TASK.context, { repls: pool });
    expect(difference).toBeNull();
  });
});
