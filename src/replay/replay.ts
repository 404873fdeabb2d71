/** Replays a recorded episode, with its recording in place of models and tools, and finds the first difference. */
import { summariseContext } from "../data/context.ts";
import { RLMEnv } from "../env/env.ts";
import type { RecordedWorld, RLMEnvOptions } from "../episode/contract.ts";
import type { ReplLanguage } from "../languages/language.ts";
import { LANGUAGE_NAMES } from "../languages/registry.ts";
import { PYTHON } from "../languages/python/python.ts";
import { languageOfRecord } from "../record/language-of-record.ts";
import { RecordingError, UsageError, WorldError } from "../errors.ts";
import { recordedClock } from "../episode/clock/host-clock.ts";
import { RecordingPlayer } from "./recording.ts";
import type { ReplPool } from "../repl/repl.ts";
import { rulesOf, rulesOfRecord } from "../episode/rules.ts";
import { rolloutEpisode } from "../episode/rollout.ts";
import { recordedTimeOf } from "../episode/clock/time-over.ts";
import type { World } from "../episode/world/world.ts";
import type { HostToolCall, PlayedWith, Trajectory } from "../trajectory.ts";
import type { Context, Task } from "../types.ts";
import { type Difference, differentOpening, firstDifference } from "./difference.ts";
import { recordedPolicy } from "./recorded-policy.ts";
import { brokenChecksum } from "../record/checksums.ts";
import { recordedPrices } from "../record/played-with.ts";
import { episodesOf, recordedToolHost, recordingOf } from "./recording-of-record.ts";

/** More than any replay takes: recorded replies come at once, so that the record's limit on time means nothing. */
const SECONDS = 1_000_000;

/** The pool of REPLs for a replay, and the language of the record. */
export interface ReplayOptions {
  readonly repls: ReplPool;
  readonly signal?: AbortSignal;
  /**
   * The world of the record's environment, which then runs again in the recorded order, so that its states are compared, too. Without
   * it, the recorded replies and states stand for it.
   */
  readonly world?: World | undefined;
  /** The language of the REPL, if it is not a built-in one. `repls` must lend REPLs of the record's language. */
  readonly language?: ReplLanguage;
}

/** The replayed episode, and its first difference from the record; null if there is none. */
export interface Replayed {
  /** Null if a checksum names a changed byte: the record is then not replayed. */
  readonly trajectory: Trajectory | null;
  readonly difference: Difference | null;
}

/**
 * Checks the checksums of a record, replays it, and compares. Throws `RecordingError` if the context belongs to another task, or if
 * the episode makes a call that is not in the recording.
 */
export async function replayEpisode(
  record: Trajectory,
  context: Context,
  options: ReplayOptions,
): Promise<Replayed> {
  const changed = changedBytes(record);
  if (changed && changed.offset !== null) return { trajectory: null, difference: changed };
  const task = taskOfRecord(record, context);
  const language = replayedLanguage(record, options.language);
  const recording = playedRecording(record, language);
  const world = worldOfRecord(record, options.world);
  const parts = { ...world, ...recording.options };
  const env = new RLMEnv({ ...optionsOfRecord(record, options.repls, language), ...parts });
  const { rolloutId, groupId, seed } = record;
  try {
    const trajectory = await rolloutEpisode(env, {
      policy: recordedPolicy(record, recording.onTurn, language),
      reset: { task, seed, rolloutId, groupId, ...(record.continues && { continues: record.continues }) },
      ...(options.signal && { signal: options.signal }),
    });
    // For the episode, a call that is not in the recording was an infrastructure fault; the player's error says more.
    if (recording.fault() !== null) throw foreignTask(record, trajectory) ?? recording.fault()!;
    return { trajectory, difference: firstDifference(record, trajectory) ?? changed };
  } finally {
    await env.close();
  }
}

/** The first change that the checksums of the record or of a child find. */
export function changedBytes(record: Trajectory): Difference | null {
  for (const episode of episodesOf(record)) {
    const broken = brokenChecksum(episode);
    if (broken) return { rolloutId: episode.rolloutId, ...broken, recorded: null, again: null };
  }
  return null;
}

