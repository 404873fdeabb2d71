/** What every language of the REPL must do. The test file of each language runs it with samples of that language. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { make } from "../../envs/make.ts";
import { hostTool } from "../../src/episode/tools/host-tools.ts";
import { rolloutEpisode } from "../../src/episode/rollout.ts";
import type { ReplLanguage } from "../../src/languages/language.ts";
import { scriptedPolicy } from "../../src/policies/strategies/scripted.ts";
import { replayEpisode } from "../../src/replay/replay.ts";
import type { ExecResult, ForkableRepl, HostCall, Repl, ReplPool, ReplSession } from "../../src/repl/repl.ts";
import type { Context } from "../../src/types.ts";

/** Code of one language for each clause of the contract. */
export interface LanguageSamples {
  /** Keeps a value in one block, and prints it in another. */
  readonly state: { readonly keep: string; readonly print: string; readonly printed: string };
  /** A block that keeps a value, and then fails; `print` prints the value. */
  readonly failure: {
    readonly code: string;
    readonly says: RegExp;
    readonly print: string;
    readonly printed: string;
  };
  /** Contexts, code that prints something of them, and what it prints. */
  readonly contexts: readonly (readonly [name: string, context: Context, print: string, printed: string])[];
  /** Prints the reply to the prompt `a`, and the replies to `b` and `c` as a batch. */
  readonly ask: { readonly one: string; readonly batch: string };
  /** Calls with arguments that the function does not have, or of the wrong kind; each must fail, and neither ask nor answer. */
  readonly slips: readonly string[];
  /** Prints what the tool `look_up` says of `"key"` with the limit 2. */
  readonly tool: string;
  /** Each answers with 42. */
  readonly answers: readonly string[];
  /** Prints 100,000 times the letter a. */
  readonly flood: string;
  readonly endless: string;
  readonly greedy: string;
  /** Prints numbers drawn at random, and the time. */
  readonly chance: string;
  /** Code of other languages, which must fail with a message. */
  readonly foreign: readonly string[];
}

const LIMITS = { timeoutMs: 30_000, maxOutputChars: 2000 };
const TOOL = hostTool({
  description: "Looks a word up.",
  parameters: z.object({ word: z.string(), limit: z.int().default(5) }),
  run: ({ word, limit }) => `${word}:${limit}`,
});

