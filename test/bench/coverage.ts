/** How long it takes to find what was read of a context of about ten million tokens. */
import { coverage } from "../../src/metrics/coverage.ts";
import { Random } from "../../src/random.ts";
import { type Measurement, printTable, summarize, time } from "./measure.ts";

/** Ten million tokens of English prose at 4.5 characters each. */
const CHARS = 45_000_000;
const CHUNK_CHARS = 40_000;

/** Words drawn from a vocabulary, so that hardly a stretch of 32 characters stands twice. */
function text(): string {
  const random = new Random(0);
  const vocabulary = Array.from({ length: 20_000 }, () => random.getrandbits(28).toString(36));
  const words: string[] = [];
  for (let chars = 0; chars < CHARS; chars += words.at(-1)!.length + 1) words.push(random.choice(vocabulary));
  return words.join(" ");
}

export async function run({ json }: { json: boolean }): Promise<void> {
  const context = text();
  const chunks = Array.from({ length: Math.ceil(context.length / CHUNK_CHARS) }, (_, index) => {
    const start = index * CHUNK_CHARS;
    return `What is the number?\n\n${context.slice(start, start + CHUNK_CHARS + 300)}`;
  });
  const cases = {
    "a glance": chunks.slice(0, 3),
    "every chunk": chunks,
    "every chunk twice": [...chunks, ...chunks],
  };
  const rows: Record<string, Measurement> = {};
  for (const [name, seen] of Object.entries(cases)) {
    const taken = await time(5, () => Promise.resolve(coverage(context, seen)), { warmUps: 1 });
    rows[name] = summarize(taken, "ms");
  }
  if (json) console.log(JSON.stringify({ chars: context.length, rows }));
  else printTable(`coverage of ${context.length.toLocaleString("en-US")} characters`, rows);
}
