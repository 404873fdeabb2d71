import { afterAll, describe, expect, it } from "vitest";
import { checkEnv } from "../../src/env/check.ts";
import { RLMEnv } from "../../src/env/env.ts";
import type { RLMEnvOptions } from "../../src/episode/contract.ts";
import { LANGUAGE_NAMES, languageNamed } from "../../src/languages/registry.ts";
import { PROMPT_STYLES } from "../../src/episode/prompt.ts";
import { replayEpisode } from "../../src/replay/replay.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import type { Context } from "../../src/types.ts";
import { datasetOf, problemOver } from "./one-problem.ts";

const pool = new PyodideReplPool({ size: 1 });
afterAll(() => pool.close());

function envOver(context: Context, options: Partial<RLMEnvOptions> = {}) {
  return new RLMEnv({
    name: "e",
    problems: datasetOf(problemOver(context)),
    reward: () => ({ total: 0, score: 0, terms: {} }),
    repls: pool,
    priceOf: (_, usage) => usage.promptTokens,
    observations: { form: "constant", maxChars: 200 },
    ...options,
  });
}

/** The opening, and what is observed after each block. */
async function observe(context: Context, codes: readonly string[], options: Partial<RLMEnvOptions> = {}) {
  const env = envOver(context, options);
  const { observation } = await env.reset({ seed: 0 });
  const seen = [observation.text];
  for (const code of codes) seen.push((await env.step({ code })).observation.text);
  const record = await env.abandon("max_turns");
  await env.close();
  return { seen, record };
}

describe("observations of constant shape", () => {
  it.each(LANGUAGE_NAMES.flatMap((name) => PROMPT_STYLES.map((style) => [name, style] as const)))(
    "open alike at any length, in %s in the style %s",
    async (name, promptStyle) => {
      const language = languageNamed(name, undefined, promptStyle);
      const contexts: readonly (readonly [Context, Context])[] = [
        ["a".repeat(10), "b".repeat(123_456)],
        [["a"], Array.from({ length: 1234 }, () => "b")],
        [{ a: "b" }, Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, "v"]))],
      ];
      for (const [short, long] of contexts) {
        const opening = (context: Context) => {
          const { chars, type, parts } = { chars: JSON.stringify(context).length, ...typed(context) };
          return language.wording.opening({
            question: "What?",
            context: { type, chars, ...(parts !== undefined && { parts }), sha256: "" },
            limits: { maxTurns: 16 } as RLMEnv["limits"],
            dialect: "repl",
            hidesLength: true,
          });
        };
        expect(opening(long)).toBe(opening(short));
        expect(opening(long)).not.toMatch(/\b1,?234\b|\b123,?456\b/);
      }
    },
  );

  it("open alike for a context that is too long to be a str", () => {
    const { wording } = languageNamed("python");
    const [short, long] = [1000, 2 ** 30].map((chars) =>
      wording.opening({
        question: "What?",
        context: { type: "str", chars, sha256: "" },
        limits: { maxTurns: 16 } as RLMEnv["limits"],
        dialect: "repl",
        hidesLength: true,
      }),
    );
    expect(long).toBe(short);
    expect(long).toContain("LazyText");
  });

  it("say the same however much was left out, and hold no more than was asked for", async () => {
    const codes = ["print('x' * 1_000)", "print('x' * 1_000_000)", "print('x' * 40)"];
    const { seen, record } = await observe("c", codes);
    expect(seen[1]!.replace("turn 1", "turn 2")).toBe(seen[2]);
    expect(seen[1]).toContain("\n[... cut ...]\n");
    expect(seen[1]).not.toMatch(/\d{3}/);
    expect(record.turns.map(({ results }) => results[0]!.stdout.length <= 250)).toEqual([true, true, true]);
    expect(seen[3]).toContain("x".repeat(40));
    expect(record.observations).toEqual({ form: "constant", maxChars: 200 });
    expect(record.turns[1]!.observation).toBe(seen[2]);
  });

  it("bound tracebacks, overwritten names and the blocks of one completion together", async () => {
    const names = ["llm_query", "rlm_query", "SHOW_VARS", "FINAL", "FINAL_VAR", "context", "llm_batch"];
    const env = envOver("c", { severalBlocks: true });
    await env.reset({ seed: 0 });
    const blocks = Array.from({ length: 40 }, () => "```repl\nprint('y' * 150)\n```").join("\n");
    const many = (await env.step(blocks)).observation.text;
    const overwriting = (await env.step({ code: names.map((name) => `${name} = 1`).join("\n") })).observation;
    const deep = "def f(n):\n    return f(n - 1) if n else 1 / 0\nraise ValueError('z' * 9_999)";
    const traced = (await env.step({ code: deep })).observation.text;
    await env.close();
    expect(many.length).toBeLessThan(450);
    expect(overwriting.text.match(/`\w+`/g)).toHaveLength(5);
    expect(traced.length).toBeLessThan(450);
    expect(traced).toContain("ValueError");
  });

  it("tell the budget as shares, in a line of one length", async () => {
    const calls = ["1", "print(1)", "x = 2"];
    const options = { budgetView: "line", limits: { maxTokens: 100_000 } } as const;
    const { seen, record } = await observe("c", calls, options);
    expect((await replayEpisode(record, "c", { repls: pool })).difference).toBeNull();
    const lines = seen.slice(1).map((text) => text.split("\n").at(-1)!);
    expect(lines[0]).toMatch(/^\(budget left: calls 100 %, tokens 100 %, .* of the tokens\)$/);
    expect(new Set(lines.map(({ length }) => length)).size).toBe(1);
  });

  it("replay byte for byte, and pass checkEnv", async () => {
    const { record } = await observe("c", ["print('x' * 1_000)", "1 / 0"]);
    const { difference } = await replayEpisode(record, "c", { repls: pool });
    expect(difference).toBeNull();
    const env = envOver("the context");
    await checkEnv(env, { seeds: [0] });
    await env.close();
  });

  it("name options that are wrong", () => {
    const wrong = (observations: unknown) =>
      envOver("c", { observations: observations as NonNullable<RLMEnvOptions["observations"]> });
    expect(() => wrong({ form: "round" })).toThrow('observations: form: expected "constant", got "round"');
    expect(() => wrong({ form: "constant", maxChars: 5 })).toThrow(
      "observations: maxChars: expected a whole number of at least 100, got 5",
    );
  });
});

function typed(context: Context): { readonly type: "str" | "list" | "dict"; readonly parts?: number } {
  if (typeof context === "string") return { type: "str" };
  if (Array.isArray(context)) return { type: "list", parts: context.length };
  return { type: "dict", parts: Object.keys(context as object).length };
}
