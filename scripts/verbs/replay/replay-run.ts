/** Replays a run's records, several at a time, and reports in the order of the file. */
import { availableParallelism } from "node:os";
import PQueue from "p-queue";
import { DataError, RecordingError, UsageError, WorldError } from "../../../src/errors.ts";
import { LanguagePools } from "../../../src/languages/language-pools.ts";
import { isKeptQuestion } from "../../../src/env/kept-questions.ts";
import type { World } from "../../../src/episode/world/world.ts";
import type { Manifest } from "../../../src/runs/manifest.ts";
import { readManifest, readTrajectories } from "../../../src/runs/read-run.ts";
import { countRecords } from "../../../src/runs/count-records.ts";
import { readContext } from "../../../src/runs/context-files.ts";
import { openWords } from "../../../src/data/encryption.ts";
import type { Difference } from "../../../src/replay/difference.ts";
import { replayedLanguage, replayEpisode } from "../../../src/replay/replay.ts";
import type { Trajectory } from "../../../src/trajectory.ts";
import { showProgress } from "../../output/progress.ts";
import { opener } from "./continue-run.ts";

interface Plan {
  readonly run: string;
  readonly verify: boolean;
  readonly rollout: string | undefined;
  readonly concurrency: number;
  readonly json: boolean;
  /** The file of an environment of one's own. */
  readonly env?: string | undefined;
  readonly signal: AbortSignal;
}

type Outcome = "same" | "different" | "not run again";

interface Row {
  readonly rolloutId: string;
  readonly outcome: Outcome;
  readonly difference: Difference | null;
  /** Why it was not replayed, or what its recording lacks. */
  readonly note: string | null;
}

/** With `verify`, throws `RecordingError` for the first difference. */
export async function replayRun(plan: Plan): Promise<void> {
  const manifest = await readManifest(plan.run);
  const { counts, status } = manifest;
  const worldOf = worlds(manifest, plan.env);
  const pools = new LanguagePools({ size: Math.min(plan.concurrency, availableParallelism()) });
  const queue = new PQueue({ concurrency: plan.concurrency });
  const progress = showProgress(plan.rollout === undefined ? await countRecords(plan.run) : 1);
  const rows: Row[] = [];
  let [read, firstBad] = [0, Infinity];
  let failure: unknown = null;
  const play = async (record: Trajectory, index: number) => {
    if (failure !== null || (plan.verify && index > firstBad)) return;
    try {
      rows[index] = await replayed(plan, record, { pools, world: await worldOf(record) });
      if (rows[index].outcome === "different") firstBad = Math.min(firstBad, index);
      progress.advance(`${rows[index].outcome}: ${record.rolloutId}`);
    } catch (error) {
      failure ??= error;
    }
  };
  try {
    for await (const record of readTrajectories(plan.run)) {
      const index = read;
      read += 1;
      if (plan.rollout !== undefined && record.rolloutId !== plan.rollout) continue;
      await queue.onSizeLessThan(1);
      if (failure !== null || plan.signal.aborted || (plan.verify && firstBad < Infinity)) break;
      void queue.add(() => play(record, index));
    }
  } finally {
    await queue.onIdle();
    progress.stop();
    await pools.close();
  }
  plan.signal.throwIfAborted();
  if (failure !== null) throw failure as Error;
  const ended = rows.filter((row) => row !== undefined);
  if (ended.length === 0 && plan.rollout !== undefined)
    throw new UsageError(`--rollout ${plan.rollout}: ${plan.run} holds no such episode`);
  report(plan, ended);
  const [first] = ended.filter(({ outcome }) => outcome === "different");
  if (plan.verify && first) throw new RecordingError(lineOf(first));
  if (status === "finished" && read < counts.ended && firstBad === Infinity)
    throw new DataError(
      `${plan.run}: the manifest counts ${counts.ended} ended episodes, and ${read} can be read`,
    );
}

/** The world of a record's environment. One that cannot be opened is named on stderr, and its recorded states stand for it. */
function worlds(manifest: Manifest, file: string | undefined) {
  const open = opener(manifest, file);
  const missing = new Set<string>();
  return async ({ world, environment }: Trajectory): Promise<World | undefined> => {
    if (!world) return undefined;
    try {
      return (await open(environment)).world;
    } catch (error) {
      if (!(error instanceof UsageError || error instanceof DataError)) throw error;
      if (!missing.has(environment))
        process.stderr.write(`rlm-gym: the world of ${environment} does not run again: ${error.message}\n`);
      missing.add(environment);
      return undefined;
    }
  };
}

interface ReplayParts {
  readonly pools: LanguagePools;
  readonly world: World | undefined;
}

async function replayed(plan: Plan, record: Trajectory, { pools, world }: ReplayParts): Promise<Row> {
  const { rolloutId } = record;
  if (isKeptQuestion(record)) {
    const note =
      "it was asked in a REPL that was kept; replaySession of the library replays it with those before it";
    return { rolloutId, outcome: "not run again", difference: null, note };
  }
  try {
    const context = await readContext(plan.run, record.task.context);
    const repls = pools.of(replayedLanguage(record));
    const { difference } = await replayEpisode(record, context, { repls, world, signal: plan.signal });
    if (difference === null) return { rolloutId, outcome: "same", difference, note: null };
    if (record.error?.kind === "repl" && difference.recorded !== null)
      return { rolloutId, outcome: "not run again", difference: null, note: "its interpreter had failed" };
    const words = (side: string | null) => side && openWords(record.task, side);
    const [recorded, again] = [words(difference.recorded), words(difference.again)];
    return { rolloutId, outcome: "different", difference: { ...difference, recorded, again }, note: null };
  } catch (error) {
    if (!(error instanceof RecordingError || error instanceof DataError || error instanceof WorldError))
      throw error;
    const note = openWords(record.task, error.message);
    return { rolloutId, outcome: "different", difference: null, note };
  }
}

function report({ run, json }: Plan, rows: readonly Row[]): void {
  const count = (outcome: Outcome) => rows.filter((row) => row.outcome === outcome).length;
  const [same, different, notRun] = [count("same"), count("different"), count("not run again")];
  if (json) {
    const found = rows.filter(({ outcome }) => outcome !== "same");
    process.stdout.write(
      `${JSON.stringify({ run, episodes: rows.length, same, different, notRun, found })}\n`,
    );
    return;
  }
  for (const row of rows) if (row.outcome !== "same") process.stdout.write(`${lineOf(row)}\n`);
  process.stdout.write(
    `${rows.length} episodes: ${same} the same, ${different} different, ${notRun} not run again\n`,
  );
}

function lineOf({ rolloutId, outcome, difference, note }: Row): string {
  if (difference === null) return `rollout ${rolloutId}: ${outcome}: ${note ?? ""}`;
  const { turn, label, offset, recorded, again } = difference;
  const position = [
    turn === null ? "outside the turns" : `turn ${turn}`,
    label,
    ...(offset === null ? [] : [`byte ${offset}`]),
  ];
  const sides =
    recorded === null && again === null
      ? "the record does not match its checksums"
      : `recorded ${JSON.stringify(recorded)}, now ${JSON.stringify(again)}`;
  return `rollout ${difference.rolloutId}: ${position.join(", ")}: ${sides}`;
}
