/** Restores one of our records from a foreign format: the texts from the format, the rest from what was stored beside it. */
import { DataError } from "../errors.ts";
import type { KeptRecord } from "../export/kept.ts";
import { recordProblem } from "../record/expect-record.ts";
import type { Call, Trajectory } from "../trajectory.ts";

/** What a format shows of one episode. */
export interface ShownEpisode {
  readonly systemPrompt: string;
  readonly opening: string;
  /** `observation` is undefined if the format does not show it. */
  readonly turns: readonly { readonly text: string; readonly observation?: string | undefined }[];
  readonly calls: ReadonlyMap<number, Pick<Call, "prompt" | "reply" | "tokens">>;
  /** By rollout id; without children whose texts were left out. */
  readonly children: ReadonlyMap<string, ShownEpisode>;
}

/** Throws `DataError` if the two do not match, or the result is not a trajectory. */
export function restored(kept: KeptRecord, shown: ShownEpisode, where: string): Trajectory {
  const trajectory = joined(kept, shown, where);
  const problem = recordProblem(trajectory);
  if (problem === null) return trajectory;
  throw new DataError(`${where}: rlm_gym.${problem}`);
}

function joined(kept: KeptRecord, shown: ShownEpisode | undefined, where: string): Trajectory {
  const { turns, calls, children, ...facts } = kept;
  if (shown && shown.turns.length !== turns.length)
    throw new DataError(
      `${where}: rollout ${facts.rolloutId}: ${shown.turns.length} turns are shown and ${turns.length} were kept; the file was changed`,
    );
  return {
    ...facts,
    systemPrompt: shown?.systemPrompt ?? "",
    opening: shown?.opening ?? "",
    // Of a child that was left out, only its calls are known.
    turns: turns.slice(0, shown?.turns.length ?? 0).map((turn, index) => {
      const { text, observation } = shown!.turns[index]!;
      return {
        ...turn,
        completion: { text, ...turn.completion },
        observation: turn.observation ?? observation ?? "",
      };
    }),
    calls: calls.map((held): Call => {
      const { told: _, sampledBy, ...call } = held;
      const { prompt = null, reply = null, tokens } = shown?.calls.get(call.id) ?? {};
      return {
        ...call,
        prompt,
        reply,
        ...((tokens ?? sampledBy) && { tokens: { ...tokens, ...sampledBy } }),
      };
    }),
    children: children.map((child) => joined(child, shown?.children.get(child.rolloutId), where)),
  };
}
