/**
 * Stores what a foreign format cannot hold of a record in that format's place for extra data, so that our own files
 * can be read back whole. It repeats no text that the format itself holds.
 */
import type { Call, Trajectory, Turn } from "../trajectory.ts";
import type { SampledTokens } from "../types.ts";

/** The key that holds it. */
export const KEPT_KEY = "rlm_gym";

export interface KeptTurn extends Omit<Turn, "completion" | "observation"> {
  readonly completion: Omit<Turn["completion"], "text">;
  /** Set if the format does not show it. */
  readonly observation?: string;
}

/** `told`: whether the call had a prompt, which the format may hold. */
export type KeptCall = Omit<Call, "prompt" | "reply" | "tokens"> & {
  readonly told: boolean;
  /** What is known about the tokens besides the tokens themselves. */
  readonly sampledBy?: Pick<SampledTokens, "weightVersion" | "traceId">;
};

export interface KeptRecord extends Omit<
  Trajectory,
  "systemPrompt" | "opening" | "turns" | "calls" | "children"
> {
  readonly turns: readonly KeptTurn[];
  readonly calls: readonly KeptCall[];
  readonly children: readonly KeptRecord[];
}

/** Which parts of an episode the format shows. */
export interface Shown {
  /** Whether it shows what the turn observed. */
  readonly observation: (turn: Turn, trajectory: Trajectory) => boolean;
  /** Whether it contains the turns of a child. */
  readonly child: (child: Trajectory) => boolean;
}

/** Children and calls always keep their position and their usage, so that no cost is lost if their texts are left out. */
export function keptOf(trajectory: Trajectory, shown: Shown): KeptRecord {
  const { systemPrompt: _, opening: __, turns, calls, children, ...facts } = trajectory;
  return {
    ...facts,
    turns: turns.map((turn) => {
      const { completion, observation, ...rest } = turn;
      const { text: ___, ...said } = completion;
      return { ...rest, completion: said, ...(!shown.observation(turn, trajectory) && { observation }) };
    }),
    calls: calls.map(keptCall),
    children: children.map((child) => keptOf(shown.child(child) ? child : { ...child, turns: [] }, shown)),
  };
}

function keptCall(made: Call): KeptCall {
  const { prompt, reply: _, tokens = {}, ...call } = made;
  const { weightVersion, traceId } = tokens;
  const sampledBy = {
    ...(weightVersion !== undefined && { weightVersion }),
    ...(traceId !== undefined && { traceId }),
  };
  return { ...call, told: prompt !== null, ...(Object.keys(sampledBy).length > 0 && { sampledBy }) };
}
