/** The closing table as text. */
import type { Spread, SummaryRow } from "../src/summary.ts";

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

export function summaryTable(rows: readonly SummaryRow[]): string {
  const table = columns([HEAD, ...rows.map(cells)]);
  const notes = [
    rows.some((row) => row.simulated) &&
      "* rests on a simulated model: its tokens, prices and mistakes are made up by a program.",
    rows.some((row) => row.readsGold) && "† was told the gold: a bound for the others, no result.",
  ].filter((note) => note !== false);
  return [table, ...(notes.length > 0 ? ["", ...notes] : []), ""].join("\n");
}

function cells(row: SummaryRow): string[] {
  const [low, high] = row.accuracyInterval;
  const accuracy =
    row.accuracy === null ? "–" : `${percent(row.accuracy)} [${percent(low)}, ${percent(high)}]`;
  const stops = Object.entries(row.stopReasons).map(([reason, count]) => `${reason} ${count}`);
  return [
    row.policy + (row.simulated ? "*" : "") + (row.readsGold ? "†" : ""),
    row.tasks,
    String(row.episodes),
    accuracy,
    row.reward === null ? "–" : row.reward.toFixed(3),
    spread(row.tokens, compact),
    spread(row.dollars, dollars),
    row.turns === null ? "–" : row.turns.toFixed(1),
    stops.join(", "),
  ];
}

/** Pads cells to columns with a rule under the head. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        LEFT_ALIGNED.has(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      )
      .join("  ")
      .trimEnd();
  const [head = [], ...body] = rows;
  return [line(head), widths.map((width) => "─".repeat(width)).join("  "), ...body.map(line)].join("\n");
}

function spread(values: Spread | null, show: (value: number) => string): string {
  return values === null ? "unknown" : [values.mean, values.p50, values.p95].map(show).join(" / ");
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function compact(count: number): string {
  if (count < 10_000) return String(Math.round(count));
  return count < 1e6 ? `${(count / 1e3).toFixed(1)}k` : `${(count / 1e6).toFixed(2)}M`;
}

function dollars(amount: number): string {
  return amount < 0.1 ? amount.toFixed(5) : amount.toFixed(3);
}
