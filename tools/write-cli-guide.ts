/** Writes docs/cli.md, and the names of the environments for the Python client: `npm run docs:cli`. */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { environments } from "../envs/registry.ts";
import { main } from "../scripts/main.ts";
import { cliGuide } from "./cli-guide.ts";

// The help must not depend on the terminal that the script runs in.
process.env.LC_ALL = "en_US";
Object.defineProperty(process.stdout, "columns", { value: 110 });

/** Captures console.log, with which yargs prints help. */
async function help(args: readonly string[]): Promise<string> {
  const lines: string[] = [];
  const print = console.log;
  console.log = (text: string) => void lines.push(text);
  try {
    const code = await main([...args, "--help"]);
    if (code !== 0) throw new Error(`rlm-gym ${args.join(" ")} --help ended with ${code}`);
  } finally {
    console.log = print;
  }
  return lines.join("\n");
}

const file = fileURLToPath(new URL("../docs/cli.md", import.meta.url));
const names = environments.map(({ name }) => name);
await writeFile(file, await cliGuide(help, names));
console.log(`wrote ${file}`);
const listed = fileURLToPath(new URL("../clients/python/src/rlm_gym/environments.json", import.meta.url));
await writeFile(listed, `${JSON.stringify(names, null, 2)}\n`);
console.log(`wrote ${listed}`);
