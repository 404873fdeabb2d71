/** Goes on from a turn of a recorded episode with another policy: the first turns from the recording, the rest anew. */
import type { RLMEnv } from "../env/env.ts";
import type { RLMEnvOptions } from "../episode/contract.ts";
import { RecordingError, UsageError } from "../errors.ts";
import type { HostClock } from "../episode/host-clock.ts";
import { type HostTools, sourceOf, toolHost } from "../episode/host-tools.ts";
import { modelPolicy } from "../policies/model-policy.ts";
import type { Model } from "../models/model.ts";
import type { Policy } from "../policies/policy.ts";
import type { ToolHost } from "../repl/tool-calls.ts";
import { playOn } from "../episode/rollout.ts";
import type { Trajectory } from "../trajectory.ts";
import { rulesOfRecord } from "../episode/rules.ts";
import type {
  Context,
  Limits,
  Observation,
  PromptStyle,
  ReasoningHistory,
  Reference,
  RulesVersion,
} from "../types.ts";
import { recordedAction } from "./recorded-policy.ts";
import { playedRecording, taskOfRecord } from "./replay.ts";
import { modelFacts } from "../record/played-with.ts";

/** What the environment of a continued episode must be made with. */
export interface ContinuedParts {
  readonly model: readonly Model[];
  readonly childPolicy: NonNullable<RLMEnvOptions["childPolicy"]>;
  readonly clock: HostClock;
  readonly maxDepth: number;
  readonly limits: Limits;
  readonly dialect: Trajectory["dialect"];
  readonly history: Trajectory["history"];
  readonly reasoning?: ReasoningHistory;
  readonly systemPrompt: string;
  /** The rules and the wording that the record was made by: what goes on from it keeps to them. */
  readonly rules: RulesVersion;
  readonly promptStyle?: PromptStyle;
  readonly printedAnswers?: boolean;
  readonly severalBlocks?: boolean;
  /** Set if the record had tools of the host: they answer from the recording first. */
  readonly recordedTools?: NonNullable<RLMEnvOptions["recordedTools"]>;
}

/** Who goes on with a recorded episode, and in which environment. */
export interface ContinueOptions {
  readonly context: Context;
  readonly reference: Reference | null;
  readonly policy: Policy;
  /** What the REPL's functions reach from the turn on, the default one first. */
  readonly subModels: readonly Model[];
  /** What plays children from the turn on, where the policy brings nobody; default: the model that was asked, as the policy. */
  readonly childPolicy?: (model: Model) => Policy;
  /** The same tools of the host that the record had, where it had any; asked from the turn on. */
  readonly tools?: HostTools;
  /** The record's environment, such as `make` or `assemble` give it; closed at the end. */
  readonly makeEnv: (parts: ContinuedParts) => RLMEnv;
  readonly signal?: AbortSignal;
}

/**
 * Takes over the turns before `turn` word for word, what they cost and what they did to the REPL, and lets the policy go on.
 * The new record's id is the old one's with the turn and the policy's name, and `continues` says where it came from. Throws
 * `UsageError` for a turn that is none, `RecordingError` where the first turns do not come out as recorded.
 */
export async function continueEpisode(
  record: Trajectory,
  turn: number,
  options: ContinueOptions,
): Promise<Trajectory> {
  const { rolloutId, groupId, seed, turns } = record;
  const { policy, subModels, reference, signal } = options;
  if (!Number.isInteger(turn) || turn < 0 || turn >= turns.length)
    throw new UsageError(
      `rollout ${rolloutId}: there is no turn ${turn}; it has turns 0 to ${turns.length - 1}`,
    );
  expectSameTools(record, options.tools);
  const continued = `${rolloutId}@${turn}/${policy.name}`;
  const recording = playedRecording(record, undefined, (child) => rolloutId + child.slice(continued.length));
  const model = [...(recording.options.subModels ?? [])];
  let isLive = false;
  const { recordedTools } = recording.options;
  const later = toolHost(options.tools ?? {}, signal ?? new AbortController().signal, () => {});
  const { limits, maxDepth, dialect, history, reasoning, systemPrompt, promptStyle } = record;
  const { severalBlocks, printedAnswers } = record;
  const env = options.makeEnv({
    model,
    limits,
    maxDepth,
    dialect,
    history,
    ...(reasoning && { reasoning }),
    systemPrompt,
    rules: rulesOfRecord(record),
    ...(promptStyle && { promptStyle }),
    ...(severalBlocks && { severalBlocks }),
    ...(printedAnswers && { printedAnswers }),
    clock: (place) => (isLive ? null : recording.options.clock!(place)),
    ...(recordedTools && {
      recordedTools: (id: string) => {
        const recorded = isLive ? null : recordedTools(id);
        const host = (): ToolHost => (isLive || recorded === null ? later! : recorded);
        return { source: host().source, call: (name, args) => host().call(name, args) };
      },
    }),
    childPolicy: (own, child) => {
      if (!isLive) return recording.options.childPolicy!(own, child);
      return (policy.recursion?.childPolicy ?? options.childPolicy ?? modelPolicy)(own);
    },
  });
  try {
    const reset = {
      seed,
      groupId,
      rolloutId: continued,
      policy: policy.name,
      task: taskOfRecord(record, options.context),
      ...(reference && { reference }),
      ...(policy.readsGold && { readsGold: policy.readsGold }),
      ...(policy.model && { policyModel: modelFacts(policy.model) }),
      continues: { rolloutId, turn, subModels: subModels.map(modelFacts) },
    };
    let { observation } = await env.reset(reset);
    for (let index = 0; index < turn; index += 1) {
      observation = await stepAsRecorded(env, record, index);
      if (recording.fault() !== null) throw recording.fault()!;
    }
    isLive = true;
    model.splice(0, model.length, ...subModels);
    const subModel = subModels[0] ?? null;
    return await playOn(env, { policy, subModel, reset, ...(signal && { signal }) }, observation);
  } finally {
    await env.close();
  }
}

/** Throws `UsageError` where Python would find other functions than those of the record. */
function expectSameTools({ rolloutId, tape }: Trajectory, tools: HostTools = {}): void {
  if (sourceOf(tools) === (tape?.toolSource ?? null)) return;
  throw new UsageError(
    `rollout ${rolloutId}: expected the tools of the host that it had, ${tape?.toolSource ? "and their names, parameters and descriptions as they were" : "which are none"}`,
  );
}

async function stepAsRecorded(env: RLMEnv, record: Trajectory, index: number): Promise<Observation> {
  const { observation, terminated, truncated } = await env.step(recordedAction(record, index));
  const where = `recording of rollout ${record.rolloutId}: turn ${index}`;
  if (observation.text !== record.turns[index]!.observation)
    throw new RecordingError(`${where} does not come out as recorded; replay --verify says where`);
  if (terminated || truncated) throw new RecordingError(`${where} ends the episode`);
  return observation;
}
