/** `rlm-gym/import`: turns other programs' records into trajectories and runs. */
export type { Importer, ReadEpisode } from "../src/import/importer.ts";
export { type Imported, importFiles } from "../src/import/read-files.ts";
export { importerNamed, IMPORTERS } from "../src/import/registry.ts";
export { writeImportedRun } from "../src/import/write-run.ts";
export type { ForeignCall, ForeignEpisode, ForeignTurn } from "../src/import/native.ts";
export type { ImportOptions } from "../src/import/read-files.ts";
export type { Beside, Line, Tell } from "../src/import/importer.ts";
export type { RunEpisode, WrittenRun } from "../src/import/write-run.ts";
