/** What the compiler must refuse: each `@ts-expect-error` is an error itself where the line below it compiles. */
import { expect, it } from "vitest";
import { make } from "../../envs/make.ts";
import { makeVector } from "../../envs/make-vector.ts";
import { rollout } from "../../envs/rollout.ts";
import { strategiesOf } from "../../envs/strategies.ts";

it("refuses unknown names and options of environments when they are called, too", async () => {
  // @ts-expect-error a name that does not exist
  await expect(make("s-naih")).rejects.toThrow(/"s-naih".*s-niah/);
  // @ts-expect-error an option that s-niah does not have
  await expect(make("s-niah", { options: { lenght: "1k" } })).rejects.toThrow(/lenght.*length/);
  // @ts-expect-error a variant that does not exist
  await expect(make("s-niah", { options: { variant: "niah" } })).rejects.toThrow(/variant.*niah_single_1/);
  // @ts-expect-error the policy brings its own model
  await expect(make("s-niah", { model: null })).rejects.toThrow(/"model".*subModels/);
  // @ts-expect-error an option that make does not have
  await expect(make("s-niah", { limit: { maxTurns: 3 } })).rejects.toThrow(/"limit".*limits/);
  // @ts-expect-error an option that makeVector does not have
  await expect(makeVector("s-niah", { numEnvs: 1, wraps: [] })).rejects.toThrow(/"wraps".*wrap/);
  // @ts-expect-error a name that does not exist
  expect(() => rollout("s-naih", { policy: "grep" })).toThrow(/"s-naih".*s-niah/);
  // @ts-expect-error an option that oolong does not have
  await expect(rollout("oolong", { policy: "grep", options: { variant: "x" } })).rejects.toThrow(/variant/);
  // @ts-expect-error an option of make, where a function makes the environments
  expect(() => rollout(() => make("s-niah"), { policy: "grep", limits: {} })).toThrow(/"limits"/);
});

it("gives the strategies of an environment by name, ready to play", () => {
  const { grep, direct, "rlm:2": recursive } = strategiesOf("s-niah");
  expect([grep.name, direct.name, recursive.name]).toEqual(["grep", "direct", "rlm:2"]);
  // @ts-expect-error a strategy that s-niah does not have
  expect(strategiesOf("s-niah").greb).toBeUndefined();
});
