import { afterAll, expect, it } from "vitest";
import { RLMEnv } from "../../src/env/env.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { replayEpisode } from "../../src/replay/replay.ts";
import type { Problem } from "../../src/types.ts";

const pool = new PyodideReplPool();
afterAll(() => pool.close());

const problem: Problem = {
  task: { id: "t", dataset: "d", question: "?", context: "abc", contextTokens: 1, metadata: {} },
  reference: { taskId: "t", answers: ["42"], metadata: {} },
};
const play = async (printedAnswers: boolean, ...codes: string[]) => {
  const env = new RLMEnv({
    name: "d",
    problems: { name: "d", size: 1, [Symbol.asyncIterator]: () => [problem][Symbol.iterator]() as never },
    reward: ({ answer }) => ({ total: answer ? 1 : 0, score: 0, terms: {} }),
    repls: pool,
    priceOf: () => 0,
    printedAnswers,
  });
  await env.reset({ task: problem.task, reference: problem.reference });
  const steps = [];
  for (const code of codes) steps.push(await env.step({ code }));
  if (!steps.at(-1)!.terminated) await env.step({ answer: "given up" });
  const { trajectory } = env;
  await env.close();
  return trajectory;
};

it.each([
  ["FINAL in a line", ["x = 40", "print('so FINAL(', x + 2, ')')"], { text: "42", source: "final" }],
  ["FINAL_VAR of a name", ["x = [1, 2]", "print('FINAL_VAR(x)')"], { text: "[1, 2]", source: "final_var" }],
])("a printed %s ends an episode that takes it, and plays again the same", async (_, codes, answer) => {
  const record = await play(true, ...codes);
  expect(record).toMatchObject({ answer, stopReason: "answered", printedAnswers: true });
  const { difference } = await replayEpisode(record, "abc", { repls: pool });
  expect(difference).toBeNull();
});

it("is output alone by default", async () => {
  const record = await play(false, "print('FINAL(42)')");
  expect(record.answer).toEqual({ text: "given up", source: "action" });
  expect(record).not.toHaveProperty("printedAnswers");
});
