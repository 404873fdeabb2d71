/** `rlm-gym data decrypt`: prints an encrypted set in plain text, only on standard output. */
import type { CommandModule } from "yargs";
import { decryptedRows } from "../../../datasets/browsecomp/decrypted-rows.ts";

export const decryptVerb: CommandModule<object, { file: string; canary: string | undefined }> = {
  command: "decrypt <file>",
  describe: "print encrypted rows of BrowseComp, BrowseComp-Plus, runs and exports in plain text on stdout",
  builder: (argv) =>
    argv
      .positional("file", { type: "string", demandOption: true, describe: "the encrypted file" })
      .option("canary", { type: "string", describe: "of BrowseComp-Plus: the set's canary" })
      .example("$0 data decrypt browse_comp_test_set.csv | head -n 1", "the first row; keep it off the web")
      .example('$0 data decrypt test.parquet --canary "$CANARY"', "BrowseComp-Plus")
      .example("$0 data decrypt sft.jsonl | head -n 1", "an export, which stores its canaries with its rows"),
  handler: async ({ file, canary }) => {
    for await (const fields of decryptedRows(file, canary))
      process.stdout.write(`${JSON.stringify(fields)}\n`);
  },
};