/** If the record's opening differs from the one that its task gives, the recording belongs to another task. */
function foreignTask(record: Trajectory, again: Trajectory): RecordingError | null {
  const found = differentOpening(record, again);
  if (found === null) return null;
  const [own, asked] = [JSON.stringify(found.recorded), JSON.stringify(found.again)];
  return new RecordingError(
    `recording of rollout ${record.rolloutId}: it does not belong to task ${record.task.id}: it begins ${own}, but the task begins ${asked}`,
  );
}

/** The task of a record with its context. Throws `RecordingError` for the context of another task. */
export function taskOfRecord({ rolloutId, task }: Trajectory, context: Context): Task {
  const { sha256 } = summariseContext(context);
  if (sha256 === task.context.sha256) return { ...task, context };
  throw new RecordingError(
    `recording of rollout ${rolloutId}: it belongs to task ${task.id}; expected a context with the hash ${task.context.sha256}, found ${sha256}`,
  );
}

/** The language of a record: the given one, or a built-in one. Throws `UsageError` if it is another one, or not built in. */
export function replayedLanguage(record: Trajectory, given?: ReplLanguage): ReplLanguage {
  const { rolloutId, language = PYTHON } = record;
  if (given && language === given.name) return given;
  if (!given && LANGUAGE_NAMES.includes(language)) return languageOfRecord(record);
  throw new UsageError(
    `rollout ${rolloutId} is in the language ${language}, not ${given?.name ?? LANGUAGE_NAMES.join(" or ")}; pass its ReplLanguage to replayEpisode`,
  );
}

/** The world of a record, as an option. Throws `WorldError` if another one is given, or if the record lacks a call of its tools. */
function worldOfRecord(record: Trajectory, given: World | undefined): Pick<RLMEnvOptions, "world"> {
  if (!given || !record.world) return {};
  const { rolloutId, world } = record;
  if (given.name !== world.name)
    throw new WorldError(
      `rollout ${rolloutId}: its world is ${world.name}, and cannot be restored as ${given.name}`,
    );
  const calls = worldCallsOf(record);
  const counted = episodesOf(record).flatMap(({ turns, world: own }) =>
    [own?.begun, ...turns.map((turn) => turn.world)].flatMap((mark) => mark?.calls ?? []),
  );
  const expected = counted.reduce((most, count) => Math.max(most, count), calls.length);
  const misplaced = calls.findIndex(({ worldCall }, index) => worldCall !== index);
  const missing = misplaced === -1 ? calls.length : misplaced;
  if (missing === expected) return { world: given };
  throw new RecordingError(
    `recording of rollout ${rolloutId}: call ${missing} of its world's tools was not recorded`,
  );
}

/** The options of an environment that decide what a policy is told, and how its completions are read and limited. */
export type ToldOptions = Pick<
  RLMEnvOptions,
  | "reasoning"
  | "promptStyle"
  | "severalBlocks"
  | "printedAnswers"
  | "budgetView"
  | "language"
  | "prompts"
  | "observations"
  | "replies"
> &
  Required<Pick<RLMEnvOptions, "limits" | "maxDepth" | "dialect" | "history" | "systemPrompt" | "rules">>;

/** These options of a record's environment. Throws `UsageError` for a language that is neither given nor built in. */
export function toldOptions(record: Trajectory, language = replayedLanguage(record)): ToldOptions {
  const { limits, maxDepth, dialect, history, systemPrompt } = record;
  const { reasoning, promptStyle, severalBlocks, printedAnswers, budgetView, prompts } = record;
  const { observations, replies } = record;
  return {
    limits,
    maxDepth,
    dialect,
    history,
    systemPrompt,
    rules: rulesOfRecord(record),
    language,
    ...(reasoning && { reasoning }),
    ...(promptStyle && { promptStyle }),
    ...(severalBlocks && { severalBlocks }),
    ...(printedAnswers && { printedAnswers }),
    ...(budgetView && { budgetView }),
    ...(prompts && { prompts }),
    ...(observations && { observations }),
    ...(replies && { replies }),
  };
}

