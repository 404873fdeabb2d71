/**
 * Follows guides word by word: writes each block of code that names a file, runs each block of shell commands, in order and in one
 * shell, and compares what a command prints with the block `text output` that stands after it, where a line `…` stands for any lines.
 * Then it type-checks what was written. `node .ci/follow-guides.mjs FOLDER [WORD]` expects the tarball in FOLDER/rlm-gym; with a word it follows the guides whose path has it.
 */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FOLDER = process.argv[2];
/** `WRITE=1 .ci/tutorials` writes new outputs into the guides, to be looked at before they are committed. */
const WRITE = process.env.WRITE === "1";
const TYPE_CHECK = "npx tsc --noEmit --strict";
if (FOLDER === undefined) throw new Error("expected the folder that holds rlm-gym/*.tgz");

/** The fenced blocks of a guide: `{ line, language, file, text }`, the line from 1. */
function blocksOf(guide) {
  const text = readFileSync(join(ROOT, guide), "utf8");
  return [...text.matchAll(/^(`{3,})(\S+)(?: (\S+))?\n(.*?)^\1$/gms)].map((match) => ({
    line: text.slice(0, match.index).split("\n").length,
    language: match[2],
    file: match[3],
    text: match[4],
  }));
}

/** A shell command that marks in the output where the output of a block begins. */
const MARK = "@@ follow-guides";
const mark = (line) => `echo "${MARK} ${line}"`;

function scriptOf(blocks) {
  const parts = ["set -euo pipefail"];
  for (const { line, language, file, text } of blocks) {
    if (language === "sh") parts.push(mark(line), text);
    else if (["ts", "json", "yaml"].includes(language) && file)
      parts.push(`mkdir -p "$(dirname ${file})"`, `cat > ${file} <<'END OF ${file}'\n${text}END OF ${file}`);
  }
  return parts.join("\n");
}

/** Runs a script, and resolves to what it printed; throws with all of it where it failed. */
function run(name, script) {
  const child = spawn("bash", ["-c", script], { cwd: FOLDER, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, both] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text) => ((stdout += text), (both += text)));
  child.stderr.setEncoding("utf8").on("data", (text) => (both += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) return resolve(stdout);
      const line = [...both.matchAll(new RegExp(`^${MARK} (.+)$`, "gm"))].at(-1)?.[1] ?? "?";
      reject(new Error(`${name}:${line}: ended with ${code}\n${both.slice(-6000)}`));
    });
  });
}

/** Throws where a `text output` block is not what the shell block before it printed; with WRITE it writes that there instead. */
function compare(guide, blocks, stdout) {
  const printed = new Map(
    stdout
      .split(new RegExp(`^${MARK} `, "m"))
      .slice(1)
      .map((part) => [Number(part.slice(0, part.indexOf("\n"))), part.slice(part.indexOf("\n") + 1)]),
  );
  let last = 0;
  let compared = 0;
  for (const { line, language, file, text } of blocks) {
    if (language === "sh") last = line;
    if (language !== "text" || file !== "output") continue;
    const got = printed.get(last) ?? "";
    if (!patternOf(text).test(got)) {
      if (!WRITE) throw new Error(`${guide}:${line}: the command printed something else:\n${got}`);
      const path = join(ROOT, guide);
      writeFileSync(
        path,
        readFileSync(path, "utf8").replace(`text output\n${text}`, () => `text output\n${got.trim()}\n`),
      );
    }
    compared += 1;
  }
  return compared;
}

/** What an output must be: the text, with any lines in the place of a line `…`. */
function patternOf(text) {
  const parts = text.trim().split(/^…(?:\n|$)/m);
  const exact = parts.map((part) => part.trim().replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(`^\\s*${exact.join("[^]*?")}\\s*$`);
}

/** Follows one guide; `more` are commands that follow in its folder. */
async function follow(guide, more = "") {
  const began = performance.now();
  const blocks = blocksOf(guide);
  const stdout = await run(guide, `${scriptOf(blocks)}\n${mark("type-check")}\n${TYPE_CHECK}\n${more}`);
  const commands = blocks.filter(({ language }) => language === "sh").length;
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(
    `${guide}: ${commands} blocks of commands, ${compare(guide, blocks, stdout)} outputs, ${seconds} s`,
  );
}

/** Runs the README's example, and each of docs/examples by the commands that its first comment names, or else as a program. */
function examples() {
  const readme = blocksOf("README.md").filter(({ language }) => language === "ts");
  const parts = [`mkdir -p docs`, `cp -r ${ROOT}docs/examples docs/`];
  if (readme.length === 0) throw new Error("README.md has no example in TypeScript");
  readme.forEach(({ text }, index) => {
    parts.push(`cat > readme-${index}.ts <<'END OF EXAMPLE'\n${text}END OF EXAMPLE`);
  });
  parts.push(TYPE_CHECK);
  const commands = readdirSync(join(ROOT, "docs/examples"))
    .filter((name) => name.endsWith(".ts"))
    .flatMap((name) => {
      const comment =
        /\/\*\*.*?\*\//s.exec(readFileSync(join(ROOT, "docs/examples", name), "utf8"))?.[0] ?? "";
      const found = [...comment.matchAll(/^ \*\s+(npx .+?)(?: \*\/)?$/gm)].map(([, command]) => command);
      return found.length > 0 ? found : [`npx tsx docs/examples/${name}`];
    });
  for (const command of ["npx tsx readme-0.ts", ...commands])
    parts.push(`echo ${JSON.stringify(`$ ${command}`)}`, command);
  return { script: parts.join("\n"), count: commands.length };
}

const ONLY = process.argv[3] ?? "";
const tutorials = readdirSync(join(ROOT, "docs/tutorials")).map((name) => `docs/tutorials/${name}`);
const { script, count } = examples();
const guides = [...tutorials, "docs/library.md"].filter((guide) => guide.includes(ONLY));
const jobs = guides.map((guide) => () => follow(guide, guide.endsWith("library.md") ? script : ""));
const failures = [];
await Promise.all(
  Array.from({ length: Math.min(2, availableParallelism()) }, async () => {
    for (let job = jobs.shift(); job; job = jobs.shift()) await job().catch((error) => failures.push(error));
  }),
);
for (const { message } of failures) console.error(message);
console.log(`${guides.length} guides, ${count} commands of examples; ${failures.length} failed`);
process.exit(failures.length > 0 ? 1 : 0);
