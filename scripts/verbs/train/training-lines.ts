/** Shows training progress: one line per second on stderr, about the latest update. */
import type { CurvePoint } from "../../../src/train/checkpoint.ts";
import { dollars, percent } from "../../output/columns.ts";

const EVERY_MS = 1000;

export interface TrainingLines {
  readonly onEpisode: () => void;
  readonly onUpdate: (point: CurvePoint) => void;
  readonly stop: () => void;
}

/** @param updates the total number of updates */
export function trainingLines(updates: number): TrainingLines {
  const started = performance.now();
  let episodes = 0;
  let last: CurvePoint | null = null;
  let shown = { at: started, episodes: 0 };
  const show = () => {
    const now = performance.now();
    const rate = (episodes - shown.episodes) / Math.max(1e-3, (now - shown.at) / 1000);
    shown = { at: now, episodes };
    const figures = last ? `update ${last.update}/${updates}  ${figuresOf(last)}` : "before the first update";
    process.stderr.write(`${figures}  ${rate.toFixed(1)} episodes/s\n`);
  };
  const timer = setInterval(show, EVERY_MS);
  timer.unref();
  return {
    onEpisode: () => {
      episodes += 1;
    },
    onUpdate: (point) => {
      last = point;
    },
    stop: () => {
      clearInterval(timer);
      if (episodes > shown.episodes) show();
    },
  };
}

function figuresOf({ reward, accuracy, costUsd, entropy, kl }: CurvePoint): string {
  const cost = costUsd === null ? "cost unknown" : `$${dollars(costUsd)}`;
  return `reward ${reward.toFixed(3)}  accuracy ${percent(accuracy)}  ${cost}  entropy ${entropy.toFixed(2)}  KL ${kl.toFixed(4)}`;
}
