/** Checks an environment as Gymnasium's checker does, and checks that no gold leaks. */
import { deepStrictEqual } from "node:assert";
import type { RLMEnv } from "./env.ts";
import type { StepResult } from "../episode/contract.ts";
import { EnvStateError } from "../errors.ts";
import { CheckFailed } from "./check-failed.ts";
import { type CheckedCall, checkWorld } from "./check-world.ts";
import { replSeedOf } from "../episode/repl-seed.ts";
import { summariseContext } from "../data/context.ts";
import type { Trajectory } from "../trajectory.ts";
import type { Action, Json, JsonObject, Reference } from "../types.ts";

/** The options of `checkEnv`. */
export interface CheckOptions {
  /** The seeds to try. Default: 0 and 1. */
  readonly seeds?: readonly number[];
  /** The actions of each episode; the last one must be an answer. Default: look at the context, raise, write nonsense, answer. */
  readonly actions?: readonly Action[];
  /** The bounds of the final reward. Default: 0 to 1. */
  readonly rewardBounds?: readonly [number, number];
  /** Calls of the world's tools to try, if there is a world. Default: each tool once, with made-up arguments. */
  readonly worldCalls?: readonly CheckedCall[];
}

const ACTIONS: readonly Action[] = [
  "```repl\nprint(type(context), len(context))\nimport random, uuid, time\nprint(random.random(), uuid.uuid4(), time.time(), hash('a'))\n```",
  "```repl\n1 / 0\n```",
  "neither code nor an answer",
  "FINAL(nothing in particular)",
];
const SENTINEL = "a-sentinel-in-the-place-of-gold";

/**
 * Plays episodes and throws `CheckFailed` at the first failure of these checks: the same seed gives the same episode, an ended
 * episode refuses a step, rewards are in bounds, another reference changes nothing that the policy sees, and a trajectory
 * survives a round trip through JSON. Of a world it checks what `checkWorld` does.
 */
export async function checkEnv(env: RLMEnv, options: CheckOptions = {}): Promise<void> {
  const { seeds = [0, 1], actions = ACTIONS, rewardBounds = [0, 1] } = options;
  for (const seed of seeds) {
    const first = await play(env, { seed }, actions);
    expectSame(
      first.seen,
      (await play(env, { seed }, actions)).seen,
      `seed ${seed}: the episode does not repeat`,
    );
    await expectRefusal(() => env.step("FINAL(again)"), `seed ${seed}: a step after the end was not refused`);
    expectReward(first.trajectory, rewardBounds);
    const roundTrip: unknown = JSON.parse(JSON.stringify(first.trajectory));
    expectSame(roundTrip, first.trajectory, `seed ${seed}: the trajectory does not survive a round trip`);
    const { task, reference: gold } = await env.problem(seed);
    if (env.world) {
      const facts = { seed, task, context: summariseContext(task.context) };
      await checkWorld(env.world, { task, reference: gold }, replSeedOf("task", facts), options.worldCalls);
    }
    const metadata = withSentinels(gold.metadata) as JsonObject;
    const reference: Reference = { taskId: task.id, answers: [SENTINEL], metadata };
    const blind = await play(env, { seed, task, reference }, actions);
    expectSame(blind.seen, first.seen, `seed ${seed}: another reference changes what the policy sees`);
  }
}

/** Replaces all texts of the gold, and keeps its shape for the scorer. */
function withSentinels(value: Json): Json {
  if (typeof value === "string") return SENTINEL;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withSentinels);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withSentinels(item)]));
}

type Seen = readonly unknown[];

async function play(
  env: RLMEnv,
  reset: Parameters<RLMEnv["reset"]>[0],
  actions: readonly Action[],
): Promise<{ seen: Seen; trajectory: Trajectory }> {
  const { observation } = await env.reset(reset);
  const seen: unknown[] = [observation];
  let result: StepResult | null = null;
  for (const action of actions) {
    result = await env.step(action);
    const { observation: next, terminated, truncated } = result;
    seen.push({ observation: next, terminated, truncated });
    if (terminated || truncated) return { seen, trajectory: env.trajectory };
  }
  throw new CheckFailed("the actions played do not end the episode; the last one must be an answer");
}

function expectReward({ reward, error }: Trajectory, [low, high]: readonly [number, number]): void {
  if (error !== null) throw new CheckFailed(`the episode ended in an infrastructure error: ${error.message}`);
  if (reward !== null && reward.total >= low && reward.total <= high) return;
  throw new CheckFailed(
    `the reward is ${reward?.total ?? "missing"}; expected a number from ${low} to ${high}`,
  );
}

function expectSame(actual: unknown, expected: unknown, message: string): void {
  try {
    deepStrictEqual(actual, expected);
  } catch (error) {
    throw new CheckFailed(message, { cause: error });
  }
}

async function expectRefusal(act: () => Promise<unknown>, message: string): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (error instanceof EnvStateError) return;
    throw error;
  }
  throw new CheckFailed(message);
}
