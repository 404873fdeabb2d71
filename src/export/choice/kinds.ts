/** What kind of a demonstration a rollout is, so that an export can say how many of each went in. */
import type { Trajectory } from "../../trajectory.ts";

/** How the task was worked on, and whether the policy saw an error of its code and went on. */
export type Kind = `${"code alone" | "sub-calls" | "child episodes"}${"" | ", with a mended error"}`;

/** The kind of a rollout. An error is mended if a later turn of the rollout ran without one. */
export function kindOf({ turns, calls, children }: Pick<Trajectory, "turns" | "calls" | "children">): Kind {
  const works =
    children.length > 0
      ? "child episodes"
      : calls.some(({ purpose }) => purpose === "llm_query" || purpose === "rlm_query")
        ? "sub-calls"
        : "code alone";
  const failed = turns.map(hasFailed);
  const isMended = failed.some((bad, index) => bad && failed.slice(index + 1).includes(false));
  return isMended ? `${works}, with a mended error` : works;
}

/** How many turns ran code that ended with an error. */
export function failedTurns({ turns }: Pick<Trajectory, "turns">): number {
  return turns.filter(hasFailed).length;
}

function hasFailed({ results }: Trajectory["turns"][number]): boolean {
  return results.some(({ outcome }) => outcome !== "ok");
}
