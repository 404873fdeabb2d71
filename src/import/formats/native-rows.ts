/** Native trajectories as they are: files that `export --format jsonl` or `import --out NAME.jsonl` wrote. */
import { z } from "zod";
import { expectRecord } from "../../record/expect-record.ts";
import { eachLine, type Importer, parsedLine } from "../importer.ts";

export const nativeTrajectories: Importer = {
  name: "jsonl",
  describe: "native trajectories, as export --format jsonl writes them",
  recognises: (row) => "schemaVersion" in row && "rolloutId" in row,
  read: (lines, _, tell) =>
    eachLine(lines, tell, (line) => [
      { record: expectRecord(parsedLine(z.unknown(), line), line.where), reference: null, context: null },
    ]),
};
