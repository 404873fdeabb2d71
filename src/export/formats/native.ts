/** The format `jsonl`: the trajectories themselves, lossless; all other formats are projections of them. */
import { eachEpisode, type Exporter, type Row, withKeys } from "../exporter.ts";
import { BOOL, INT, JSON_TEXT, REST, TEXT } from "../columns.ts";
import { trajectoryRow } from "../../record/trajectory-row.ts";

export const nativeJsonl: Exporter = {
  name: "jsonl",
  describe: "the trajectories themselves, lossless",
  output: "rows",
  columns: [
    ["schemaVersion", INT],
    ["rolloutId", TEXT],
    ["groupId", TEXT],
    ["environment", TEXT],
    ["policy", TEXT],
    ["status", TEXT],
    ["stopReason", TEXT],
    ["simulated", BOOL],
    ["task", JSON_TEXT],
    ["answer", JSON_TEXT],
    ["reward", JSON_TEXT],
    ["totals", JSON_TEXT],
    ["turns", JSON_TEXT],
    ["calls", JSON_TEXT],
    ["children", JSON_TEXT],
    ["rest", REST],
  ],
  jsonl: true,
  needsTokens: false,
  holdsGold: false,
  holdsChildren: true,
  keepsUntrained: true,
  recognises: withKeys("schemaVersion", "rolloutId", "turns"),
  row: trajectoryRow,
  rows: eachEpisode(({ trajectory }) => ({ rows: [trajectory as unknown as Row] })),
};
