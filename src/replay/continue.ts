/** Continues a recorded episode from one of its turns with another policy: replays the turns before, and plays the rest. */
import type { RLMEnv } from "../env/env.ts";
import type { RLMEnvOptions } from "../episode/contract.ts";
import { RecordingError, UsageError } from "../errors.ts";
import { budgetForms } from "../episode/budget-view.ts";
import type { HostClock } from "../episode/clock/host-clock.ts";
import { type HostTools, sourceOf, type ToolForms, toolHost } from "../episode/tools/host-tools.ts";
import { modelPolicy } from "../policies/model-policy.ts";
import type { Model } from "../models/model.ts";
import type { Policy } from "../policies/policy.ts";
import type { ToolHost } from "../repl/tool-calls.ts";
import { playOn } from "../episode/rollout.ts";
import type { Trajectory } from "../trajectory.ts";
import type { Context, Observation, Reference } from "../types.ts";
import { recordedAction } from "./recorded-policy.ts";
import { playedRecording, taskOfRecord, type ToldOptions, toldOptions } from "./replay.ts";
import { languageOfRecord } from "../record/language-of-record.ts";
import { modelFacts } from "../record/played-with.ts";

/** Options that the environment of a continued episode must have. */
export interface ContinuedParts extends ToldOptions {
  /** The recorded models up to the turn, and then the new ones, in one array that changes: do not copy it. */
  readonly subModels: readonly Model[];
  readonly childPolicy: NonNullable<RLMEnvOptions["childPolicy"]>;
  readonly clock: HostClock;
  /** Set if the record had tools of the host. They answer from the recording up to the turn. */
  readonly recordedTools?: NonNullable<RLMEnvOptions["recordedTools"]>;
  /** Set if the record's policy saw its budget. */
  readonly recordedBudget?: NonNullable<RLMEnvOptions["recordedBudget"]>;
  /** What recorded code saw of its handles. */
  readonly recordedSights?: NonNullable<RLMEnvOptions["recordedSights"]>;
  /** The system prompts of recorded children. */
  readonly recordedPrompt?: NonNullable<RLMEnvOptions["recordedPrompt"]>;
  /** Set if the record had a world, which runs again up to the turn and then goes on. */
  readonly recordedWorld?: NonNullable<RLMEnvOptions["recordedWorld"]>;
}

/** The policy that continues a recorded episode, and the environment. */
export interface ContinueOptions {
  readonly context: Context;
  readonly reference: Reference | null;
  readonly policy: Policy;
  /** The models that the REPL's functions call from the turn on, the default one first. */
  readonly subModels: readonly Model[];
  /** Plays children from the turn on, unless the policy has its own way. Default: the model that was asked is the child's policy. */
  readonly childPolicy?: (model: Model) => Policy;
  /** The tools of the host that the record had, if it had any; called from the turn on. */
  readonly tools?: HostTools;
  /** Makes the record's environment, as `make` and `assemble` do. It is closed at the end. */
  readonly makeEnv: (parts: ContinuedParts) => RLMEnv;
  readonly signal?: AbortSignal;
}

/**
 * Replays the turns before `turn`, with their costs and their effects on the REPL, and lets the policy play on. The new record's
 * id is the old id with the turn and the policy's name, and `continues` names its origin. Throws `UsageError` if there is no such
 * turn, and `RecordingError` if a replayed turn differs from the record.
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
  const continued = `${rolloutId}@${turn}/${policy.name}`;
  const recording = playedRecording(record, undefined, (child) => rolloutId + child.slice(continued.length));
  const models = [...(recording.options.subModels ?? [])];
  let isReplayed = true;
  const { recordedTools, recordedWorld, recordedBudget, recordedPrompt, recordedSights } = recording.options;
  const source = record.tape?.toolSource ?? "";
  const tools = { tools: options.tools ?? {}, signal: signal ?? new AbortController().signal };
  const later = toolHost(tools, languageOfRecord(record), () => {});
  const isOver = () => !isReplayed;
  const env = options.makeEnv({
    ...toldOptions(record),
    subModels: models,
    clock: (asked) => (isReplayed ? recording.options.clock!(asked) : null),
    ...(recordedTools && {
      recordedTools: (id: string) => {
        const recorded = isReplayed ? recordedTools(id) : null;
        const host = (): Pick<ToolHost, "call"> => (isReplayed && recorded !== null ? recorded : later!);
        return { source, isOver, call: (name, args) => host().call(name, args) };
      },
    }),
    ...(recordedPrompt && {
      recordedPrompt: (id: string) => (isReplayed && id !== continued ? recordedPrompt(id) : undefined),
    }),
    ...(recordedSights && {
      recordedSights: (id: string, at: number) => (isReplayed ? recordedSights(id, at) : undefined),
    }),
    ...(recordedBudget && {
      recordedBudget: (id: string, at: number) => (isReplayed ? recordedBudget(id, at) : undefined),
    }),
    ...(recordedWorld && { recordedWorld: (id: string) => (isReplayed ? recordedWorld(id) : null) }),
    childPolicy: (own, child) => {
      if (isReplayed) return recording.options.childPolicy!(own, child);
      return (policy.recursion?.childPolicy ?? options.childPolicy ?? modelPolicy)(own);
    },
  });
  try {
    expectSameTools(record, { ...options.tools, ...env.world?.tools, ...budgetForms(record.budgetView) });
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
    isReplayed = false;
    models.splice(0, models.length, ...subModels);
    const subModel = subModels[0] ?? null;
    return await playOn(env, { policy, subModel, reset, ...(signal && { signal }) }, observation);
  } finally {
    await env.close();
  }
}

/** Throws `UsageError` if code would find other functions than in the record. */
function expectSameTools(record: Trajectory, tools: ToolForms): void {
  const { rolloutId, tape } = record;
  if (sourceOf(tools, languageOfRecord(record)) === (tape?.toolSource ?? null)) return;
  throw new UsageError(
    `rollout ${rolloutId}: expected ${tape?.toolSource ? "the host tools of the record, with the same names, parameters and descriptions" : "no host tools, as in the record"}`,
  );
}

async function stepAsRecorded(env: RLMEnv, record: Trajectory, index: number): Promise<Observation> {
  const { observation, terminated, truncated } = await env.step(recordedAction(record, index));
  const where = `recording of rollout ${record.rolloutId}: turn ${index}`;
  if (observation.text !== record.turns[index]!.observation)
    throw new RecordingError(`${where} differs from the record; replay --verify shows where`);
  if (terminated || truncated) throw new RecordingError(`${where} ends the episode already`);
  return observation;
}
