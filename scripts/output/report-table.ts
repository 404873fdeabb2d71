/** The table of `report`, for the terminal and for a page. */
import type { TasksReport } from "../../src/report/report.ts";
import type { PageTable } from "../../src/report/page.ts";
import { columns, compact, dollars, percent } from "./columns.ts";

const HEAD = [
  "policy",
  "n",
  "score [95 %]",
  "cost mean/p50/p95",
  "at budget",
  "per right answer",
  "reward",
  "score − baseline [95 %]",
  "cost − baseline [95 %]",
];

export function reportTable({
  tasks,
  unit,
  baseline,
  budget,
  policies,
  reference,
  hypervolume,
  areaOverLogCost,
}: TasksReport): PageTable {
  const cost = (value: number) => (unit === "dollars" ? `$${dollars(value)}` : compact(value));
  const signed = (value: number, show: (size: number) => string) =>
    `${value < 0 ? "−" : "+"}${show(Math.abs(value))}`;
  const rows = policies.map((own) => {
    const difference = (found: typeof own.scoreDifference, show: (value: number) => string) =>
      found === null
        ? "–"
        : `${signed(found.mean, show)} [${found.interval.map((end) => signed(end, show)).join(", ")}]`;
    return [
      `${own.onFront ? "▸ " : "  "}${own.policy}${own.simulated ? "*" : ""}${own.readsGold ? "†" : ""}`,
      String(own.episodes),
      `${percent(own.score)} [${own.scoreInterval.map(percent).join(", ")}]`,
      [own.cost, own.costP50, own.costP95].map(cost).join(" / "),
      percent(own.scoreAtBudget),
      own.costPerRight === null ? "none right" : cost(own.costPerRight),
      own.reward.toFixed(3),
      difference(own.scoreDifference, percent),
      difference(own.costDifference, cost),
    ];
  });
  const faults = policies.reduce((sum, { infraErrors }) => sum + infraErrors, 0);
  return {
    heading: `${tasks}: cost in ${unit}, budget ${cost(budget)}, baseline ${baseline}`,
    head: HEAD,
    rows,
    notes: [
      `▸ on the front. Hypervolume ${hypervolume.toPrecision(4)} up to score 0 and cost ${cost(reference.cost)}; ` +
        `mean score over log cost ${areaOverLogCost === null ? "– (one cost alone)" : areaOverLogCost.toFixed(3)}.`,
      ...(faults > 0 ? [`${faults} episode(s) ended with an infrastructure fault and count nowhere.`] : []),
      ...(policies.some(({ simulated }) => simulated) ? ["* rests on a simulated model."] : []),
      ...(policies.some(({ readsGold }) => readsGold)
        ? ["† was told the gold, and is not on the front."]
        : []),
    ],
  };
}

/** A table as text. */
export function tableText({ heading, head, rows, notes }: PageTable): string {
  return [heading, columns([head, ...rows], new Set([0])), "", ...notes].join("\n");
}
