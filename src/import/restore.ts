/** A record of ours, put together again from a foreign format: the texts from the format, the rest from what was kept beside. */
import { DataError } from "../errors.ts";
import type { KeptRecord } from "../export/kept.ts";
import { recordProblem } from "../record/expect-record.ts";
import type { Call, Trajectory } from "../trajectory.ts";

/** What a format showed of one episode. */
export interface ShownEpisode {
  readonly systemPrompt: string;
  readonly opening: string;
  /** `observation` is undefined where the format does not show it. */
  readonly turns: readonly { readonly text: string; readonly observation?: string | undefined }[];
  readonly calls: ReadonlyMap<number, Pick<Call, "prompt" | "reply" | "tokens">>;
  /** By rollout id; children whose texts were left out are not in it. */
  readonly children: ReadonlyMap<string, ShownEpisode>;
}

/** Throws `DataError` where the two do not go together, or the outcome is no trajectory. */
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
    // Of a child that was left out, nothing but its calls is known.
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
