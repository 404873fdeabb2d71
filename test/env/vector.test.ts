/** Vectors of environments: the results of each autoreset mode, which must not depend on which environment is faster. */
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
  it("gives them consecutive seeds, and each its own task", async () => {
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

  it("begins a new episode in the next step by default, which ignores its action and earns 0", async () => {
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

  it("begins a new episode in the same step, and keeps the last observation of the ended one", async () => {
    const envs = await vector("same-step");
    await envs.reset();
    const { observations, infos, finals, terminations } = await envs.step([LOOK, GUESS, LOOK]);
    expect(terminations).toEqual([false, true, false]);
    expect(observations.map(({ turn }) => turn)).toEqual([1, 0, 1]);
    expect(finals[1]).toMatchObject({ observation: { turn: 1 }, trajectory: { answer: { text: "none" } } });
    expect(infos[1]!.taskId).not.toBe(finals[1]!.info.taskId);
    await envs.close();
  });

  it("waits for a reset with a mask if autoreset is disabled, and refuses a step before that", async () => {
    const envs = await vector("disabled");
    await envs.reset();
    await envs.step([LOOK, GUESS, LOOK]);
    await expect(envs.step([LOOK, LOOK, LOOK])).rejects.toThrow(/environment 1 has ended.*mask/);
    const { observations } = await envs.reset({ mask: [false, true, false] });
    expect(observations.map(({ turn }) => turn)).toEqual([1, 0, 1]);
    expect((await envs.step([LOOK, LOOK, LOOK])).observations.map(({ turn }) => turn)).toEqual([2, 1, 2]);
    await envs.close();
  });

  it("plays a group if all get the same seed, each with its own rollout id", async () => {
    const envs = await vector("disabled", { episode: (index, seed) => ({ rolloutId: `${seed}/${index}` }) });
    const { infos } = await envs.reset({ seed: [5, 5, 5] });
    expect(new Set(infos.map(({ taskId }) => taskId)).size).toBe(1);
    expect(infos.map(({ rolloutId }) => rolloutId)).toEqual(["5/0", "5/1", "5/2"]);
    await envs.close();
  });

  it("plays in another language of the REPL, in a pool of its own", async () => {
    const envs = await makeVector("s-niah", { numEnvs: 2, repl: "javascript", options: { length: "1k" } });
    await envs.reset();
    const said = { code: "console.log(typeof context, [1, 2].map((n) => n * 2).join())" };
    const { observations } = await envs.step([said, said]);
    await envs.close();
    expect(observations.map(({ text }) => text)).toEqual(
      Array(2).fill(expect.stringContaining("string 2,4\n")),
    );
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

  it("requires one action, seed and mask entry for each, and episodes to step", async () => {
    const envs = await vector("next-step");
    await expect(envs.step([LOOK, LOOK, LOOK])).rejects.toThrow(/call reset first/);
    await expect(envs.step([LOOK])).rejects.toThrow(/step: expected 3 entries.*got 1/);
    await expect(envs.reset({ seed: [1] })).rejects.toThrow(/seed: expected 3/);
    await expect(envs.reset({ mask: [true] })).rejects.toThrow(/mask: expected 3/);
    await expect(envs.reset({ mask: [true, false, true] })).rejects.toThrow(/environment 1 has no episode/);
    await envs.close();
  });
});
