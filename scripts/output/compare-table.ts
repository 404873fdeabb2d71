/** The table of `compare`: policies side by side on the same tasks, and separately below it published scores. */
import { PUBLISHED_SOURCES } from "../../envs/published.ts";
import { pairedCounts } from "../../src/report/paired.ts";
import { type EpisodeFigures, summarise, type SummaryRow } from "../../src/report/summary.ts";
import { mean } from "../../src/statistics.ts";
import { groupsTable } from "./groups-table.ts";
import { comparedScores, publishedTable } from "./published-table.ts";
import { columns, compact, dollars, percent } from "./columns.ts";
import { accuracyOf, type ClosingTable, type Collected, markedPolicy, notesOn } from "./table.ts";

const LEFT_ALIGNED = new Set([0, 1]);

/**
 * @param environments the environments whose published scores to show
 * @param byLanguage whether policies were played in several languages, so that turns and the time of code are of interest
 * @param bounds context lengths in tokens at which to split the tasks; without any, tasks are split by the requested options only
 */
export function compareTable(
  environments: readonly string[],
  bounds: readonly number[] = [],
  { byLanguage = false }: { readonly byLanguage?: boolean } = {},
): ClosingTable {
  return {
    text: (collected) => {
      const published = comparedScores(environments, collected.figures);
      return `${measuredTable(apart(collected, bounds), byLanguage)}\n${publishedTable(environments, published)}`;
    },
    json: (collected) => {
      const parted = apart(collected, bounds);
      return {
        rows: parted.rows.map((row) => ({
          ...row,
          codeMs: codeMsOf(row, parted),
          paired: pairedWithFirst(row, parted),
        })),
        published: {
          sources: PUBLISHED_SOURCES,
          scores: comparedScores(environments, collected.figures),
        },
      };
    },
  };
}

/** Rows for each range of lengths, from the shortest to the longest. */
function apart(collected: Collected, bounds: readonly number[]): Collected {
  if (bounds.length === 0) return collected;
  const ends = bounds.toSorted((a, b) => a - b);
  const rangeIndexOf = ({ contextTokens }: EpisodeFigures) =>
    ends.filter((end) => contextTokens > end).length;
  const figures = collected.figures
    .toSorted((a, b) => rangeIndexOf(a) - rangeIndexOf(b))
    .map((episode) => {
      const end = ends[rangeIndexOf(episode)];
      const span = end === undefined ? `over ${compact(ends.at(-1)!)}` : `up to ${compact(end)}`;
      return { ...episode, tasks: `${episode.tasks}, ${span}` };
    });
  return { rows: summarise(figures), figures };
}

/** The difference from the first policy of the table; null for that policy itself. */
function pairedWithFirst({ policy, tasks }: SummaryRow, { rows, figures }: Collected) {
  const baseline = rows.find((row) => row.tasks === tasks)!.policy;
  return policy === baseline ? null : { baseline, ...pairedCounts(figures, { policy, baseline, tasks }) };
}

function measuredTable(collected: Collected, byLanguage: boolean): string {
  const { rows } = collected;
  const head = [
    "tasks",
    "policy",
    "n",
    "accuracy [95 %]",
    `won/lost against ${rows[0]?.policy ?? "the first"}`,
    "tokens mean/p95",
    "$ mean/p95",
    "sub-calls",
    "coverage",
    ...(byLanguage ? ["turns", "ms of code"] : []),
  ];
  const cells = rows.map((row) => [
    row.tasks,
    markedPolicy(row),
    String(row.episodes),
    accuracyOf(row),
    wonAndLost(row, collected),
    row.tokens === null ? "–" : `${compact(row.tokens.mean)} / ${compact(row.tokens.p95)}`,
    row.dollars === null ? "unknown" : `${dollars(row.dollars.mean)} / ${dollars(row.dollars.p95)}`,
    row.metrics.subCalls === null ? "–" : row.metrics.subCalls.toFixed(1),
    row.metrics.coverage === null ? "–" : percent(row.metrics.coverage),
    ...(byLanguage ? [fixed(row.turns, 1), fixed(codeMsOf(row, collected), 0)] : []),
  ]);
  return [columns([head, ...cells], LEFT_ALIGNED), ...groupsTable(rows), "", ...notesOn(rows), ""].join("\n");
}

function fixed(value: number | null, digits: number): string {
  return value === null ? "–" : value.toFixed(digits);
}

/** The mean time of an episode's code, in milliseconds; null if none was measured. */
function codeMsOf({ policy, tasks }: SummaryRow, { figures }: Collected): number | null {
  const measured = figures.filter((one) => one.ok && one.policy === policy && one.tasks === tasks);
  const seconds = measured.flatMap(({ codeSeconds }) => (codeSeconds === undefined ? [] : [codeSeconds]));
  return seconds.length === 0 ? null : 1000 * mean(seconds);
}

function wonAndLost(row: SummaryRow, collected: Collected): string {
  const paired = pairedWithFirst(row, collected);
  return paired ? `${paired.won} / ${paired.lost}` : "–";
}
