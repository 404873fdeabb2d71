/** Makes the record of an episode. */
import { createHash } from "node:crypto";
import type { PriceOf } from "../cost/ledger.ts";
import { countTokens } from "../cost/tokens.ts";
import { callsOfTree } from "../cost/totals.ts";
import { PYTHON } from "../languages/python/python.ts";
import { measureInTurns } from "../metrics/measure.ts";
import { checksumsOf } from "../record/checksums.ts";
import { pricesOf } from "../record/played-with.ts";
import type { Outline, Unrewarded } from "../rewards/reward.ts";
import type { Trajectory, WorldRecord } from "../trajectory.ts";
import type { Ending, Episode } from "./episode.ts";

/** The record without the parts that are computed over all of it: the checksums and the metrics. */
export function outlineOf(episode: Episode, ending: Ending, priceOf: PriceOf): Outline {
  const {
    task,
    context,
    limits,
    reference: _,
    playedWith,
    rules,
    promptStyle,
    severalBlocks,
    printedAnswers,
    language,
    ...facts
  } = episode.facts;
  const { context: __, ...publicTask } = task;
  const { turns, children, toolCalls } = episode;
  const { calls } = episode.ledger;
  const all = callsOfTree({ calls, children });
  const model = calls.find((call) => call.purpose === "policy")?.model ?? calls[0]?.model ?? "none";
  const reading = { promptTokens: task.contextTokens, completionTokens: 0, cachedTokens: 0 };
  const models = [...(playedWith?.subModels ?? []), facts.policyModel ?? { name: facts.policy }];
  const made = [model, ...all.map((call) => call.model)];
  // Readings are priced, those of children that made no call too.
  const priced = [...models.map(({ name }) => name), ...made, ...readingsOf(children)];
  return {
    schemaVersion: 1 as const,
    ...facts,
    ...(rules !== "0.1.0" && {
      rules,
      promptStyle,
      ...(severalBlocks && { severalBlocks }),
      ...(printedAnswers && { printedAnswers }),
      ...(language.name !== PYTHON && { language: language.name }),
      systemPromptTokens: countTokens(facts.systemPrompt),
    }),
    ...(playedWith && { tape: { ...playedWith, prices: pricesOf(priceOf, priced) } }),
    task: { ...publicTask, context },
    systemPromptSha256: createHash("sha256").update(facts.systemPrompt).digest("hex"),
    limits,
    depth: episode.lineage.depth,
    parent: episode.lineage.parent,
    simulated: all.some((call) => call.usageSource === "simulated"),
    status: ending.error === null ? ("ok" as const) : ("infra_error" as const),
    error: ending.error,
    stopReason: ending.stopReason,
    turns,
    calls,
    toolCalls,
    ...(episode.world && { world: worldRecordOf(episode, episode.world) }),
    ...(episode.clockMs.length > 0 && { clockMs: [...episode.clockMs] }),
    children,
    ...(episode.unawaited.length > 0 && { unawaited: episode.unawaited }),
    totals: episode.totals,
    fullReading: { model, tokens: task.contextTokens, nanoDollars: priceOf(model, reading) },
    answer: episode.answer,
    wallClock: { startedAt: episode.startedAt.toISOString(), seconds: episode.seconds },
  };
}

/** The whole record. Measuring and hashing read all of it, so this is called once, at the very end. */
export async function recordOf(episode: Episode, ending: Ending, priceOf: PriceOf): Promise<Unrewarded> {
  const outline = outlineOf(episode, ending, priceOf);
  const { rules, task } = episode.facts;
  const metrics = {
    ...(await measureInTurns(outline, task.context)),
    ...(rules !== "0.1.0" && { invalidCompletions: episode.turns.filter(({ invalid }) => invalid).length }),
  };
  return { ...outline, seals: checksumsOf(outline), metrics };
}

/** Children share the world of their tree, whose last state is in the record of the root. */
function worldRecordOf({ lineage }: Episode, begun: WorldRecord): WorldRecord {
  const { world, depth } = lineage;
  return world && depth === 0 ? { ...begun, end: world.snapshot } : begun;
}

/** The models by which the readings of episodes and of all their descendants are priced. */
function readingsOf(episodes: readonly Trajectory[]): readonly string[] {
  return episodes.flatMap(({ fullReading, children }) => [fullReading.model, ...readingsOf(children)]);
}
