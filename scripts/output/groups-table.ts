/** The table of groups, below the closing one. */
import type { SummaryRow } from "../../src/report/summary.ts";
import { columns, percent } from "./columns.ts";

const LEFT_ALIGNED = new Set([0, 1]);

/** Lines of text; empty if no group has two members. */
export function groupsTable(rows: readonly SummaryRow[]): string[] {
  const grouped = rows.flatMap(({ policy, tasks, groups }) => (groups ? [{ policy, tasks, ...groups }] : []));
  if (grouped.length === 0) return [];
  const counts = [...new Set(grouped.flatMap(({ passAt }) => Object.keys(passAt).map(Number)))].toSorted(
    (a, b) => a - b,
  );
  const head = [
    "policy",
    "tasks",
    "groups",
    "size",
    ...counts.map((k) => `pass@${k}`),
    "all/some/none right",
    "reward spread",
  ];
  const cells = grouped.map((row) => [
    row.policy,
    row.tasks,
    String(row.groups),
    String(row.size),
    ...counts.map((k) => (row.passAt[k] === undefined ? "–" : percent(row.passAt[k]))),
    `${row.allRight} / ${row.someRight} / ${row.noneRight}`,
    row.rewardSpread.toFixed(3),
  ]);
  return ["", columns([head, ...cells], LEFT_ALIGNED)];
}
