/** Runs a recorded episode again, with its recording in the place of models and tools, and says where the two part. */
import { summariseContext } from "../data/context.ts";
import { RLMEnv } from "../env/env.ts";
import type { RLMEnvOptions } from "../episode/contract.ts";
import { PYTHON, type ReplLanguage } from "../episode/language.ts";
import { RecordingError, UsageError } from "../errors.ts";
import { recordedClock } from "../episode/host-clock.ts";
import { RecordingPlayer } from "./recording.ts";
import type { ReplPool } from "../repl/repl.ts";
import { rulesOfRecord } from "../episode/rules.ts";
import { rolloutEpisode } from "../episode/rollout.ts";
import type { PlayedWith, Trajectory } from "../trajectory.ts";
import type { Context, Task } from "../types.ts";
import { type Difference, differentOpening, firstDifference } from "./difference.ts";
import { recordedPolicy } from "./recorded-policy.ts";
import { brokenChecksum } from "../record/checksums.ts";
import { recordedPrices } from "../record/played-with.ts";
import { episodesOf, recordedToolHost, recordingOf } from "./recording-of-record.ts";

/** More than any recording takes: what was waited for is not waited for again, so that the recorded time is no bound. */
const SECONDS = 1_000_000;

/** The pool that a record is played again in. */
export interface ReplayOptions {
  readonly repls: ReplPool;
  readonly signal?: AbortSignal;
  /** The language of the REPL, for records that are not in Python; `repls` must lend REPLs of it. */
  readonly language?: ReplLanguage;
}

/** The episode as it went again, and where it parted from the record; null where it did not. */
export interface Replayed {
  /** Null where a checksum names the byte that was changed: the record is not run again then. */
  readonly trajectory: Trajectory | null;
  readonly difference: Difference | null;
}

/**
 * Checks the checksums of a record, runs it again and compares. Throws `RecordingError` where the context is another task's, or the
 * recording lacks what the episode asks for.
 */
export async function replayEpisode(
  record: Trajectory,
  context: Context,
  options: ReplayOptions,
): Promise<Replayed> {
  const changed = changedBytes(record);
  if (changed && changed.offset !== null) return { trajectory: null, difference: changed };
  const task = taskOfRecord(record, context);
  const recording = playedRecording(record, options.language);
  const language = languageOf(record, options.language);
  const env = new RLMEnv({ ...optionsOfRecord(record, options.repls), ...language, ...recording.options });
  const { rolloutId, groupId, seed } = record;
  try {
    const trajectory = await rolloutEpisode(env, {
      policy: recordedPolicy(record, recording.onTurn, options.language),
      reset: { task, seed, rolloutId, groupId, ...(record.continues && { continues: record.continues }) },
      ...(options.signal && { signal: options.signal }),
    });
    // A call that the recording lacks was a fault to the episode; the recording's own word on it says more.
    if (recording.fault() !== null) throw foreignTask(record, trajectory) ?? recording.fault()!;
    return { trajectory, difference: firstDifference(record, trajectory) ?? changed };
  } finally {
    await env.close();
  }
}

/** The first change that the checksums of the record, or of a child below it, find. */
export function changedBytes(record: Trajectory): Difference | null {
  for (const episode of episodesOf(record)) {
    const broken = brokenChecksum(episode);
    if (broken) return { rolloutId: episode.rolloutId, ...broken, recorded: null, again: null };
  }
  return null;
}

/** Where the episode that was recorded began otherwise than its task has it begin, the recording is another task's. */
function foreignTask(record: Trajectory, again: Trajectory): RecordingError | null {
  const found = differentOpening(record, again);
  if (found === null) return null;
  const [own, asked] = [JSON.stringify(found.recorded), JSON.stringify(found.again)];
  return new RecordingError(
    `recording of rollout ${record.rolloutId}: it belongs to another task than ${record.task.id}: it begins ${own}, and that task ${asked}`,
  );
}

