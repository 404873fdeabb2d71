/** `rlm-gym/report`: accuracy against cost over saved runs, and pictures of it. Pictures need vega, vega-lite and resvg, optional peers. */
export {
  alikeInOrder,
  alikeOverLength,
  type AlikeReport,
  type EpisodeWithPath,
  type LengthLikeness,
  type Likeness,
  overlap,
} from "../src/report/alike.ts";
export { type EpisodePath, pathOf } from "../src/report/path.ts";
export { type PairedDifference, pairedBootstrap } from "../src/report/bootstrap.ts";
export { areaOverLogCost, hypervolume, paretoFront, type Point } from "../src/report/front.ts";
export { type LengthPoint, type LengthReport, overLength } from "../src/report/over-length.ts";
export { orderOfPolicies } from "../src/report/policy-order.ts";
export { type PagePicture, type PageTable, reportPage, type ReportPage } from "../src/report/page.ts";
export { frontPlot } from "../src/report/front-plot.ts";
export { type GroupStatistics, groupStatistics, passAtK } from "../src/report/group-statistics.ts";
export { type PairedCounts, pairedCounts } from "../src/report/paired.ts";
export { renderPng, renderSvg, type TopLevelSpec } from "../src/report/plot.ts";
export {
  type PolicyReport,
  type Reached,
  type ReportOptions,
  reportOn,
  type TasksReport,
} from "../src/report/report.ts";
export {
  type EpisodeFigures,
  type TaskFacts,
  figuresOf,
  type Spread,
  summarise,
  type SummaryRow,
} from "../src/report/summary.ts";
export { sweep, type SweepPoint, type SweepRange } from "../src/report/sweep.ts";
export { sweepPlot } from "../src/report/sweep-plot.ts";
export type { CostUnit } from "../src/rewards/cost-terms.ts";
export type { GroupMember } from "../src/report/group-statistics.ts";
