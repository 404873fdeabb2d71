/** Native trajectories as they are: files that `export --format jsonl` or `import --out NAME.jsonl` wrote. */
import { DataError } from "../../errors.ts";
import { trajectoryRow } from "../../export/formats/trajectory-row.ts";
import type { Trajectory } from "../../trajectory.ts";
import { type Importer, parsedLine } from "../importer.ts";

export const nativeTrajectories: Importer = {
  name: "jsonl",
  describe: "native trajectories, as export --format jsonl writes them",
  recognises: (row) => "schemaVersion" in row && "rolloutId" in row,
  read: async function* read(lines) {
    for await (const line of lines) {
      const { schemaVersion } = (line.value ?? {}) as { schemaVersion?: unknown };
      if (typeof schemaVersion === "number" && schemaVersion > 1)
        throw new DataError(
          `${line.where}: schemaVersion ${schemaVersion} is newer than 1, which this version reads; update rlm-gym`,
        );
      parsedLine(trajectoryRow, line);
      yield { record: line.value as Trajectory, reference: null, context: null };
    }
  },
};
