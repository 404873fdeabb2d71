/** What `rollout` returns: the records of many episodes, as a stream and as a promise of all. */
import { RunError, UsageError } from "../errors.ts";
import type { EpisodeFigures, SummaryRow } from "../report/summary.ts";
import type { RunCounts } from "../runs/manifest.ts";
import type { Trajectory } from "../trajectory.ts";

/** The outcome of a rollout that has ended. */
export interface RolloutSummary {
  /** The run's folder; null if none was written. */
  readonly folder: string | null;
  /** Episodes that were planned, that ended, that ended well, and that ended with an infrastructure fault. */
  readonly counts: RunCounts;
  /** One row for each policy and kind of tasks: accuracy, reward, tokens and dollars. */
  readonly rows: readonly SummaryRow[];
  /** The figures of each episode, in the order of the plan, including those from before a resume. */
  readonly figures: readonly EpisodeFigures[];
  /** The last infrastructure fault, such as a model server that was down; null if there was none. */
  readonly fault: string | null;
}

/** Plays everything, passes each record to `take`, and returns when `take` has had the last one. */
export type PlayAll = (
  take: (trajectory: Trajectory) => Promise<void>,
  left: AbortSignal,
) => Promise<RolloutSummary>;

/**
 * The trajectories of a rollout. `for await` gives each one as it ends, in the order in which they end; episodes wait
 * for a slow loop, and leaving the loop ends the rollout. `await` gives all of them, in the same order.
 * Nothing runs before one of the two begins, and only one of them can be used.
 */
export class Rollouts implements AsyncIterable<Trajectory>, PromiseLike<Trajectory[]> {
  readonly #play: PlayAll;
  readonly #ahead: number;
  #all: Promise<Trajectory[]> | null = null;
  #looped = false;
  #summary: RolloutSummary | null = null;

  /** @param ahead records that may wait for a loop before episodes have to wait */
  constructor(play: PlayAll, ahead: number) {
    this.#play = play;
    this.#ahead = ahead;
  }

  /** Throws `RunError` before the rollout has ended. */
  get summary(): RolloutSummary {
    if (this.#summary) return this.#summary;
    throw new RunError("summary: the rollout has not ended; await it, or loop over it to its end");
  }

  /** Like a promise's `then`; the summary is available once it has settled. */
  // oxlint-disable-next-line unicorn/no-thenable -- being awaited is what it is for
  then<Value = Trajectory[], Other = never>(
    onAll?: ((trajectories: Trajectory[]) => Value | PromiseLike<Value>) | null,
    onError?: ((reason: unknown) => Other | PromiseLike<Other>) | null,
  ): Promise<Value | Other> {
    this.#all ??= this.#collect();
    return this.#all.then(onAll, onError);
  }

  [Symbol.asyncIterator](): AsyncGenerator<Trajectory, void, void> {
    if (this.#looped || this.#all) throw taken();
    this.#looped = true;
    return this.#stream();
  }

  async #collect(): Promise<Trajectory[]> {
    if (this.#looped) throw taken();
    const all: Trajectory[] = [];
    const take = async (trajectory: Trajectory) => void all.push(trajectory);
    this.#summary = await this.#play(take, new AbortController().signal);
    return all;
  }

  async *#stream(): AsyncGenerator<Trajectory, void, void> {
    const waiting: Trajectory[] = [];
    const left = new AbortController();
    let [wakeLoop, wakePlay] = [() => {}, () => {}];
    let ended = false;
    const take = async (trajectory: Trajectory) => {
      waiting.push(trajectory);
      wakeLoop();
      while (waiting.length > this.#ahead && !left.signal.aborted)
        await new Promise<void>((resolve) => {
          const earlier = wakePlay;
          wakePlay = () => (earlier(), resolve());
        });
    };
    const playing = this.#play(take, left.signal).finally(() => {
      ended = true;
      wakeLoop();
    });
    // Its failure is thrown below, after the records that came before it.
    playing.catch(() => {});
    try {
      for (;;) {
        const next = waiting.shift();
        if (next) {
          const wake = wakePlay;
          wakePlay = () => {};
          wake();
          yield next;
        } else if (ended) break;
        else await new Promise<void>((resolve) => (wakeLoop = resolve));
      }
      this.#summary = await playing;
    } finally {
      if (!ended) {
        left.abort(new RunError("the loop over the rollout was left"));
        wakePlay();
        await playing.catch(() => {});
      }
    }
  }
}

function taken(): UsageError {
  return new UsageError("the trajectories of a rollout can be read only once: by one loop, or by await");
}
