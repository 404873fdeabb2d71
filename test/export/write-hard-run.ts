/** `tsx write-hard-run.ts FOLDER` writes the hard episodes as a run, for what reads its exports in other languages. */
import { writeImportedRun } from "../../src/import/write-run.ts";
import { HALVES, HARD_CONTEXT, HARD_EPISODES, ODD_TEXT } from "./hard-episodes.ts";

const [folder = "hard-run"] = process.argv.slice(2);
async function* episodes() {
  for (const trajectory of HARD_EPISODES) {
    const answers = [`1 ${ODD_TEXT}`, HALVES];
    const reference = { taskId: trajectory.task.id, answers, metadata: { note: ODD_TEXT } };
    yield { trajectory, reference, context: HARD_CONTEXT };
  }
}
await writeImportedRun(folder, episodes(), { version: "0", formats: () => ["jsonl"] });