/** The options of the record's environment. */
export function optionsOfRecord(record: Trajectory, repls: ReplPool, language?: ReplLanguage): RLMEnvOptions {
  return {
    ...toldOptions(record, language),
    name: record.environment,
    problems: { name: record.task.dataset, size: 0, async *[Symbol.asyncIterator]() {} },
    reward: () => ({ total: 0, score: 0, terms: {} }),
    repls,
    priceOf: recordedPrices(playedWithOf(record).prices),
    limits: { ...record.limits, maxSeconds: SECONDS },
  };
}

/** What stands in the place of models, tools, clocks and children's policies. */
type PlayedOptions = Pick<
  RLMEnvOptions,
  | "subModels"
  | "childPolicy"
  | "recordedTools"
  | "recordedWorld"
  | "recordedBudget"
  | "recordedPrompt"
  | "recordedSights"
  | "clock"
  | "recordedTimes"
>;

/** Models, tools and children's policies that answer from the recording, and the first call that was not in it. */
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
  // A continued episode may have called other models from the turn on at which it was continued.
  const onTurn = (turn: number) => {
    const { continues } = record;
    if (continues?.turn === turn)
      models.splice(0, models.length, ...continues.subModels.map((facts) => player.model(facts)));
  };
  const options: PlayedOptions = {
    subModels: models,
    recordedTimes: (rolloutId, turn) => recordedTimeOf(episodes.get(isOfChild(rolloutId)), turn),
    ...(record.budgetView && {
      recordedBudget: (rolloutId: string, turn: number) =>
        episodes.get(isOfChild(rolloutId))?.turns[turn]?.budget,
    }),
    ...(record.world && {
      recordedWorld: recordedWorldOf(record, (rolloutId) => episodes.get(isOfChild(rolloutId)) ?? record),
    }),
    ...(rulesOf(rulesOfRecord(record)).delegates && {
      recordedSights: (rolloutId: string, turn: number) =>
        episodes.get(isOfChild(rolloutId))?.turns[turn]?.handles ?? [],
      recordedPrompt: (rolloutId: string) => episodes.get(isOfChild(rolloutId))?.systemPrompt,
    }),
    clock: recordedClock((rolloutId) => episodes.get(isOfChild(rolloutId))?.clockMs),
    childPolicy: (_, { rolloutId }) => recordedPolicy(found(rolloutId), undefined, language),
    ...(toolSource !== null && {
      recordedTools: (rolloutId: string) =>
        recordedToolHost(rolloutId === "" ? record : found(rolloutId), toolSource),
    }),
  };
  return { options, onTurn, fault: () => player.fault ?? fault };
}

/** What each episode of a tree recorded of its world. */
function recordedWorldOf(record: Trajectory, episodeOf: (rolloutId: string) => Trajectory) {
  const calls = worldCallsOf(record);
  return (rolloutId: string): RecordedWorld | null => {
    const { world, turns } = episodeOf(rolloutId);
    return world ? { record: world, turns, calls } : null;
  };
}

/** The calls of the world's tools in a tree, in the order in which they changed the world. */
function worldCallsOf(record: Trajectory): HostToolCall[] {
  return episodesOf(record)
    .flatMap(({ toolCalls }) => toolCalls.filter(({ worldCall }) => worldCall !== undefined))
    .toSorted((a, b) => a.worldCall! - b.worldCall!);
}

/** What the record was played with; for records of other programs, as far as their calls show. */
function playedWithOf(record: Trajectory): PlayedWith {
  if (record.tape) return record.tape;
  const names = [...new Set(record.calls.filter(({ depth }) => depth > 0).map(({ model }) => model))];
  const subModels = names.map((name) => ({ name, simulated: record.simulated }));
  return { subModels, prices: {}, toolSource: null };
}
