/** Learns from saved episodes, without playing: behaviour cloning, and advantage-weighted regression. */
import { TrainingError } from "../errors.ts";
import { Random } from "../random.ts";
import { type Checkpoint, type CurvePoint, writeCheckpoint } from "./checkpoint.ts";
import { stoppedAfter } from "./checkpoint-file.ts";
import type { OfflineAlgorithm } from "./choices.ts";
import { letOthersRun } from "./let-others-run.ts";
import { Learner, type LearnerOptions } from "./learner.ts";
import type { Sample } from "./loss.ts";
import { judge } from "./network.ts";
import type { SavedDecision } from "./saved-decisions.ts";

/** The saved decisions to learn from, and the algorithm. */
export interface OfflineOptions {
  readonly algorithm: OfflineAlgorithm;
  readonly decisions: readonly SavedDecision[];
  readonly updates: number;
  readonly learner: Pick<LearnerOptions, "learningRate" | "maxNorm">;
  readonly seed: number;
  readonly folder: string;
  readonly signal?: AbortSignal;
  readonly onUpdate?: (point: CurvePoint) => void;
}

/** Decisions per step. */
const BATCH = 256;
/** Updates after which the checkpoint is written. */
const KEEP_EVERY = 20;
/** β of exp(advantage / β) (Peng et al. 2019, advantage-weighted regression), and the greatest weight of a decision. */
const TEMPERATURE = 0.1;
const MOST_WEIGHT = 20;

/**
 * Behaviour cloning makes each move as likely as in the data; regression weighs each by exp(advantage / β), the advantage
 * against the value that is learned beside it. Draws come from the seed and the number of the update. Throws `TrainingError`
 * for a loss that is not a number, with the last good checkpoint in the folder.
 */
export async function trainOffline(start: Checkpoint, options: OfflineOptions): Promise<Checkpoint> {
  const { algorithm, decisions, updates, seed, folder, signal, onUpdate } = options;
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
      if (update % KEEP_EVERY === 0) await writeCheckpoint(folder, checkpoint);
      onUpdate?.(point);
      await letOthersRun(signal);
    }
    await writeCheckpoint(folder, checkpoint);
    return checkpoint;
  } catch (error) {
    if (error instanceof TrainingError || signal?.aborted) await writeCheckpoint(folder, checkpoint);
    throw stoppedAfter(error, checkpoint.update, folder);
  } finally {
    learner.dispose();
  }
}
