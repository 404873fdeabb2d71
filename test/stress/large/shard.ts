/**
 * Writes a parquet shard of long windows and filters it to the fifty rows of one source and length. Prints one line of
 * figures; exits with 1 where other rows come out or the memory of the whole process passes the bound.
 *
 *   tsx test/stress/large/shard.ts [gigabytes = 2] [max GB = 1]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { builtInQuestions } from "../../../datasets/oolong/built-in/questions.ts";
import { loadOolong } from "../../../datasets/oolong/load.ts";
import { oolongRows } from "../../../datasets/oolong/publish.ts";
import { type Cell, ParquetWriter } from "./parquet-writer.ts";

const [gigabytes = 2, maxGigabytes = 1] = process.argv.slice(2).map(Number);
const LENGTH = 131_072;
const WANTED = 50;
const GROUP_ROWS = 100;
const COLUMNS = {
  id: "int64",
  context_len: "int64",
  num_labels: "int64",
  context_window_id: "int64",
  dataset: "text",
  context_window_text: "text",
  context_window_text_with_labels: "text",
  question: "text",
  task_group: "text",
  task: "text",
  answer: "text",
  answer_type: "text",
  input_subset: "text",
} as const;

const folder = mkdtempSync(join(tmpdir(), "rlm-gym-shard-"));
try {
  const shard = join(folder, "validation-00000-of-00001.parquet");
  const started = performance.now();
  const { rows, bytes } = writeShard(shard);
  const written = performance.now();
  let found = 0;
  let wrong = 0;
  for await (const { task } of loadOolong({
    files: [shard],
    sources: ["trec_coarse"],
    contextLengths: [LENGTH],
  })) {
    found += 1;
    wrong += Number(task.metadata.source !== "trec_coarse" || task.contextTokens > LENGTH);
  }
  const peak = process.resourceUsage().maxRSS / 2 ** 20;
  console.log(
    `${rows} rows in ${(bytes / 1e9).toFixed(2)} GB, written in ${((written - started) / 1000).toFixed(0)} s and filtered to ` +
      `${found} in ${((performance.now() - written) / 1000).toFixed(1)} s; ${wrong} wrong, ${peak.toFixed(2)} GB at most`,
  );
  process.exitCode = found === WANTED && wrong === 0 && peak <= maxGigabytes ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

/** Fifty wanted rows, spread evenly among rows of another source. */
function writeShard(path: string): { readonly rows: number; readonly bytes: number } {
  const options = { source: builtInQuestions(), length: LENGTH, seed: 1 };
  const made = Array.from(oolongRows(options, WANTED)) as unknown as Record<string, Cell>[];
  const rowBytes = Object.values(made[0]!).reduce<number>((sum, cell) => sum + String(cell).length, 0);
  const rows = Math.max(WANTED, Math.round((gigabytes * 1e9) / rowBytes));
  const every = Math.floor(rows / WANTED);
  const writer = new ParquetWriter(path, COLUMNS);
  for (let start = 0; start < rows; start += GROUP_ROWS) {
    const count = Math.min(GROUP_ROWS, rows - start);
    const group = Array.from({ length: count }, (_, i) => {
      const id = start + i;
      const isWanted = id % every === 0 && id / every < WANTED;
      const row = made[Math.floor(id / every) % WANTED]!;
      return { ...row, id, dataset: isWanted ? "trec_coarse" : "spam" };
    });
    writer.writeGroup(group);
  }
  writer.close();
  return { rows, bytes: writer.bytes };
}