/** The task of a record with its context. Throws `RecordingError` for another one. */
export function taskOfRecord({ rolloutId, task }: Trajectory, context: Context): Task {
  const { sha256 } = summariseContext(context);
  if (sha256 === task.context.sha256) return { ...task, context };
  throw new RecordingError(
    `recording of rollout ${rolloutId}: it belongs to task ${task.id}, whose context is ${task.context.sha256}, and this one is ${sha256}`,
  );
}

/** The language that a record is in, as an option. Throws `UsageError` for one that is not the record's. */
function languageOf(record: Trajectory, given: ReplLanguage | undefined): Pick<RLMEnvOptions, "language"> {
  const { rolloutId, language = PYTHON } = record;
  if (language === (given?.name ?? PYTHON)) return given ? { language: given } : {};
  throw new UsageError(
    `rollout ${rolloutId} is in the language ${language}, not ${given?.name ?? PYTHON}; hand its ReplLanguage to replayEpisode`,
  );
}

/** What the record says of its environment. */
export function optionsOfRecord(record: Trajectory, repls: ReplPool): RLMEnvOptions {
  const { environment, limits, maxDepth, dialect, history, reasoning, systemPrompt } = record;
  const { promptStyle, severalBlocks, printedAnswers } = record;
  return {
    name: environment,
    problems: { name: record.task.dataset, size: 0, async *[Symbol.asyncIterator]() {} },
    reward: () => ({ total: 0, score: 0, terms: {} }),
    repls,
    priceOf: recordedPrices(playedWithOf(record).prices),
    limits: { ...limits, maxSeconds: SECONDS },
    maxDepth,
    dialect,
    history,
    ...(reasoning && { reasoning }),
    systemPrompt,
    rules: rulesOfRecord(record),
    ...(promptStyle && { promptStyle }),
    ...(severalBlocks && { severalBlocks }),
    ...(printedAnswers && { printedAnswers }),
  };
}

/** Models, tools and children's policies that serve the recording, and the first thing that was asked in vain. */
export function playedRecording(record: Trajectory, language?: ReplLanguage, isOfChild = (id: string) => id) {
  const { subModels, toolSource } = playedWithOf(record);
  const player = new RecordingPlayer(recordingOf(record), record.rolloutId);
  const episodes = new Map(episodesOf(record).map((episode) => [episode.rolloutId, episode]));
  let fault: RecordingError | null = null;
  const found = (rolloutId: string): Trajectory => {
    const episode = episodes.get(isOfChild(rolloutId));
    if (episode) return episode;
    fault ??= new RecordingError(
      `recording of rollout ${record.rolloutId}: child ${rolloutId} was not recorded`,
    );
    throw fault;
  };
  const models = subModels.map((facts) => player.model(facts));
  // An episode that went on from another one's turn may have reached other models from there.
  const onTurn = (turn: number) => {
    const { continues } = record;
    if (continues?.turn === turn)
      models.splice(0, models.length, ...continues.subModels.map((facts) => player.model(facts)));
  };
  const options: Pick<RLMEnvOptions, "subModels" | "childPolicy" | "recordedTools" | "clock"> = {
    subModels: models,
    clock: recordedClock((rolloutId) => episodes.get(isOfChild(rolloutId))?.clockMs),
    childPolicy: (_, { rolloutId }) => recordedPolicy(found(rolloutId), undefined, language),
    ...(toolSource !== null && {
      recordedTools: (rolloutId: string) =>
        recordedToolHost(rolloutId === "" ? record : found(rolloutId), toolSource),
    }),
  };
  return { options, onTurn, fault: () => player.fault ?? fault };
}

/** Of records that another program wrote, what their calls tell. */
function playedWithOf(record: Trajectory): PlayedWith {
  if (record.tape) return record.tape;
  const names = [...new Set(record.calls.filter(({ depth }) => depth > 0).map(({ model }) => model))];
  const subModels = names.map((name) => ({ name, simulated: record.simulated }));
  return { subModels, prices: {}, toolSource: null };
}
