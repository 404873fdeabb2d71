/** Wrappers: each changes one thing, and together they are still an environment that a rollout can play. */
import { afterAll, describe, expect, it } from "vitest";
import { environmentNamed, make } from "../../../envs/make.ts";
import { type MakeOptions } from "../../../src/env/assemble.ts";
import { rolloutEpisode } from "../../../src/episode/rollout.ts";
import type { Trajectory } from "../../../src/trajectory.ts";
import type { Context, Reference } from "../../../src/types.ts";
import { ObservationFilter } from "../../../src/env/wrappers/observation-filter.ts";
import { Recorder } from "../../../src/env/wrappers/recorder.ts";
import { Rewarded } from "../../../src/env/wrappers/rewarded.ts";
import { TimeLimit } from "../../../src/env/wrappers/time-limit.ts";
import { sharedPool } from "../../shared-pool.ts";

const { pool } = sharedPool();
afterAll(() => pool.close());

const envWith = (more: MakeOptions = {}) =>
  make("s-niah", { options: { length: "1k" }, repls: pool, ...more });
const LOOK = { code: "print(len(context))" };

function keeper() {
  const kept: { trajectory: Trajectory; context: Context; reference: Reference | null }[] = [];
  const append = async (trajectory: Trajectory, context: Context, reference: Reference | null) => {
    kept.push({ trajectory, context, reference });
    return true;
  };
  return { kept, append };
}

describe("a time limit", () => {
  it("counts turns down to it and truncates there, with a record and a reward", async () => {
    const env = new TimeLimit(await envWith(), 2);
    const { observation } = await env.reset({ seed: 1 });
    expect(observation.turnsLeft).toBe(2);
    expect(await env.step(LOOK)).toMatchObject({ truncated: false, observation: { turnsLeft: 1 } });
    const last = await env.step(LOOK);
    expect(last).toMatchObject({
      terminated: false,
      truncated: true,
      reward: 0,
      info: { stopReason: "max_turns" },
    });
    expect(env.trajectory.turns).toHaveLength(2);
    await expect(env.step(LOOK)).rejects.toThrow(/ended/);
  });

  it("does not truncate an answer in the last turn, and must be at least one turn", async () => {
    const env = new TimeLimit(await envWith(), 1);
    await env.reset({ seed: 1 });
    expect(await env.step({ answer: "?" })).toMatchObject({ terminated: true, truncated: false });
    expect(() => new TimeLimit(env, 0)).toThrow(/maxTurns.*got 0/);
  });
});

describe("a reward by a spec", () => {
  it("is returned by the last step and recorded, with the environment's score", async () => {
    const bare = await envWith();
    const env = new Rewarded(bare, { terms: { dear: { type: "linear_cost", weight: 0.5 } } });
    await env.reset({ seed: 1 });
    const gold = (await env.problem(1)).reference.answers[0]!;
    await env.step(LOOK);
    const { reward, info } = await env.step({ answer: gold });
    expect(info.reward).toMatchObject({ score: 1, terms: { dear: { raw: expect.any(Number) as number } } });
    expect([reward, env.trajectory.reward?.total]).toEqual([info.reward!.total, reward]);
    expect(bare.trajectory.reward!.terms.dear).toBeUndefined();
    expect(env.unwrapped).toBe(bare);
  });

  it("refuses potentials, which only the environment can give while turns are played", async () => {
    const env = await envWith();
    const steps = { custom: { type: "custom" as const, run: () => 0 } };
    expect(() => new Rewarded(env, { steps })).toThrow(/potentials.*make/);
    expect(() => new Rewarded(env, { steps: { near: { type: "progress" } } })).toThrow(/steps|potentials/);
  });
});

describe("a recorder", () => {
  it("keeps each ended episode once with its context and gold, including abandoned ones", async () => {
    const { kept, append } = keeper();
    const env = new Recorder(await envWith(), { append });
    await env.reset({ seed: 3 });
    await env.step({ answer: "?" });
    await env.reset({ seed: 4 });
    await env.reset({ seed: 5 });
    await env.step(LOOK);
    await env.abandon("max_seconds");
    await env.abandon("max_seconds");
    expect(kept.map(({ trajectory: { seed, stopReason } }) => [seed, stopReason])).toEqual([
      [3, "answered"],
      [5, "max_seconds"],
    ]);
    const { task, reference } = await env.problem(5);
    expect(kept[1]).toMatchObject({ context: task.context, reference });
  });
});

describe("wrappers around wrappers", () => {
  it("are played by a rollout, and the record shows what each of them did", async () => {
    const { kept, append } = keeper();
    const seen: number[] = [];
    const watched = new ObservationFilter(await envWith(), (observation) => {
      seen.push(observation.turn);
      return { ...observation, text: "hidden" };
    });
    const rewarded = new Rewarded(watched, { clip: [0, 0.25] });
    const env = new TimeLimit(new Recorder(rewarded, { append }), 8);
    const { strategies } = await environmentNamed("s-niah").open({ length: "1k" }, 0);
    const trajectory = await rolloutEpisode(env, { policy: strategies.grep!(), reset: { seed: 2 } });
    expect(trajectory.reward).toMatchObject({ score: 1, total: 0.25 });
    expect(kept.map((one) => one.trajectory)).toEqual([trajectory]);
    expect(seen[0]).toBe(0);
    await env.close();
  });
});
