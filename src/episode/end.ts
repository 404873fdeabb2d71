/** Concludes the record of an ended episode: the judge, if there is one, and the reward. */
import type { Ending, Episode } from "./episode.ts";
import type { RLMEnvOptions } from "./contract.ts";
import { judgementOn } from "./judge.ts";
import { outlineOf, recordOf } from "./outline.ts";
import { afterRight } from "../metrics/after-right.ts";
import type { Reward, Unrewarded } from "../rewards/reward.ts";
import { perTurn } from "../rewards/shaping.ts";
import type { Trajectory } from "../trajectory.ts";
import type { Reference } from "../types.ts";

type Options = Pick<RLMEnvOptions, "priceOf" | "reward" | "judge">;

/** Ends the episode and returns its whole record. A judge that fails makes it an infrastructure error. */
export async function concludeEpisode(
  episode: Episode,
  ending: Ending,
  options: Options,
  signal: AbortSignal,
): Promise<Trajectory> {
  const record = await judgedRecord(episode, ending, options, signal);
  const { stopReason, answer } = record;
  episode.tell({ kind: "ended", stopReason, answer });
  return record;
}

async function judgedRecord(
  episode: Episode,
  ending: Ending,
  options: Options,
  signal: AbortSignal,
): Promise<Trajectory> {
  const { priceOf, reward, judge } = options;
  episode.end(ending);
  const reference = ending.error === null ? episode.facts.reference : null;
  if (!judge || reference === null)
    return withReward(await recordOf(episode, ending, priceOf), reward, reference);
  const found = await judgementOn(judge, episode, outlineOf(episode, ending, priceOf), reference, signal);
  if ("judgement" in found) {
    return withReward({ ...(await recordOf(episode, ending, priceOf)), ...found }, reward, reference);
  }
  const fault: Ending = { stopReason: "infra_error", error: found.error };
  episode.end(fault);
  return withReward(await recordOf(episode, fault, priceOf), reward, null);
}

/** The reward of the last turn: from potentials while the episode goes on; null if it ended without a reward. */
export function earnedByTurn(
  { episode, trajectory }: { readonly episode: Episode; readonly trajectory: Trajectory | null },
  { ofTurn }: Reward,
): number | null {
  if (trajectory !== null) return trajectory.reward && (trajectory.turns.at(-1)?.reward ?? null);
  const { reference } = episode.facts;
  return ofTurn && reference ? ofTurn(episode.soFar, reference) : 0;
}

/** Adds what depends on the gold: the reward (the last turn earns its total), each turn's potentials, and `afterRight`. */
function withReward(record: Unrewarded, judge: Reward, reference: Reference | null): Trajectory {
  if (reference === null) return { ...record, reward: null };
  const reward = judge(record, reference);
  const last = record.turns.length - 1;
  const earned = perTurn(reward, record.turns.length);
  const turns = record.turns.map((turn, index) => ({
    ...turn,
    reward: (earned[index] ?? 0) + (index === last ? reward.total : 0),
  }));
  const isRight = (text: string) =>
    judge({ ...record, answer: { text, source: "standing" } }, reference).score === 1;
  // A judge's finding is about one answer, and so is a world's last state.
  const metrics =
    record.judgement === undefined && record.world === undefined
      ? { ...record.metrics, afterRight: afterRight(record, isRight) }
      : record.metrics;
  return { ...record, turns, metrics, reward };
}
