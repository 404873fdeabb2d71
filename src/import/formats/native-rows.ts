/** Native trajectories as they are: files that `export --format jsonl` or `import --out NAME.jsonl` wrote. */
import { expectRecord } from "../../record/expect-record.ts";
import type { Importer } from "../importer.ts";

export const nativeTrajectories: Importer = {
  name: "jsonl",
  describe: "native trajectories, as export --format jsonl writes them",
  recognises: (row) => "schemaVersion" in row && "rolloutId" in row,
  read: async function* read(lines) {
    for await (const { value, where } of lines)
      yield { record: expectRecord(value, where), reference: null, context: null };
  },
};
