import { afterAll, describe, expect, it } from "vitest";
import { checkEnv } from "../../src/env/check.ts";
import { RLMEnv } from "../../src/env/env.ts";
import type { RLMEnvOptions } from "../../src/episode/contract.ts";
import { rolloutEpisode } from "../../src/episode/rollout.ts";
import { promptsOf } from "../../src/export/conversation.ts";
import { languageNamed, LANGUAGE_NAMES } from "../../src/languages/registry.ts";
import type { ModelRequest } from "../../src/models/model.ts";
import { scriptedModel } from "../../src/models/scripted.ts";
import { modelPolicy } from "../../src/policies/model-policy.ts";
import { replayEpisode } from "../../src/replay/replay.ts";
import type { ReplPool } from "../../src/repl/repl.ts";
import type { Message } from "../../src/types.ts";
import { datasetOf, problemOver } from "./one-problem.ts";

const pools = new Map<string, ReplPool>();
afterAll(() => Promise.all([...pools.values()].map((pool) => pool.close())));

function poolOf(name: string): ReplPool {
  const pool = pools.get(name) ?? languageNamed(name).openPool({ size: 1 });
  pools.set(name, pool);
  return pool;
}

const problem = problemOver("it is 42");
const { task } = problem;

function envWith(name = "python", options: Partial<RLMEnvOptions> = {}) {
  return new RLMEnv({
    name: "e",
    problems: datasetOf(problem),
    reward: () => ({ total: 0, score: 0, terms: {} }),
    repls: poolOf(name),
    language: languageNamed(name),
    priceOf: (_, usage) => usage.promptTokens,
    history: { mode: "offload" },
    ...options,
  });
}

/** Plays the blocks and then an answer, and keeps every prompt of the policy. */
async function play(env: RLMEnv, blocks: readonly string[]) {
  const prompts: (readonly Message[])[] = [];
  const fence = env.language.fences[0];
  const replies = [...blocks.map((code) => `\`\`\`${fence}\n${code}\n\`\`\``), "FINAL(42)"];
  const script = replies.map((reply) => ({ messages }: ModelRequest) => {
    prompts.push(messages);
    return reply;
  });
  const policy = modelPolicy(scriptedModel(script));
  const record = await rolloutEpisode(env, { policy, reset: { seed: 0 } });
  await env.close();
  return { record, prompts, seen: record.turns.map(({ observation }) => observation) };
}

/** Code that prints how many turns were moved, and what the first of them said and saw. */
const READING: Readonly<Record<string, string>> = {
  python: 'print(len(old_turns), old_turns[0]["said"], old_turns[0]["saw"])',
  javascript: "console.log(old_turns.length, old_turns[0].said, old_turns[0].saw)",
  sql: "SELECT count(*), (SELECT said || saw FROM old_turns WHERE turn = 1) FROM old_turns;",
  bash: "ls /home/user/old_turns | grep -c said; cd /; cat ~/old_turns/1.said ~/old_turns/1.saw",
  clojure: '(println (count old-turns) (get (first old-turns) "said") (get (first old-turns) "saw"))',
};
const PRINTING: Readonly<Record<string, string>> = {
  python: "print('it\\'s \"fine\"')",
  javascript: 'console.log("it\'s \\"fine\\"")',
  sql: "SELECT 'it''s \"fine\"';",
  bash: 'echo "it\'s \\"fine\\""',
  clojure: '(println "it\'s \\"fine\\"")',
};

