// @ts-check
/**
 * Builds the bash of the REPL: the interpreter just-bash and what it needs as one script without modules, which QuickJS evaluates,
 * and beside it the licences of everything in it. They lie beside the code that reads them.
 */
import { existsSync, readFileSync } from "node:fs";
import { readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";

const FOLDER = "src/repl/bash";
const ENTRY = `
import { Bash, InMemoryFs, defineCommand, getCommandNames } from "just-bash/browser";
globalThis.justBash = { Bash, InMemoryFs, defineCommand, getCommandNames };
`;
/** Compression is the one thing that the interpreter would ask of Node. */
const NO_COMPRESSION = `
const refuse = () => { throw new Error("compression is not available"); };
export { refuse as gunzipSync, refuse as gzipSync };
export const constants = {};
`;
/**
 * The interpreter copies its state for every script and drops it after; the REPL keeps it. This is the one place where it is
 * made and used.
 */
const RUN = /await new (\w+)\((\w+),(\w+)\)\.executeScript\((\w+)\)/g;

/**
 * The interpreter matches patterns of users by an engine of its own that takes linear time. Inside QuickJS every block has a
 * deadline, and QuickJS's own engine is many times faster: patterns that it knows are matched by it.
 */
const PATTERN = /function (\w+)\((\w+),(\w+)="",(\w+)=\{\}\)\{return new (\w+)\(\2,\3,\4\)\}/g;
const NATIVE = /(\w+)=class\{_regex;constructor/;

/**
 * What scripts and loops print is held until they end. The REPL is told of each such output, so that a block that its time ends
 * does not lose it.
 */
const SCRIPT_OUTPUT = /new (\w+)\(this\.ctx\.executionScope,"script"\)/g;
const LOOP_OUTPUT =
  /class\{ctx;stdoutChunks=\[\];stderrChunks=\[\];totalBytes=0;constructor\((\w+)\)\{this\.ctx=\1/g;

/** In awk a `next` on the last line would end the first loop of END: the interpreter forgets it at the next line alone. */
const AWK_END = /this\.ctx\.inEndBlock=!0,/g;

/** Ranges such as {1..20000} end at ten thousand without a word; here they go to the bound of expansions, and fail beyond it. */
const MOST_OF_RANGE = /(\w+)=1e4,(\w+)=\{maxResults:\1,/g;
const RANGE_ITEM =
  /(function \w+\((\w+),(\w+),(\w+),(\w+)\)\{if\(\2\.length>=\4\.maxResults\))return!1;(?=let (\w+)=\w+\(\3\);if\(\6>\4\.maxStringBytes-\5\.value\)throw new (\w+)\()/g;

/** `head -c 1K` and `tail -c +5` would be read as a number of bytes by their first digits alone. */
const BYTE_COUNTS =
  /(function \w+\(\w+,\w+\)\{let \w+=10,(\w+)=null,)([^]{0,400}?)\2=parseInt\((\w+\[\+\+\w+\]),10\)([^]{0,60}?)\2=parseInt\((\w+\.slice\(2\)),10\)([^]{0,60}?)\2=parseInt\((\w+\.slice\(8\)),10\)/g;
const BYTES_IN =
  'function replBytes(word){const read=/^(\\d+)([bkKMG]?)$/.exec(word);return read?Number(read[1])*{"":1,b:512,k:1024,K:1024,M:1048576,G:1073741824}[read[2]]:NaN}';

/** The message for commands that the interpreter has elsewhere speaks of its bundles. */
const ABSENT =
  /command not available in browser environments\. Exclude '\$\{\w+\}' from your commands or use the Node\.js bundle\./g;

/** @param {string} text */
function adapted(text) {
  const places = [RUN, PATTERN, NATIVE, SCRIPT_OUTPUT, LOOP_OUTPUT, AWK_END];
  for (const place of [...places, MOST_OF_RANGE, RANGE_ITEM, BYTE_COUNTS, ABSENT])
    if ([...text.matchAll(new RegExp(place.source, "g"))].length !== 1)
      throw new Error(`this version of just-bash is made otherwise than tools/build-bash.js knows: ${place}`);
  const native = String(NATIVE.exec(text)?.[1]);
  return text
    .replace(RUN, "await new $1($2,this.entered($3)).executeScript($4)")
    .replace(MOST_OF_RANGE, "$1=1/0,$2={maxResults:1e4,")
    .replace(
      RANGE_ITEM,
      '$1throw new $7(`brace expansion result limit exceeded (${$4.maxResults})`,"array_elements");',
    )
    .replace(BYTE_COUNTS, `${BYTES_IN}$1$3$2=replBytes($4)$5$2=replBytes($6)$7$2=replBytes($8)`)
    .replace(ABSENT, "command not found")
    .replace(AWK_END, (begun) => `${begun}this.ctx.shouldNext=this.ctx.shouldNextFile=!1,`)
    .replace(SCRIPT_OUTPUT, (made) => `globalThis.replOutput(${made})`)
    .replace(LOOP_OUTPUT, (begun) => `${begun};globalThis.replOutput(this)`)
    .replace(
      PATTERN,
      `function $1($2,$3="",$4={}){for(const u of["u",""])try{return new ${native}(new RegExp($2,$3.replace("u","")+u))}catch{}return new $5($2,$3,$4)}`,
    );
}

/** @type {import("esbuild").Plugin} */
const plugin = {
  name: "bash",
  setup(builder) {
    builder.onResolve({ filter: /^node:zlib$/ }, () => ({ path: "zlib", namespace: "bash" }));
    builder.onLoad({ filter: /./, namespace: "bash" }, () => ({ contents: NO_COMPRESSION }));
    builder.onLoad({ filter: /just-bash\/dist\/bundle\/browser\.js$/ }, async ({ path: file }) => {
      return { contents: adapted(await readFile(file, "utf8")) };
    });
  },
};

/** What the script leaves out of just-bash: other interpreters, the network, and compression by native code. */
const LEFT_OUT = /quickjs|sql\.js|undici|zstd|liblzma/;

/** The folders of a package and of all below it. @param {string} name @param {Set<string>} [found] @returns {Set<string>} */
function foldersBelow(name, found = new Set()) {
  const nested = `node_modules/just-bash/node_modules/${name}`;
  const folder = existsSync(nested) ? nested : `node_modules/${name}`;
  if (found.has(folder) || LEFT_OUT.test(name)) return found;
  found.add(folder);
  const { dependencies = {} } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
  for (const below of Object.keys(dependencies)) foldersBelow(below, found);
  return found;
}

/** The text of a package's licence. @param {string} folder */
async function licenceOf(folder) {
  const { name, version, license } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((one) => /^licen[cs]e/i.test(one));
  const text = file === undefined ? "" : await readFile(path.join(folder, file), "utf8");
  return `${name} ${version} (${license})\n\n${text.trim()}\n`;
}

// A published package has the script already; without the packages of development there is nothing to build it of.
if (existsSync("node_modules/just-bash")) {
  const { outputFiles } = await build({
    stdin: { contents: ENTRY, resolveDir: process.cwd() },
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
    charset: "ascii",
    legalComments: "none",
    logLevel: "warning",
    plugins: [plugin],
  });
  await writeFile(`${FOLDER}/just-bash.txt`, String(outputFiles[0]?.text));
  // Its own bundle holds its dependencies already.
  const licences = await Promise.all([...foldersBelow("just-bash")].map(licenceOf));
  await writeFile(`${FOLDER}/LICENCES.txt`, licences.join(`\n${"-".repeat(80)}\n\n`));
} else console.error("just-bash is not installed: the REPL's bash is left out");
