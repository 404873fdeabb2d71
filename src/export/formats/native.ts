/** The format `jsonl`: the trajectories themselves, lossless; all other formats are projections of them. */
import { eachEpisode, type Exporter, type Row, withKeys } from "../exporter.ts";
import { trajectoryRow } from "../../record/trajectory-row.ts";

export const nativeJsonl: Exporter = {
  name: "jsonl",
  describe: "the trajectories themselves, lossless",
  output: "rows",
  columns: null,
  jsonl: true,
  needsTokens: false,
  holdsGold: false,
  holdsChildren: true,
  keepsUntrained: true,
  recognises: withKeys("schemaVersion", "rolloutId", "turns"),
  row: trajectoryRow,
  rows: eachEpisode(({ trajectory }) => ({ rows: [trajectory as unknown as Row] })),
};
