/** Writes the files of every benchmark into a folder, and prints names and options: `tsx test/envs/benchmark-program.ts FOLDER`. */
import { mkdirSync } from "node:fs";
import { benchmarksIn } from "./benchmark-files.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("name a folder for the files");
mkdirSync(folder, { recursive: true });
process.stdout.write(`${JSON.stringify(benchmarksIn(folder))}\n`);