/** The contract as tests. `language` is a function, since a test file may make it late. */
export function describeLanguage(language: ReplLanguage, samples: LanguageSamples): void {
  describe(`the language ${language.name}`, () => {
    let pool: ReplPool;
    beforeAll(() => {
      pool = language.openPool({ maxHeapBytes: 128 * 2 ** 20 });
    });
    afterAll(() => pool.close());

    type Run = (code: string, limits?: Partial<typeof LIMITS>) => Promise<ExecResult>;

    async function within<T>(
      work: (run: Run, repl: Repl) => Promise<T>,
      session: Partial<ReplSession> = {},
    ): Promise<T> {
      const repl = await pool.acquire();
      try {
        await repl.start({ context: "the context", seed: 1, onCall: echo, ...session });
        return await work((code, limits) => repl.exec(code, { ...LIMITS, ...limits }), repl);
      } finally {
        await pool.release(repl);
      }
    }

    it("keeps its state between blocks", async () => {
      await within(async (run) => {
        expect((await run(samples.state.keep)).block).toMatchObject({ outcome: "ok", exception: null });
        expect(printed(await run(samples.state.print))).toBe(samples.state.printed);
      });
    });

    it("keeps what ran before a failure, and says what failed", async () => {
      const { code, says, print, printed: kept } = samples.failure;
      await within(async (run) => {
        const { block } = await run(code);
        expect(block.outcome).toBe("exception");
        expect(block.exception).toMatch(says);
        expect(block.exception).not.toMatch(/rlm|node:|\.ts|\/work\/|file:/);
        expect(printed(await run(print))).toBe(kept);
      });
    });

    it.each(samples.contexts)("binds a context: %s", async (_, context, print, shown) => {
      await within(async (run) => expect(printed(await run(print))).toBe(shown), { context });
    });

    it("asks sub-models, one prompt or a batch, and shows what the host refuses", async () => {
      const calls: HostCall[] = [];
      const onCall = (call: HostCall) => {
        calls.push(call);
        return echo(call);
      };
      await within(
        async (run) => {
          expect(printed(await run(samples.ask.one))).toContain("echo: a");
          const batch = printed(await run(samples.ask.batch));
          expect(batch).toContain("echo: b");
          expect(batch).toContain("echo: c");
        },
        { onCall },
      );
      expect(calls).toEqual([
        { kind: "llm_query", batched: false, prompts: ["a"], model: null },
        { kind: "llm_query", batched: true, prompts: ["b", "c"], model: null },
      ]);
      await within(
        async (run) => {
          const { block } = await run(samples.ask.one);
          expect(block.exception).toContain("no budget left");
        },
        { onCall: () => Promise.resolve({ error: "no budget left" }) },
      );
    });

    it("refuses arguments and options that a function does not have, and asks nobody", async () => {
      const calls: HostCall[] = [];
      const onCall = (call: HostCall) => {
        calls.push(call);
        return echo(call);
      };
      for (const code of samples.slips) {
        const { block, answer } = await within((run) => run(code), { onCall, delegates: true });
        expect(block.exception, code).not.toBeNull();
        expect(answer?.ready ?? false, code).toBe(false);
      }
      expect(calls).toEqual([]);
    });

    it("takes each way to answer, and reads no answer before", async () => {
      for (const code of samples.answers) {
        await within(async (run) => {
          expect((await run(samples.state.keep)).answer?.ready ?? false).toBe(false);
          expect((await run(code)).answer).toMatchObject({ content: "42", ready: true });
        });
      }
    });

    it("cuts output in the middle, and counts what it leaves out", async () => {
      await within(async (run) => {
        const { block } = await run(samples.flood, { maxOutputChars: 100 });
        expect(block.stdout + (block.value ?? "")).toMatch(/\[\.\.\. \d+ characters left out \.\.\.\]/);
        expect(block.outputChars).toBeGreaterThanOrEqual(100_000);
        expect(block.omittedChars).toBe(block.outputChars - 100);
      });
    });

    it("stops code at its time, and keeps the state from before", async () => {
      await within(async (run) => {
        await run(samples.state.keep);
        const { block } = await run(samples.endless, { timeoutMs: 300 });
        expect(["timeout", "killed"]).toContain(block.outcome);
        expect(block.exception).toContain("TimeoutError");
        expect(printed(await run(samples.state.print))).toBe(samples.state.printed);
      });
    });

    it("stops code at the bound of its memory, and keeps the state from before", async () => {
      await within(async (run) => {
        await run(samples.state.keep);
        const { block } = await run(samples.greedy);
        expect(["memory", "exception"]).toContain(block.outcome);
        expect(block.exception).toMatch(/memory|too big|too large/i);
        expect(printed(await run(samples.state.print))).toBe(samples.state.printed);
      });
    });

    it("draws the same chance and time from the same seed, and others from another", async () => {
      const draw = (seed: number) => within(async (run) => printed(await run(samples.chance)), { seed });
      const [first, again, other] = [await draw(1), await draw(1), await draw(2)];
      expect(again).toBe(first);
      expect(other).not.toBe(first);
      expect(first).toContain("2025");
    });

    it("leaves nothing to the next episode", async () => {
      await within(async (run) => await run(samples.state.keep));
      await within(async (run) => {
        const { block } = await run(samples.state.print);
        expect(block.stdout + (block.value ?? "")).not.toContain(samples.state.printed.trim());
      });
    });

    it("forks: a saved state goes on in another REPL, and the two do not disturb each other", async () => {
      await within(async (run, repl) => {
        await run(samples.state.keep);
        const fork = await (repl as ForkableRepl).fork(echo);
        expect(printed(await fork.exec(samples.state.print, LIMITS))).toBe(samples.state.printed);
        await fork.exec(samples.failure.code, LIMITS);
        expect(printed(await run(samples.state.print))).toBe(samples.state.printed);
        await pool.release(fork);
      });
    });

    it("restores a snapshot after later blocks, and in another REPL", async () => {
      await within(async (run, repl) => {
        await run(samples.state.keep);
        const saved = await (repl as ForkableRepl).snapshot();
        await run(samples.failure.code);
        await (repl as ForkableRepl).restore(saved, echo);
        expect(printed(await run(samples.state.print))).toBe(samples.state.printed);
        await within(async (runThere, other) => {
          await (other as ForkableRepl).restore(saved, echo);
          expect(printed(await runThere(samples.state.print))).toBe(samples.state.printed);
        });
      });
    });

    it("resumes: episodes that take turns in one worker find their states again", async () => {
      const crowded = language.openPool({ size: 1, workerBytes: 0 });
      try {
        const repls = [await crowded.acquire(), await crowded.acquire()] as const;
        for (const repl of repls) await repl.start({ context: "the context", seed: 1, onCall: echo });
        await repls[0].exec(samples.state.keep, LIMITS);
        for (let turn = 0; turn < 2; turn += 1) {
          const { block } = await repls[1].exec(samples.state.print, LIMITS);
          expect(block.stdout + (block.value ?? "")).not.toContain(samples.state.printed.trim());
          expect(printed(await repls[0].exec(samples.state.print, LIMITS))).toBe(samples.state.printed);
        }
      } finally {
        await crowded.close();
      }
    });

    it("says what is wrong with code of another language", async () => {
      await within(async (run) => {
        for (const code of samples.foreign) {
          const { block } = await run(code);
          expect(block.outcome, code).toBe("exception");
          expect(block.exception?.length, code).toBeGreaterThan(10);
        }
      });
    });

    it("plays an episode with a tool, records its language, and replays it byte for byte", async () => {
      const env = await make("s-niah", {
        language,
        repls: pool,
        tools: { look_up: TOOL },
        options: { length: "1k" },
      });
      const codes = [samples.state.keep, samples.tool, samples.ask.one, samples.answers[0]!];
      const script = function* () {
        for (const code of codes) yield { code };
      };
      const policy = scriptedPolicy("scripted", script, null);
      const record = await rolloutEpisode(env, { policy, reset: { seed: 1 } });
      const { task } = await env.problem(1);
      await env.close();
      expect(record.answer?.text).toBe("42");
      expect(record.language ?? "python").toBe(language.name);
      expect(record.toolCalls).toMatchObject([{ name: "look_up", args: { word: "key", limit: 2 } }]);
      expect(record.turns[1]!.observation).toContain("key:2");
      const saved = JSON.parse(JSON.stringify(record)) as typeof record;
      const { difference } = await replayEpisode(saved, task.context, { repls: pool, language });
      expect(difference).toBeNull();
    });

    it("reads what it writes in both dialects, and says what is wrong with other messages", () => {
      for (const dialect of language.dialects) {
        const written = language.writeCode(samples.state.keep, dialect, "call_1");
        const { blocks, invalid } = language.parse(written, dialect, false);
        expect(blocks.map(({ code }) => code)).toEqual([samples.state.keep]);
        expect(invalid).toBeNull();
        const empty = language.parse({ text: "", toolCalls: [], finishReason: "stop" }, dialect, false);
        expect(language.wording.remark(empty.invalid!, dialect)).toContain("empty");
      }
      const said = { text: "So I am sure.\nFINAL(forty two)", toolCalls: [], finishReason: "stop" as const };
      expect(language.parse(said, "repl", false).final).toMatchObject({ kind: "text", text: "forty two" });
    });
  });
}

/** What a block printed and its value, without the last newline. */
function printed({ block }: ExecResult): string {
  expect(block.exception).toBeNull();
  return `${block.stdout}${block.value ?? ""}`.replace(/\n$/, "");
}

function echo(call: HostCall): Promise<{ replies: string[] }> {
  return Promise.resolve({ replies: call.prompts.map((prompt) => `echo: ${prompt}`) });
}
