/** `npm run bench -- NAME [SIZES] [--json]`: runs the bench in the file of that name. */
import { readdir } from "node:fs/promises";

/** What a bench file exports: measures, and prints a table, or with `json` one JSON object. */
export interface Bench {
  run(options: { readonly json: boolean; readonly sizes: readonly number[] }): Promise<void>;
}

const NOT_BENCHES = new Set(["main", "measure", "monty", "plain-step"]);
const files = (await readdir(import.meta.dirname ?? new URL(".", import.meta.url).pathname))
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -".ts".length))
  .filter((name) => !NOT_BENCHES.has(name) && !name.includes("."));

const [name = "", ...flags] = process.argv.slice(2);
if (!files.includes(name)) {
  console.error(`usage: npm run bench -- NAME [--json], where NAME is one of: ${files.join(", ")}`);
  process.exitCode = 2;
} else {
  const bench = (await import(new URL(`./${name}.ts`, import.meta.url).href)) as Bench;
  const sizes = flags.filter((flag) => !flag.startsWith("--")).map(Number);
  await bench.run({ json: flags.includes("--json"), sizes });
}
