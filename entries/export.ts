/** `rlm-gym/export`: writes saved rollouts as the files that trainers read. */
export {
  EXPORT_DEFAULTS,
  type Exporter,
  type ExportItem,
  type ExportOptions,
  type ExportSource,
  type Row,
} from "../src/export/exporter.ts";
export type { Filters } from "../src/export/choice/filters.ts";
export { Redaction } from "../src/export/choice/redact.ts";
export { exporterNamed, EXPORTERS } from "../src/export/registry.ts";
export { type ReadTensor, readTensors } from "../src/export/tensor-files.ts";
export { validatePath } from "../src/export/validate-folder.ts";
export type { ExportManifest } from "../src/export/manifest.ts";
export { type ExportRequest, writeExport } from "../src/export/write.ts";
export { exportRuns, type ExportRunsOptions } from "../src/runs/export-runs.ts";
export { type OpenedRuns, openRuns } from "../src/runs/open-runs.ts";
export type { Mended } from "../src/export/choice/change-log.ts";
export type { Leaf, ParquetField, ParquetType } from "../src/export/columns.ts";
export type { Counts, Kept, KeptOf, Tally } from "../src/export/tally.ts";
export type { MetadataKind } from "../src/export/metadata.ts";
export type { RowFault, Verdict } from "../src/export/validate.ts";
export type { WrittenFile } from "../src/export/manifest.ts";
export type { DType } from "../src/export/formats/tensors.ts";
