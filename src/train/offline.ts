/** Learning from saved episodes alone: behaviour cloning, and regression weighted by advantage. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { DataError, TrainingError } from "../errors.ts";
import { Random } from "../random.ts";
import { readJsonLines } from "../runs/json-lines.ts";
import { readTrajectories } from "../runs/read-run.ts";
import type { Trajectory } from "../trajectory.ts";
import type { Decision } from "../types.ts";
import { type Checkpoint, type CurvePoint, writeCheckpoint } from "./checkpoint.ts";
import type { OfflineAlgorithm } from "./choices.ts";
import { FEATURES } from "./features.ts";
import { Learner, type LearnerOptions } from "./learner.ts";
import type { Sample } from "./loss.ts";
import { HEADS, KINDS } from "./moves.ts";
import { judge } from "./network.ts";

/** A decision of a saved episode, with what the episode earned and scored. */
export interface SavedDecision {
  readonly decision: Decision;
  readonly reward: number;
  readonly score: number;
}

export interface OfflineOptions {
  readonly algorithm: OfflineAlgorithm;
  readonly decisions: readonly SavedDecision[];
  readonly updates: number;
  readonly learner: Pick<LearnerOptions, "learningRate" | "maxNorm">;
  readonly seed: number;
  readonly folder: string;
  readonly onUpdate?: (point: CurvePoint) => void;
}

/** Decisions in a step. */
const BATCH = 256;
/** β of exp(advantage / β) (Peng et al. 2019, advantage-weighted regression), and the most that a decision may weigh. */
const TEMPERATURE = 0.1;
const MOST_WEIGHT = 20;

const choices = z.tuple(
  HEADS.map(({ size }) =>
    z
      .number()
      .int()
      .min(0)
      .max(size - 1),
  ) as never,
);
const decision = z.object({
  features: z.array(z.number()).length(FEATURES.length),
  legal: z.array(z.boolean()).length(KINDS.length),
  choices,
});

/**
 * The decisions in a run's folder or a file of native records (`export --format jsonl`). Throws `DataError` that names the line for a
 * decision of another shape, and one that counts what was left out where nothing is usable.
 */
export async function readDecisions(path: string): Promise<SavedDecision[]> {
  const decisions: SavedDecision[] = [];
  const leftOut = {
    "without a reward": 0,
    "of a policy that was told the gold": 0,
    "without macro moves": 0,
  };
  for await (const { record, where } of recordsOf(path)) {
    const { reward, readsGold, calls } = record;
    const own = (calls ?? []).flatMap((call) => (call.decision ? [call.decision] : []));
    if (!reward) leftOut["without a reward"] += 1;
    else if (readsGold) leftOut["of a policy that was told the gold"] += 1;
    else if (own.length === 0) leftOut["without macro moves"] += 1;
    else
      for (const one of own)
        decisions.push({ decision: expectShape(one, where), reward: reward.total, score: reward.score });
  }
  if (decisions.length > 0) return decisions;
  const reasons = Object.entries(leftOut).flatMap(([reason, count]) =>
    count > 0 ? [`${count} ${reason}`] : [],
  );
  throw new DataError(
    `${path}: no episode to learn from${reasons.length > 0 ? `: ${reasons.join(", ")}` : ""}; expected episodes of macro moves, such as those of rlm-gym train`,
  );
}

async function* recordsOf(path: string): AsyncGenerator<{ record: Partial<Trajectory>; where: string }> {
  if (existsSync(path) && statSync(path).isDirectory()) {
    const file = join(path, "trajectories.jsonl");
    if (!existsSync(file)) throw new DataError(`${path}: no run's folder: there is no trajectories.jsonl`);
    let line = 0;
    for await (const record of readTrajectories(path)) yield { record, where: `${file}:${(line += 1)}` };
    return;
  }
  for await (const { value, where } of readJsonLines(path, "refuse"))
    yield { record: value as Partial<Trajectory>, where };
}

function expectShape(found: Decision, where: string): Decision {
  const parsed = decision.safeParse(found);
  if (parsed.success) return found;
  const [issue] = parsed.error.issues;
  throw new DataError(
    `${where}: field decision.${issue?.path.join(".")}: ${issue?.message}; its network had other features or moves than this version of rlm-gym`,
  );
}

/**
 * Behaviour cloning makes each move as likely as in the data; regression weighs each by exp(advantage / β), the advantage
 * against the value that is learned beside it. Draws come from the seed and the number of the update. Throws `TrainingError`
 * for a loss that is no number, with the last good checkpoint in the folder.
 */
export async function trainOffline(start: Checkpoint, options: OfflineOptions): Promise<Checkpoint> {
  const { algorithm, decisions, updates, seed, folder, onUpdate } = options;
  const learner = new Learner(
    start.weights,
    { algorithm: "reinforce", entropyBonus: 0, clip: 0.2, valueWeight: 0.5, epochs: 1, ...options.learner },
    start.adam,
  );
  let checkpoint = start;
  try {
    for (let update = start.update + 1; update <= updates; update += 1) {
      const random = Random.of(seed, "train", "offline", update);
      const drawn = Array.from({ length: BATCH }, () => decisions[random.below(decisions.length)]!);
      const { weights } = learner;
      const samples = drawn.map((saved): Sample => {
        const { logProbability, value } = judge(weights, saved.decision);
        const advantage =
          algorithm === "bc" ? 1 : Math.min(MOST_WEIGHT, Math.exp((saved.reward - value) / TEMPERATURE));
        return { decision: { ...saved.decision, logProbability, value }, earned: saved.reward, advantage };
      });
      const figures = learner.step(samples);
      const mean = (read: (saved: SavedDecision) => number) =>
        drawn.reduce((sum, saved) => sum + read(saved), 0) / drawn.length;
      const point: CurvePoint = {
        update,
        reward: mean(({ reward }) => reward),
        accuracy: mean(({ score }) => score),
        costUsd: null,
        ...figures,
        episodes: 0,
        groupsWithoutSignal: 0,
      };
      checkpoint = {
        ...checkpoint,
        update,
        weights: learner.weights,
        adam: learner.adam,
        curve: [...checkpoint.curve, point],
      };
      onUpdate?.(point);
    }
    await writeCheckpoint(folder, checkpoint);
    return checkpoint;
  } catch (error) {
    if (!(error instanceof TrainingError)) throw error;
    await writeCheckpoint(folder, checkpoint);
    throw new TrainingError(
      `update ${checkpoint.update + 1}: ${error.message}; the checkpoint of update ${checkpoint.update} is kept in ${folder}`,
      { cause: error },
    );
  } finally {
    learner.dispose();
  }
}
