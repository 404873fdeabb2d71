/** The closing table as text. */
import type { EpisodeFigures, Spread, SummaryRow } from "../../src/report/summary.ts";
import { groupsTable } from "./groups-table.ts";
import { columns, compact, dollars, percent } from "./columns.ts";

const HEAD = [
  "policy",
  "tasks",
  "n",
  "accuracy [95 %]",
  "reward",
  "tokens mean/p50/p95",
  "$ mean/p50/p95",
  "turns",
  "stopped by",
];
const LEFT_ALIGNED = new Set([0, 1, 8]);

/** The data of a closing table. */
export interface Collected {
  readonly rows: readonly SummaryRow[];
  readonly figures: readonly EpisodeFigures[];
}

/** What a run prints at its end. */
export interface ClosingTable {
  readonly text: (collected: Collected) => string;
  /** The fields of the table in the JSON object. */
  readonly json: (collected: Collected) => object;
}

/** One row for each policy and kind of task. */
export const summaryOf: ClosingTable = {
  text: ({ rows }) => summaryTable(rows),
  json: ({ rows }) => ({ rows }),
};

function summaryTable(rows: readonly SummaryRow[]): string {
  const isAnyInvalid = rows.some(({ metrics }) => (metrics.invalidCompletions ?? 0) > 0);
  const head = isAnyInvalid ? [...HEAD, "invalid completions"] : HEAD;
  const body = rows.map((row) => (isAnyInvalid ? [...cells(row), invalidOf(row)] : cells(row)));
  const table = columns([head, ...body], LEFT_ALIGNED);
  const notes = notesOn(rows);
  return [
    table,
    ...groupsTable(rows),
    ...measuresTable(rows),
    ...(notes.length > 0 ? ["", ...notes] : []),
    "",
  ].join("\n");
}

/** The figures that benchmarks add, one column each; nothing if no row has any. */
function measuresTable(rows: readonly SummaryRow[]): string[] {
  const measured = rows.filter(({ measures }) => Object.keys(measures).length > 0);
  const names = [...new Set(measured.flatMap(({ measures }) => Object.keys(measures)))];
  if (measured.length === 0) return [];
  const body = measured.map((row) => [
    markedPolicy(row),
    row.tasks,
    ...names.map((name) => (row.measures[name] === undefined ? "–" : percent(row.measures[name]))),
  ]);
  const head = ["policy", "tasks", ...names.map((name) => name.replaceAll("_", " "))];
  return ["", columns([head, ...body], new Set([0, 1]))];
}

/** The notes that must follow a table with these rows. */
export function notesOn(rows: readonly SummaryRow[]): string[] {
  return [
    rows.some((row) => row.simulated) &&
      "* rests on a simulated model: its tokens, prices and mistakes are made up by a program.",
    rows.some((row) => row.readsGold) && "† was told the gold: a bound for the others, no result.",
  ].filter((note) => note !== false);
}

/** The policy's name with the marks that the notes explain. */
export function markedPolicy(row: SummaryRow): string {
  return row.policy + (row.simulated ? "*" : "") + (row.readsGold ? "†" : "");
}

/** The mean with its confidence interval. */
export function accuracyOf({ accuracy, accuracyInterval: [low, high] }: SummaryRow): string {
  return accuracy === null ? "–" : `${percent(accuracy)} [${percent(low)}, ${percent(high)}]`;
}

function cells(row: SummaryRow): string[] {
  const stops = Object.entries(row.stopReasons).map(([reason, count]) => `${reason} ${count}`);
  return [
    markedPolicy(row),
    row.tasks,
    String(row.episodes),
    accuracyOf(row),
    row.reward === null ? "–" : row.reward.toFixed(3),
    spread(row.tokens, compact),
    spread(row.dollars, dollars),
    row.turns === null ? "–" : row.turns.toFixed(1),
    stops.join(", "),
  ];
}

/** The share of completions with nothing to run and no answer. */
function invalidOf({ metrics: { invalidCompletions }, turns }: SummaryRow): string {
  return invalidCompletions === null || !turns ? "–" : percent(invalidCompletions / turns);
}

function spread(values: Spread | null, show: (value: number) => string): string {
  return values === null ? "unknown" : [values.mean, values.p50, values.p95].map(show).join(" / ");
}
