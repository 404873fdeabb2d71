/** What every training needs: interpreters, tasks, folders for episodes and evaluations, and a way to interrupt it. */
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { Environment } from "../../../src/env/define.ts";
import { defaultPrices } from "../../../src/cost/pricing.ts";
import { RunWriter } from "../../../src/runs/run-writer.ts";
import { type Keeper, type PlayOptions, ProblemCache } from "../../../src/train/arena.ts";
import { openBackend } from "../../../src/train/backend.ts";
import type { BackendName } from "../../../src/train/choices.ts";
import type { JsonObject } from "../../../src/types.ts";
import type { MakeOptions } from "../../../src/env/assemble.ts";
import { onInterrupt } from "../../interrupt.ts";
import { replPoolFrom } from "../../flags/repl-pool.ts";
import { simulatedSpec } from "../../flags/simulated-spec.ts";
import type { TrainSettings } from "./train-settings.ts";
import { type TrainMatchups, trainMatchups } from "./train-matchups.ts";
import { type TrainingLines, trainingLines } from "./training-lines.ts";
import { version } from "../../../src/version.ts";
import { wholeNumber } from "../../flags/values.ts";

export interface TrainingSession {
  readonly matchups: TrainMatchups;
  readonly config: JsonObject;
  readonly backend: string;
  readonly lines: TrainingLines;
  /** How training episodes are played and kept. */
  readonly playing: PlayOptions & { readonly problems: ProblemCache; readonly seed: number };
  /** Keeps evaluations apart from the episodes, so that nobody who learns from those learns from held-out tasks. */
  readonly evaluator: Keeper;
}

export interface SessionSetup {
  readonly make: Pick<MakeOptions, "limits" | "reward">;
  /** Gives the configuration to start from or to resume; called before anything is written to the folder of episodes. */
  readonly begin: (matchups: TrainMatchups, backend: BackendName) => Promise<JsonObject>;
  readonly episodes: (matchups: TrainMatchups) => number;
  /** Episodes of the evaluations, before and after. */
  readonly evaluations: (matchups: TrainMatchups) => number;
}

/** Opens everything, runs the training, and always closes everything. */
export async function withTraining(
  environments: readonly Environment[],
  flags: TrainSettings,
  { make, begin, episodes, evaluations }: SessionSetup,
  body: (session: TrainingSession) => Promise<void>,
): Promise<void> {
  const { out: folder, seed } = flags;
  const prices = { ...defaultPrices(), ...simulatedSpec(flags["sub-model"] ?? "")?.prices };
  const concurrency = wholeNumber(flags.concurrency ?? availableParallelism(), "--concurrency", 1);
  const { repl } = flags;
  const repls = await replPoolFrom(
    { repl, isolation: "thread" },
    Math.min(concurrency, availableParallelism()),
  );
  const interrupt = onInterrupt();
  const writers: RunWriter[] = [];
  let status: "finished" | "interrupted" | "failed" = "failed";
  const lines = trainingLines(flags.updates);
  try {
    const matchups = await trainMatchups(environments, flags, { ...make, prices, repl, repls });
    const { name: backend } = await openBackend((line) => process.stderr.write(`${line}\n`), flags.backend);
    const config = await begin(matchups, backend);
    const open = async (name: string, planned: number) => {
      const plan = { version, seed, config, planned };
      const path = join(folder, name);
      // A training that was killed at once has a checkpoint but no episodes yet.
      const writer = await (flags.resume && existsSync(path)
        ? RunWriter.resume(path, plan)
        : RunWriter.create(path, plan));
      writers.push(writer);
      return keeperOf(writer);
    };
    const keeper = await open("episodes", episodes(matchups));
    const evaluator = await open("evaluations", evaluations(matchups));
    const playing = {
      concurrency,
      keeper,
      signal: interrupt.signal,
      onEpisode: lines.onEpisode,
      problems: new ProblemCache(),
      seed,
    };
    await body({ matchups, config, backend, lines, playing, evaluator });
    status = "finished";
  } catch (error) {
    if (interrupt.signal.aborted) status = "interrupted";
    throw error;
  } finally {
    lines.stop();
    interrupt.done();
    await repls.close();
    for (const writer of writers) await writer.close(status);
  }
}

function keeperOf(writer: RunWriter): Keeper {
  return { append: async (...record) => void (await writer.append(...record)) };
}
