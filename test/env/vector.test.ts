/** Many environments as one: what each mode of beginning anew shows, and that nothing depends on which one is faster. */
import { afterAll, describe, expect, it } from "vitest";
import { makeVector, type MakeVectorOptions } from "../../envs/make-vector.ts";
import type { AutoresetMode } from "../../src/env/vector.ts";
import { sharedPool } from "../shared-pool.ts";

const { pool } = sharedPool();
afterAll(() => pool.close());

const vector = (autoreset: AutoresetMode, more: Partial<MakeVectorOptions> = {}) =>
  makeVector("s-niah", { numEnvs: 3, autoreset, options: { length: "1k" }, repls: pool, ...more });

const LOOK = { code: "x = len(context)" };
const GUESS = { answer: "none" };

describe("a vector of environments", () => {
  it("gives them seeds that count on, and each its own task", async () => {
    const envs = await vector("next-step");
    const { observations, infos } = await envs.reset({ seed: 10 });
    expect(new Set(infos.map(({ taskId }) => taskId)).size).toBe(3);
    expect(observations.map(({ turn }) => turn)).toEqual([0, 0, 0]);
    await envs.step([GUESS, LOOK, GUESS]);
    expect([envs.envs[0]!.trajectory.seed, envs.envs[2]!.trajectory.seed]).toEqual([10, 12]);
    await envs.step([LOOK, GUESS, LOOK]);
    await envs.step([GUESS, LOOK, GUESS]);
    expect([envs.envs[0]!.trajectory.seed, envs.envs[2]!.trajectory.seed]).toEqual([13, 14]);
    await envs.close();
  });

  it("begins anew one step later by default, ignoring that step's action, for a reward of 0", async () => {
    const envs = await vector("next-step");
    await envs.reset();
    const ended = await envs.step([GUESS, LOOK, LOOK]);
    expect(ended.terminations).toEqual([true, false, false]);
    expect(ended.finals.map((final) => final?.trajectory.stopReason ?? null)).toEqual([
      "answered",
      null,
      null,
    ]);
    const next = await envs.step([GUESS, LOOK, LOOK]);
    expect(next.terminations).toEqual([false, false, false]);
    expect(next.rewards[0]).toBe(0);
    expect(next.observations.map(({ turn }) => turn)).toEqual([0, 2, 2]);
    await envs.close();
  });

  it("begins anew at once in the same step, and keeps what the ended episode last showed", async () => {
    const envs = await vector("same-step");
    await envs.reset();
    const { observations, infos, finals, terminations } = await envs.step([LOOK, GUESS, LOOK]);
    expect(terminations).toEqual([false, true, false]);
    expect(observations.map(({ turn }) => turn)).toEqual([1, 0, 1]);
    expect(finals[1]).toMatchObject({ observation: { turn: 1 }, trajectory: { answer: { text: "none" } } });
    expect(infos[1]!.taskId).not.toBe(finals[1]!.info.taskId);
    await envs.close();
  });

  it("leaves it to a reset with a mask where it is told to, and refuses a step before that", async () => {
    const envs = await vector("disabled");
    await envs.reset();
    await envs.step([LOOK, GUESS, LOOK]);
    await expect(envs.step([LOOK, LOOK, LOOK])).rejects.toThrow(/environment 1 has ended.*mask/);
    const { observations } = await envs.reset({ mask: [false, true, false] });
    expect(observations.map(({ turn }) => turn)).toEqual([1, 0, 1]);
    expect((await envs.step([LOOK, LOOK, LOOK])).observations.map(({ turn }) => turn)).toEqual([2, 1, 2]);
    await envs.close();
  });

  it("plays a group where the same seed is given to all, each under a name of its own", async () => {
    const envs = await vector("disabled", { episode: (index, seed) => ({ rolloutId: `${seed}/${index}` }) });
    const { infos } = await envs.reset({ seed: [5, 5, 5] });
    expect(new Set(infos.map(({ taskId }) => taskId)).size).toBe(1);
    expect(infos.map(({ rolloutId }) => rolloutId)).toEqual(["5/0", "5/1", "5/2"]);
    await envs.close();
  });

  it.each<readonly [string, Partial<MakeVectorOptions>, RegExp]>([
    ["no environment", { numEnvs: 0 }, /numEnvs.*got 0/],
    ["an unknown mode", { autoreset: "later" as AutoresetMode }, /"later".*next-step, same-step, disabled/],
    ["an unknown environment", {}, /unknown environment/],
  ])("names %s", async (title, options, message) => {
    const name = title.endsWith("environment") && title.startsWith("an") ? "s-nia" : "s-niah";
    await expect(makeVector(name as "s-niah", { numEnvs: 1, repls: pool, ...options })).rejects.toThrow(
      message,
    );
  });

  it("wants one action, seed and entry of a mask for each, and episodes to step", async () => {
    const envs = await vector("next-step");
    await expect(envs.step([LOOK, LOOK, LOOK])).rejects.toThrow(/call reset first/);
    await expect(envs.step([LOOK])).rejects.toThrow(/step: expected 3 entries.*got 1/);
    await expect(envs.reset({ seed: [1] })).rejects.toThrow(/seed: expected 3/);
    await expect(envs.reset({ mask: [true] })).rejects.toThrow(/mask: expected 3/);
    await expect(envs.reset({ mask: [true, false, true] })).rejects.toThrow(/environment 1 has no episode/);
    await envs.close();
  });
});
