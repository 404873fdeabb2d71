/** What the training of a token policy prints and writes at its end. */
import { join } from "node:path";
import { writeCurve } from "../../output/write-plot.ts";
import type { PairedDifference } from "../../../src/report/bootstrap.ts";
import { writeAtomically } from "../../../src/files/atomic-write.ts";
import { learningCurve } from "../../../src/train/learning-curve.ts";
import type { TokenCheckpoint } from "../../../src/train/token/checkpoint.ts";
import type { TokenScore } from "../../../src/train/token/play.ts";
import { columns, dollars, percent } from "../../output/columns.ts";
import { ownTime } from "../../output/own-time.ts";
import type { TrainSettings } from "./train-settings.ts";
import { SIMULATED_TRAINING, shareOf } from "./training-report.ts";

interface Ended {
  readonly flags: TrainSettings;
  readonly backend: string;
  readonly trained: TokenCheckpoint;
  readonly initial: TokenScore;
  /** On held-out tasks, after the warm start; for offline training, untaught. */
  readonly before: TokenScore;
  readonly final: TokenScore;
  readonly heldOut: TokenScore;
  /** How much more it earns on held-out tasks than before, paired by task. */
  readonly gain: PairedDifference | null;
  readonly optimum: number | null;
}

export async function reportTokens(ended: Ended): Promise<void> {
  const { flags, backend, trained, initial, before, final, heldOut, gain, optimum } = ended;
  if (trained.curve.length > 0) {
    const named = flags.offline === undefined ? "after the warm start" : "untrained";
    const best = optimum === null ? [] : [{ policy: "best demonstration", reward: optimum, accuracy: null }];
    const scores = [{ policy: named, ...before }, { policy: "trained", ...heldOut }, ...best];
    await writeCurve(flags.out, learningCurve(trained.curve, scores));
  }
  const result = {
    policy: flags.out,
    kind: "a byte-level transformer that writes Python",
    parameters: trained.parameters.length,
    backend,
    updates: trained.update,
    initial: short(initial),
    ...(flags.offline === undefined && { warmStart: short(before) }),
    final: short(final),
    heldOut: short(heldOut),
    gain,
    optimum: optimum === null ? null : { reward: optimum, share: shareOf(heldOut.reward, optimum) },
    curve: trained.curve,
    wallClock: ownTime(),
  };
  await writeAtomically(join(flags.out, "result.json"), `${JSON.stringify(result, null, 2)}\n`);
  process.stdout.write(flags.json ? `${JSON.stringify(result)}\n` : table(ended));
}

function short({ reward, accuracy, costUsd, runs }: TokenScore): Omit<TokenScore, "byTask"> {
  return { reward, accuracy, costUsd, runs };
}

function table({ flags, initial, before, final, heldOut, gain }: Ended): string {
  const rows = [
    ["evaluated on", "policy", "reward", "accuracy", "$", "programs that run"],
    row("training tasks", "untrained", initial),
    row("held-out tasks", flags.offline === undefined ? "after the warm start" : "untrained", before),
    row("training tasks", "trained", final),
    row("held-out tasks", "trained", heldOut),
  ];
  const more = gain
    ? `It gained ${gain.mean.toFixed(3)} on ${gain.pairs} held-out tasks (95 %: ${gain.interval.map((end) => end.toFixed(3)).join(" to ")}).\n`
    : "";
  return `${columns(rows, new Set([0, 1]))}\n\n${SIMULATED_TRAINING}\n${more}policy, curve and episodes: ${flags.out}\n`;
}

function row(tasks: string, policy: string, score: TokenScore): string[] {
  const { reward, accuracy, costUsd, runs } = score;
  const cost = costUsd === null ? "unknown" : dollars(costUsd);
  return [tasks, policy, reward.toFixed(3), percent(accuracy), cost, percent(runs)];
}
