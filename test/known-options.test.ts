/** A misspelled option is refused by whatever takes options, also where types do not see it. */
import { describe, expect, it } from "vitest";
import { joinRollout } from "../envs/rollout.ts";
import { make } from "../envs/make.ts";
import { makeVector } from "../envs/make-vector.ts";
import { completion } from "../src/completion.ts";
import { assemble } from "../src/env/assemble.ts";
import type { Benchmark } from "../src/env/define.ts";
import { UsageError } from "../src/errors.ts";
import { scriptedModel } from "../src/models/scripted.ts";
import { PyodideReplPool } from "../src/repl/pyodide/pool.ts";

const benchmark: Benchmark = {
  problems: { name: "d", size: 0, async *[Symbol.asyncIterator]() {} },
  score: () => 1,
  strategies: {},
  readers: [],
  label: "d",
};
const redis = { url: "redis://127.0.0.1:1" };
const misspelled: object = { maxDpth: 2 };

describe("a misspelled option", () => {
  it.each<[string, () => unknown]>([
    ["make", () => make("s-niah", misspelled)],
    ["makeVector", () => makeVector("s-niah", { numEnvs: 1, ...misspelled })],
    ["assemble", () => assemble("e", benchmark, misspelled)],
    ["completion", () => completion({ prompt: "?", model: scriptedModel(["FINAL(1)"]), ...misspelled })],
    ["joinRollout", () => joinRollout("s-niah", { policy: "grep", redis, ...misspelled })],
    ["PyodideReplPool", () => new PyodideReplPool(misspelled)],
  ])("of %s is refused with the known ones", async (name, call) => {
    const error: unknown = await Promise.resolve()
      .then(call)
      .catch((refused: unknown) => refused);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as Error).message).toMatch(new RegExp(`^${name}: unknown option "maxDpth"; expected `));
  });
});
