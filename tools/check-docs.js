// @ts-check
/**
 * Checks that everything the package exports has a doc comment: follows the exports of every entry to the declarations, and
 * names those without one. It reads the sources as text and relies on the formatter's layout.
 */
import { readFileSync } from "node:fs";
import path from "node:path";

/** The source files behind the package's `exports`. */
const { exports: entries } = JSON.parse(readFileSync("package.json", "utf8"));
const roots = Object.values(entries)
  .flatMap((entry) => (typeof entry === "string" ? [] : [entry.default]))
  .map((built) => built.replace(/^\.\/dist\//, "").replace(/\.js$/, ".ts"));

/** @type {Map<string, string>} */
const texts = new Map();
/** @param {string} file */
const textOf = (file) => {
  if (!texts.has(file)) texts.set(file, readFileSync(file, "utf8"));
  return texts.get(file) ?? "";
};

/** @typedef {{ readonly file: string, readonly name: string }} Declaration */

/** Every exported name of a file with its declaration. @param {string} file @returns {Map<string, Declaration>} */
function exportsOf(file) {
  const text = textOf(file);
  /** @type {Map<string, Declaration>} */
  const found = new Map();
  for (const [, name = ""] of text.matchAll(
    /^export (?:declare )?(?:abstract )?(?:async )?(?:const|function\*?|class|interface|type) (\w+)/gm,
  ))
    found.set(name, { file, name });
  for (const [, list = "", from] of text.matchAll(/^export (?:type )?\{([^}]*)\}(?: from "(\.[^"]+)")?/gm)) {
    const target = from === undefined ? file : path.join(path.dirname(file), from);
    for (const part of list.split(",").map((name) => name.trim().replace(/^type /, ""))) {
      if (part === "") continue;
      const [own = "", shown = own] = part.split(" as ");
      const at = target === file ? declaredIn(file, own) : exportsOf(target).get(own);
      if (at !== undefined) found.set(shown, at);
    }
  }
  for (const [, from = ""] of text.matchAll(/^export (?:type )?\* from "(\.[^"]+)"/gm))
    for (const [name, at] of exportsOf(path.join(path.dirname(file), from))) found.set(name, at);
  return found;
}

/** The file that declares a name: this one, or the one it is imported from. @param {string} file @param {string} name */
function declaredIn(file, name) {
  for (const [, list = "", from = ""] of textOf(file).matchAll(
    /^import (?:type )?\{([^}]*)\} from "(\.[^"]+)"/gm,
  ))
    if (list.split(",").some((part) => part.trim().replace(/^type /, "") === name))
      return exportsOf(path.join(path.dirname(file), from)).get(name);
  return new RegExp(`^(?:const|function|class|interface|type) ${name}\\b`, "m").test(textOf(file))
    ? { file, name }
    : undefined;
}

/** @param {string} file @param {string} name */
function isDocumented(file, name) {
  const lines = textOf(file).split("\n");
  const declaration = new RegExp(
    `^(?:export )?(?:declare )?(?:abstract )?(?:async )?(?:const|function\\*?|class|interface|type) ${name}\\b`,
  );
  return lines.some((line, at) => {
    if (!declaration.test(line)) return false;
    let above = at - 1;
    while (/^(?:\/\/|@)/.test(lines[above] ?? "")) above -= 1;
    return /\*\/\s*$/.test(lines[above] ?? "");
  });
}

/** @type {Set<string>} */
const missing = new Set();
let checked = 0;
for (const root of roots)
  for (const { file, name } of exportsOf(root).values()) {
    checked += 1;
    if (!isDocumented(file, name)) missing.add(`${file}: ${name}`);
  }
if (missing.size > 0) {
  console.error([...missing].toSorted().join("\n"));
  console.error(
    `${missing.size} exports have no doc comment: one sentence of why, then shapes, units and errors`,
  );
  process.exitCode = 1;
} else console.log(`${checked} exports have a doc comment`);