describe("history: offload", () => {
  it.each(LANGUAGE_NAMES)("moves old turns into variables of %s, where code reads them", async (name) => {
    const { record, seen, prompts } = await play(envWith(name), [
      PRINTING[name]!,
      PRINTING[name]!,
      READING[name]!,
      READING[name]!,
    ]);
    expect(seen[2]).toMatch(/^\W*1\b/m);
    expect(seen[3]).toMatch(/^\W*2\b/m);
    expect(seen[3]!.split("fine").length).toBeGreaterThan(2);
    expect(seen[3]).toContain("(turn 1/16)");
    expect(prompts.at(-1)).toHaveLength(4);
    expect(record.oldTurns).toMatch(/^Your earlier turns are not shown here any more\./);
    const { difference } = await replayEpisode(record, task.context, { repls: poolOf(name) });
    expect(difference).toBeNull();
  });

  it("keeps a text of one length in their place, so that prompts stop growing", async () => {
    const { record, prompts } = await play(
      envWith(),
      Array.from({ length: 12 }, () => "print('x' * 90)"),
    );
    const opening = prompts[0]![1]!.content;
    expect(prompts[1]![1]!.content).toBe(opening);
    for (const prompt of prompts.slice(2))
      expect(prompt[1]!.content).toBe(`${opening}\n\n${record.oldTurns}`);
    const tokens = record.calls.map(({ usage }) => usage!.promptTokens);
    expect(Math.max(...tokens.slice(2))).toBeLessThanOrEqual(tokens[2]! + 2);
    expect(promptsOf(record).map(({ prompt }) => prompt)).toEqual(prompts);
    expect(record.history).toEqual({ mode: "offload" });
  });

  it("keeps as many of the last turns as asked", async () => {
    const env = envWith("python", { history: { mode: "offload", keepTurns: 2 } });
    const { record, prompts } = await play(env, ["a = 1", "b = 2", "c = 3", "print(len(old_turns))"]);
    expect(prompts.map((prompt) => prompt.length)).toEqual([2, 4, 6, 6, 6]);
    expect(record.turns[3]!.observation).toMatch(/^1\n/);
    expect(record.turns.map(({ keptTurns }) => keptTurns)).toEqual(Array(5).fill(undefined));
  });

  it("makes the variable anew if code has changed it, or if its interpreter was lost", async () => {
    const greedy = "big = 'x'\nwhile True:\n    big += big";
    const { record, seen } = await play(envWith(), [
      "a = 1",
      "b = 2",
      "old_turns = 3",
      "print(len(old_turns))",
      greedy,
      "print(len(old_turns))",
    ]);
    expect(seen[3]).toMatch(/^2\n/);
    expect(seen[5]).toMatch(/^4\n/);
    const { difference } = await replayEpisode(record, task.context, { repls: poolOf("python") });
    expect(difference).toBeNull();
  });

  it("leaves turns in the conversation that the REPL does not take, and the record says so", async () => {
    const python = languageNamed("python");
    const full = { ...python.oldTurns!, keep: () => "raise MemoryError()" };
    const env = envWith("python", { language: { ...python, oldTurns: full } });
    const { record, prompts } = await play(env, ["a = 1", "b = 2", "c = 3"]);
    expect(prompts.map((prompt) => prompt.length)).toEqual([2, 4, 6, 8]);
    expect(record.turns[3]!.keptTurns).toBe(3);
    expect(promptsOf(record).map(({ prompt }) => prompt)).toEqual(prompts);
  });

  it("forks with the turns that were moved, and each branch moves its own", async () => {
    const env = envWith();
    await env.reset();
    for (const code of ["a = 1", "b = 2"]) await env.step({ code });
    const branch = await env.fork();
    await branch.step({ code: "c = 3" });
    const [own, other] = [
      await env.step({ code: "1" }),
      await branch.step({ code: "print(len(old_turns))" }),
    ];
    expect(own.observation.turn).toBe(3);
    expect(other.observation.text).toMatch(/^2\n/);
    expect((await env.step({ code: "print(len(old_turns))" })).observation.text).toMatch(/^2\n/);
    await branch.close();
    await env.close();
  });

  it("passes checkEnv", async () => {
    const env = envWith();
    await checkEnv(env, { seeds: [0] });
    await env.close();
  });

  it("is refused in a language that cannot keep turns", () => {
    const { oldTurns: _, ...language } = languageNamed("python");
    expect(() => envWith("python", { language })).toThrow(
      "history: offload: Python does not keep old turns in variables; expected off, drop or summarise",
    );
  });
});
