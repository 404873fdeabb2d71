/** The table of what policies reach at other lengths than they were trained at. */
import type { TrainTestCell } from "../../src/report/by.ts";
import type { PageTable } from "../../src/report/page.ts";
import { percent } from "./columns.ts";

/** A row for each policy and training length, a column for each length of contexts; null without a policy that says its own. */
export function trainTestTable(cells: readonly TrainTestCell[]): PageTable | null {
  if (cells.every(({ trained }) => trained === null)) return null;
  const lengths = [...new Set(cells.map(({ length }) => length))];
  const rows = [...new Set(cells.map(rowOf))].map((row) => {
    const own = cells.filter((cell) => rowOf(cell) === row);
    const [first] = own;
    return [
      `${first!.policy}${own.some(({ simulated }) => simulated) ? "*" : ""}`,
      first!.trained ?? "–",
      ...lengths.map((length) => {
        const cell = own.find((one) => one.length === length);
        return cell === undefined
          ? "–"
          : `${percent(cell.score)} [${cell.scoreInterval.map(percent).join(", ")}] n=${cell.episodes}`;
      }),
    ];
  });
  return {
    heading:
      "Trained at a length (rows), played at a length (columns): mean score, with its interval at 95 % over tasks",
    head: ["policy", "trained at", ...lengths],
    rows,
    notes: cells.some(({ simulated }) => simulated) ? ["* rests on a simulated model."] : [],
  };
}

function rowOf({ policy, trained }: TrainTestCell): string {
  return JSON.stringify([policy, trained]);
}
