import { expect, test } from "vitest";
import { RLMEnv } from "../../src/env/env.ts";
import type { Repl } from "../../src/repl/repl.ts";

/** A REPL without an interpreter, whose blocks each take a moment. */
function slowRepl(ran: string[]): Repl {
  return {
    start: async () => await Promise.resolve(),
    exec: async (code) => {
      ran.push(code);
      await new Promise((resolve) => setTimeout(resolve, 5));
      const shown = { stdout: "", stderr: "", value: null, exception: null, outputChars: 0, omittedChars: 0 };
      return { block: { code, outcome: "ok", ...shown, stateKept: true }, answer: null };
    },
    close: async () => await Promise.resolve(),
  };
}

test("a completion of 4,000 blocks ends with the episode's time", async () => {
  const ran: string[] = [];
  const repl = slowRepl(ran);
  const env = new RLMEnv({
    name: "test",
    problems: { name: "d", size: 0, async *[Symbol.asyncIterator]() {} },
    reward: () => ({ total: 0, score: 0, terms: {} }),
    repls: {
      acquire: async () => await Promise.resolve(repl),
      release: async () => await Promise.resolve(),
      close: async () => await Promise.resolve(),
    },
    priceOf: () => 0,
    limits: { maxSeconds: 0.2 },
    severalBlocks: true,
  });
  const task = { id: "t", dataset: "d", question: "?", context: "c", contextTokens: 1, metadata: {} };
  await env.reset({ task, seed: 1 });
  const { truncated, info } = await env.step("```repl\nx = 1\n```\n".repeat(4000));
  expect([truncated, info.stopReason]).toEqual([true, "max_seconds"]);
  expect(ran.length).toBeGreaterThan(0);
  expect(ran.length).toBeLessThan(4000);
  await env.close();
});
