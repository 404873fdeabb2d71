/**
 * Lazy text against `grep -c` over the same file: `npm run bench -- text [--json] [--bytes N]`, 4 GB unless told.
 * The file is made in the system's folder for temporary files, needs as much free room there, and is deleted.
 */
import { execFile } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Random } from "../../src/random.ts";
import { TextStore } from "../../src/repl/text/text-store.ts";
import { printTable, summarize, time } from "./measure.ts";
import type { Measurement } from "./measure.ts";

const defaultBytes = 4 * 10 ** 9;
const runs = 5;
const needle = "special magic number";
const words =
  "the of and to in is that for it was on are as with they at be this from have or by one had not but what all";

export async function run({ json }: { json: boolean }): Promise<void> {
  const flag = process.argv.indexOf("--bytes");
  const bytes = flag < 0 ? defaultBytes : Number(process.argv[flag + 1]);
  if (!(bytes > 0)) throw new Error("--bytes: expected a number of bytes");
  const folder = mkdtempSync(join(tmpdir(), "bench-text-"));
  try {
    const ascii = await measure(folder, bytes, []);
    const mixed = await measure(folder, bytes, ["café", "中文", "😀"]);
    if (json) console.log(JSON.stringify({ bytes, ascii, mixed }));
    else {
      printTable(`ASCII, ${bytes} bytes; the floor is grep -c`, ascii);
      printTable(`one word in fifty beyond ASCII, ${bytes} bytes; the floor is grep -c`, mixed);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measure(
  folder: string,
  bytes: number,
  rare: readonly string[],
): Promise<Record<string, Measurement>> {
  const path = join(folder, "text.txt");
  writeText(path, bytes, rare);
  const attached = await time(runs, () =>
    withStore(path, (store) => store.request({ op: "slice", end: 100 })),
  );
  const results = {
    attach: summarize(attached, "ms"),
    grep: await beside(path, { op: "grep", pattern: needle }),
    grepGroups: await beside(path, { op: "grep", pattern: `${needle} is (?P<value>\\d+)` }),
    length: await beside(path, { op: "length" }),
  };
  rmSync(path);
  return results;
}

/** A request to a fresh store, which has no index to begin with, and `grep -c` by turns. */
async function beside(path: string, request: object): Promise<Measurement> {
  const floors: number[] = [];
  const taken = await time(runs, () => withStore(path, (store) => store.request(request)), {
    warmUps: 1,
    prepare: async () => {
      floors.push(...(await time(1, () => grepCount(path), { warmUps: 0 })));
    },
  });
  return summarize(taken, "ms", summarize(floors.slice(1), "ms").median);
}

async function grepCount(path: string): Promise<void> {
  await promisify(execFile)("grep", ["-c", needle, path]);
}

async function withStore(path: string, use: (store: TextStore) => Promise<unknown>): Promise<void> {
  const store = TextStore.fromFile(path);
  await use(store).finally(() => store.close());
}

/** Lines of common words, one block over and over, and a line with the needle after every hundred blocks or so. */
function writeText(path: string, bytes: number, rare: readonly string[]): void {
  const random = new Random(1);
  const word = () =>
    rare.length > 0 && random.below(50) === 0 ? random.choice(rare) : random.choice(words.split(" "));
  const line = () => Array.from({ length: random.randint(8, 20) }, word).join(" ");
  const block = Buffer.from(`${Array.from({ length: 2 ** 16 }, line).join("\n")}\n`);
  const file = openSync(path, "w");
  for (let written = 0; written < bytes;) {
    written += writeSync(file, block.subarray(0, bytes - written));
    if (random.below(100) === 0)
      written += writeSync(file, `The ${needle} is ${random.randint(1e6, 1e7 - 1)}.\n`);
  }
  closeSync(file);
}
