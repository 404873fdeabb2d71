/** What training prints and writes at its end: figures, a comparison with the best plans, the curve. */
import { join } from "node:path";
import { writeAtomically } from "../../../src/files/atomic-write.ts";
import type { Checkpoint } from "../../../src/train/checkpoint.ts";
import type { evaluate, Score, searchPlans } from "../../../src/train/evaluate.ts";
import { type HeldOutScore, learningCurve } from "../../../src/train/learning-curve.ts";
import type { Best } from "../../../src/train/plans.ts";
import { writeCurve } from "../../output/write-plot.ts";
import { columns, dollars, percent } from "../../output/columns.ts";
import { ownTime } from "../../output/own-time.ts";
import type { TrainSettings } from "./train-settings.ts";

type Evaluation = Awaited<ReturnType<typeof evaluate>>;

interface Ended {
  readonly folder: string;
  readonly backend: string;
  readonly flags: TrainSettings;
  readonly trained: Checkpoint;
  readonly initial: Evaluation;
  readonly final: Evaluation;
  readonly heldOut: Evaluation;
  readonly optimum: Awaited<ReturnType<typeof searchPlans>> | null;
  /** The rewards of fixed strategies on the held-out tasks, by name. */
  readonly strategies: Readonly<Record<string, Score>>;
}

/** Training only plays with simulated sub-models. */
export const SIMULATED_TRAINING =
  "All figures rest on simulated sub-models: their tokens, prices and mistakes are made up by a program.";

/** Warns if no plan finds anything worth its cost. */
export function warnOfNothing(plans: readonly Best[], lambda: number): void {
  for (const { kind, reward, nothing } of plans) {
    if (reward > nothing) continue;
    process.stderr.write(
      `rlm-gym: warning: with --lambda ${lambda}, no plan earns more than answering at once with nothing on ${kind}; a policy will learn to do nothing there\n`,
    );
  }
}

export async function reportTraining(ended: Ended): Promise<void> {
  const { folder, trained, flags } = ended;
  await writeCurve(folder, learningCurve(trained.curve, heldOutOf(ended)));
  const result = {
    policy: folder,
    backend: ended.backend,
    updates: trained.update,
    stoppedEarly: trained.update < flags.updates,
    initial: ended.initial.all,
    final: ended.final.all,
    heldOut: ended.heldOut.all,
    heldOutByTasks: ended.heldOut.byTasks,
    strategies: ended.strategies,
    optimum: ended.optimum && {
      reward: ended.optimum.reward,
      share: shareOf(ended.heldOut.all.reward, ended.optimum.reward),
      plans: ended.optimum.plans,
    },
    curve: trained.curve,
    wallClock: ownTime(),
  };
  await writeAtomically(join(folder, "result.json"), `${JSON.stringify(result, null, 2)}\n`);
  process.stdout.write(flags.json ? `${JSON.stringify(result)}\n` : table(ended));
}

function heldOutOf({ heldOut, strategies, optimum }: Ended): HeldOutScore[] {
  return [
    { policy: "trained", ...heldOut.all },
    ...Object.entries(strategies).map(([policy, score]) => ({ policy, ...score })),
    ...(optimum ? [{ policy: "best plans", reward: optimum.reward, accuracy: null }] : []),
  ];
}

/** Null if the best earns nothing, because then there is no share of it. */
export function shareOf(reward: number, best: number): number | null {
  return best > 0 ? reward / best : null;
}

function table({ folder, initial, final, heldOut, optimum, strategies }: Ended): string {
  const rows = [
    ["evaluated on", "policy", "reward", "accuracy", "$"],
    row("training tasks", "untrained", initial.all),
    row("training tasks", "trained", final.all),
    row("held-out tasks", "trained", heldOut.all),
    ...Object.entries(strategies).map(([name, score]) => row("held-out tasks", name, score)),
    ...Object.entries(heldOut.byTasks).map(([tasks, score]) => row(`held out: ${tasks}`, "trained", score)),
  ];
  const share = optimum && shareOf(heldOut.all.reward, optimum.reward);
  const reached = share === null ? "" : `; the policy reaches ${percent(share)} of it`;
  const best = optimum
    ? `The best plans of the grid earn ${optimum.reward.toFixed(3)} on the held-out tasks${reached}.\n`
    : "";
  return `${columns(rows, new Set([0, 1]))}\n\n${SIMULATED_TRAINING}\n${best}policy, curve and episodes: ${folder}\n`;
}

function row(tasks: string, policy: string, { reward, accuracy, costUsd }: Score): string[] {
  return [
    tasks,
    policy,
    reward.toFixed(3),
    percent(accuracy),
    costUsd === null ? "unknown" : dollars(costUsd),
  ];
}
