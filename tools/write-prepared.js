// @ts-check
/** Writes what `--help` and `envs` print into the build, by asking the build itself, so that the command need not work it out. */
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const scripts = path.resolve("dist/scripts");
/** @type {{ PREPARED: Record<string, string> }} */
const { PREPARED } = await import(pathToFileURL(path.join(scripts, "prepared.js")).href);
const folder = path.join(scripts, "prepared");

rmSync(folder, { recursive: true, force: true });
const lineOf = new Map(Object.entries(PREPARED).map(([line, file]) => [file, line]));
const written = [...lineOf].map(([file, line]) => ({
  file,
  text: execFileSync(process.execPath, [path.join(scripts, "rlm-gym.js"), ...line.split(" ")]),
}));
mkdirSync(folder);
for (const { file, text } of written) writeFileSync(path.join(folder, file), text);
