/**
 * Writes a corpus in BrowseComp-Plus' layout, of documents as long as those of the real one, and asks a few questions over
 * 1000 of its documents each. Prints one line of figures; exits with 1 where a context lacks a document that the question
 * takes, or the memory of the whole process passes the bound. The real corpus has 100,195 documents and some 3 GB of text.
 *
 *   tsx test/stress/large/corpus.ts [gigabytes of text = 3] [max GB = 1] [questions = 3]
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadBrowseCompPlus } from "../../../datasets/browsecomp/load-plus.ts";
import { defaultEssay } from "../../../datasets/s-niah/essay.ts";
import { TEXT } from "../../../src/export/columns.ts";
import { writeParquet } from "../../../src/export/parquet.ts";
import { Random } from "../../../src/random.ts";

const [gigabytes = 3, maxGigabytes = 1, questions = 3] = process.argv.slice(2).map(Number);
const DOCUMENT_CHARS = 30_000;
const DOCUMENTS = 1000;
const SHARD_DOCUMENTS = 15_000;

const folder = mkdtempSync(join(tmpdir(), "rlm-gym-corpus-show-"));
try {
  const essay = defaultEssay();
  const count = Math.max(2 * DOCUMENTS, Math.round((gigabytes * 1e9) / DOCUMENT_CHARS));
  const document = (index: number) => {
    const random = Random.of(1, "document", index);
    const chars = Math.round(DOCUMENT_CHARS * random.uniform(0.5, 1.5));
    const start = random.below(essay.length - chars);
    const text = `---\ntitle: Page ${index}\n---\n${essay.slice(start, start + chars)}`;
    return { docid: String(index), text, url: `https://example.org/${index}` };
  };
  const started = performance.now();
  const files: string[] = [];
  for (let first = 0; first < count; first += SHARD_DOCUMENTS) {
    const file = join(folder, `train-${String(files.length).padStart(5, "0")}.parquet`);
    files.push(file);
    await writeParquet(
      file,
      (async function* shard() {
        for (let i = first; i < Math.min(count, first + SHARD_DOCUMENTS); i += 1) yield document(i);
      })(),
      [
        ["docid", TEXT],
        ["text", TEXT],
        ["url", TEXT],
      ],
    );
  }
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  const queries = join(folder, "queries.jsonl");
  const rows = Array.from({ length: questions }, (_, i) => ({
    query_id: String(i),
    query: `Which page has the number ${i}?`,
    answer: `Page ${i}`,
    gold_docs: [document(i)],
    evidence_docs: [document(i), document(count - 1 - i)],
    negative_docs: [],
  }));
  writeFileSync(queries, rows.map((row) => JSON.stringify(row)).join("\n"));
  const written = performance.now();

  const times: number[] = [];
  let [wrong, tokens, last] = [0, 0, written];
  const problems = loadBrowseCompPlus({ files: [queries], corpus: files, documents: DOCUMENTS, seed: 1 });
  for await (const { task, reference } of problems) {
    times.push((performance.now() - last) / 1000);
    const parts = task.context as readonly string[];
    const held = new Set(parts.map((part) => part.slice(0, part.indexOf("\n"))));
    const needed = (reference.metadata.evidence as string[]).map((docid) => `docid: ${docid}`);
    wrong += Number(parts.length !== DOCUMENTS || !needed.every((line) => held.has(line)));
    tokens = Math.max(tokens, task.contextTokens ?? 0);
    last = performance.now();
  }
  const peak = process.resourceUsage().maxRSS / 2 ** 20;
  console.log(
    `${count} documents in ${(bytes / 1e9).toFixed(2)} GB of parquet, written in ${((written - started) / 1000).toFixed(0)} s; ` +
      `the first question after ${times[0]!.toFixed(1)} s, others after ${(times.slice(1).reduce((sum, time) => sum + time, 0) / (times.length - 1)).toFixed(1)} s, ` +
      `up to ${tokens} tokens; ${wrong} wrong, ${peak.toFixed(2)} GB at most`,
  );
  process.exitCode = wrong === 0 && times.length === questions && peak <= maxGigabytes ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}
