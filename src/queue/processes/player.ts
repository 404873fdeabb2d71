/** A process that plays episodes of a run for the coordinator that started it. */
import { playEpisode } from "../../episode/rollout.ts";
import type { Pace } from "../../models/pace.ts";
import type { ReplLanguage } from "../../languages/language.ts";
import type { ReplPool } from "../../repl/repl.ts";
import { readContext } from "../../runs/context-files.ts";
import type { JsonObject } from "../../types.ts";
import { ForeignRecordError, payloadOf } from "../job-payload.ts";
import { problemFinder } from "../job-problem.ts";
import type { PlannedRun } from "../matchup.ts";
import type { RolloutJob } from "../queue.ts";
import { episodeOf } from "../run-jobs.ts";
import { type FromProcess, type PaceName, told, type ToProcess } from "./messages.ts";

/** A run as a process has built it. */
export interface BuiltForPlay {
  readonly run: PlannedRun & { readonly config: JsonObject };
  /** The run's folder, which holds the contexts of tasks that were read from files. */
  readonly folder: string;
  readonly replsOf: (language: ReplLanguage) => ReplPool;
}

/** What a process builds its run with. */
export interface BuildWith {
  /** How many processes play the run. */
  readonly processes: number;
  /** The coordinator's pace of this name, for the models' governor. */
  readonly paceOf: (name: PaceName) => Pace;
}

/** Plays what the coordinator sends, until it closes the channel; then the process ends, with whatever is under way. */
export function playForCoordinator(
  build: (settings: unknown, built: BuildWith) => Promise<BuiltForPlay>,
): void {
  if (process.send === undefined) throw new Error("this program is started by the coordinator of a run");
  // A terminal sends Ctrl-C to all processes of the command; the coordinator says what is to end.
  process.on("SIGINT", () => {});
  process.once("disconnect", () => process.exit(0));
  const player = new Player();
  process.on("message", (message) => void player.hear(message as ToProcess, build));
}

class Player {
  #play: ((job: RolloutJob, signal: AbortSignal) => Promise<string>) | null = null;
  readonly #cuts = new Map<number, AbortController>();
  readonly #bookings = new Map<number, (waitMs: number) => void>();
  #booked = 0;

  async hear(
    message: ToProcess,
    build: (settings: unknown, built: BuildWith) => Promise<BuiltForPlay>,
  ): Promise<void> {
    switch (message.type) {
      case "begin":
        return await this.#begin(() =>
          build(message.settings, {
            processes: message.processes,
            paceOf: (name) => this.#paceOf(name),
          }),
        );
      case "play":
        return await this.#answer(message.play, message.job);
      case "cut":
        return this.#cuts.get(message.play)?.abort();
      case "booked":
        this.#bookings.get(message.booking)?.(message.waitMs);
        this.#bookings.delete(message.booking);
    }
  }

  async #begin(build: () => Promise<BuiltForPlay>): Promise<void> {
    try {
      const { run, folder, replsOf } = await build();
      const find = problemFinder(run, (summary) => readContext(folder, summary));
      this.#play = async (job, signal) => {
        const payload = payloadOf(job);
        const episode = episodeOf(run, { replsOf }, payload, await find(payload));
        if (episode.reset.rolloutId !== job.id)
          throw new ForeignRecordError(`job ${job.id}: here it is rollout ${episode.reset.rolloutId}`);
        return JSON.stringify(await playEpisode(episode, signal));
      };
      send({ type: "ready", config: run.config });
    } catch (error) {
      send({ type: "refused", error: told(error) });
    }
  }

  async #answer(play: number, job: RolloutJob): Promise<void> {
    const cut = new AbortController();
    this.#cuts.set(play, cut);
    try {
      send({ type: "played", play, record: await this.#play!(job, cut.signal) });
    } catch (error) {
      send({ type: "threw", play, error: told(error) });
    } finally {
      this.#cuts.delete(play);
    }
  }

  #paceOf(pace: PaceName): Pace {
    return {
      book: (amount) =>
        new Promise((resolve) => {
          const booking = (this.#booked += 1);
          this.#bookings.set(booking, resolve);
          send({ type: "book", booking, pace, amount });
        }),
      giveBack: (amount) => send({ type: "giveBack", pace, amount }),
    };
  }
}

function send(message: FromProcess): void {
  // Without a channel there is no coordinator left to tell.
  if (process.connected) process.send!(message);
}
