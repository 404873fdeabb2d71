/** The table of how alike a policy's trajectories are over the lengths of contexts. */
import type { AlikeReport, Likeness } from "../../src/report/alike.ts";
import type { PageTable } from "../../src/report/page.ts";

/** A row for each policy and length. */
export function alikeTable({ kind, rows }: AlikeReport): PageTable {
  return {
    heading: `${kind}: how alike trajectories are to those at the shortest length, from 0 to 1, with intervals at 95 % over tasks`,
    head: ["policy", "options", "length", "tasks", "actions", "code", "prompts"],
    rows: rows.map(({ policy, options, length, episodes, actions, code, prompts, simulated }) => [
      `${policy}${simulated ? "*" : ""}`,
      options || "–",
      length,
      episodes.join(" × "),
      ...[actions, code, prompts].map(cell),
    ]),
    notes: [
      "The first row of a policy compares tasks of the shortest length with each other.",
      ...(rows.some(({ simulated }) => simulated) ? ["* rests on a simulated model."] : []),
    ],
  };
}

function cell({ mean, interval }: Likeness): string {
  const shown = (value: number) => value.toFixed(2);
  return interval === null ? shown(mean) : `${shown(mean)} [${shown(interval[0])}, ${shown(interval[1])}]`;
}
