/** A process that plays episodes of a run for the coordinator that started it. */
import { playEpisode } from "../../episode/rollout.ts";
import type { Pace } from "../../models/pace.ts";
import type { ReplLanguage } from "../../languages/language.ts";
import type { ReplPool } from "../../repl/repl.ts";
import { canaryOf } from "../../data/encryption.ts";
import { readContext, writeContext } from "../../runs/context-files.ts";
import { writing } from "../../runs/folder-errors.ts";
import type { JsonObject, Task } from "../../types.ts";
import { ForeignRecordError, payloadOf, type RolloutPayload } from "../job-payload.ts";
import { problemFinder } from "../job-problem.ts";
import type { PlannedRun } from "../matchup.ts";
import type { RolloutJob } from "../queue.ts";
import { episodeOf } from "../run-jobs.ts";
import { type FromProcess, type PaceName, told, type ToProcess } from "./messages.ts";

/** A run as a process has built it. */
export interface BuiltForPlay {
  readonly run: PlannedRun & { readonly config: JsonObject };
  /** The run's folder. It holds the contexts of tasks that were read from files, and takes those of the others. */
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
        return await this.#begin(message.plain, () =>
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

  async #begin(plain: boolean, build: () => Promise<BuiltForPlay>): Promise<void> {
    try {
      const { run, folder, replsOf } = await build();
      const keep = contextKeeper(folder, plain);
      const find = problemFinder(run, (summary) => readContext(folder, summary));
      this.#play = async (job, signal) => {
        const payload = payloadOf(job);
        const problem = await find(payload);
        const episode = episodeOf(run, { replsOf }, payload, problem);
        if (episode.reset.rolloutId !== job.id)
          throw new ForeignRecordError(`job ${job.id}: here it is rollout ${episode.reset.rolloutId}`);
        const [record] = await Promise.all([playEpisode(episode, signal), keep(problem.task, payload)]);
        return JSON.stringify(record);
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

/**
 * Writes the context of each task that this process makes to the run's folder, so that the coordinator need not: of all that a run
 * writes, contexts are most. What returns is on disk, as a record's context has to be before the record.
 */
function contextKeeper(folder: string, plain: boolean) {
  const once = new Map<string, Promise<void>>();
  return (task: Task, { context, problem }: RolloutPayload): Promise<void> => {
    // The coordinator has written the contexts of tasks from files: this process has read it from there.
    if (context === undefined || problem !== undefined) return Promise.resolve();
    const { sha256 } = context;
    const canary = plain ? null : canaryOf(task);
    const written =
      once.get(sha256) ?? writing(folder, () => writeContext(folder, sha256, task.context, canary));
    once.set(sha256, written);
    return written;
  };
}

function send(message: FromProcess): void {
  // Without a channel there is no coordinator left to tell.
  if (process.connected) process.send!(message);
}
