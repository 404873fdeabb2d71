// @ts-check
/**
 * Checks the packages of the lock file: each must come from the registry with an integrity hash, and have a licence
 * that allows its use here. `node tools/check-dependencies.js` exits with 1 if one does not.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

/** The lock files: of the package, and of the tool that writes the pages of its API. */
export const LOCKS = ["package-lock.json", "tools/api-docs/package-lock.json"];

/**
 * Permissive licences, and MPL-2.0 and EPL-1.0 (Clojure's own licence), whose copyleft covers only their own files. Names are
 * SPDX's.
 */
const ALLOWED = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "CC0-1.0",
  "EPL-1.0",
  "ISC",
  "MIT",
  "MPL-2.0",
  "Python-2.0",
  "Unlicense",
]);

/** @typedef {{ version?: string, resolved?: string, integrity?: string, license?: string, link?: boolean }} Entry */

/**
 * The problems of a lock file's packages; empty if there are none.
 * @param {{ packages?: Record<string, Entry> }} lock
 * @returns {string[]}
 */
export function problemsOf({ packages = {} }) {
  const installed = Object.entries(packages).filter(([name, { link }]) => name !== "" && !link);
  if (installed.length === 0) return ["the lock file holds no packages"];
  return installed.flatMap(([place, { version = "?", resolved = "", integrity = "", license = "" }]) => {
    const name = `${place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length)} ${version}`;
    return [
      ...(/^sha(?:256|384|512)-[A-Za-z0-9+/]+={0,2}$/.test(integrity) ? [] : [`${name}: no integrity hash`]),
      // A package without an address comes from the registry that npm is configured to use.
      ...(resolved === "" || resolved.startsWith("https://")
        ? []
        : [`${name}: it does not come from a registry over https`]),
      ...(isAllowed(license) ? [] : [`${name}: licence ${license || "unknown"}`]),
    ];
  });
}

/**
 * In an expression, AND needs all of its parts, and OR one of them.
 * @param {string} expression
 * @returns {boolean}
 */
export function isAllowed(expression) {
  const bare = expression.trim().replace(/^\((.*)\)$/s, "$1");
  const either = bare.split(/ OR /i);
  if (either.length > 1) return either.some(isAllowed);
  const all = bare.split(/ AND /i);
  return all.length > 1 ? all.every(isAllowed) : ALLOWED.has(bare);
}

/** The number of packages under each licence. @param {{ packages?: Record<string, Entry> }} lock */
function countsOf({ packages = {} }) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const [name, { link, license = "unknown" }] of Object.entries(packages))
    if (name !== "" && !link) counts.set(license, (counts.get(license) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1]);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const name of LOCKS) {
    const lock = JSON.parse(readFileSync(path.join(import.meta.dirname, "..", name), "utf8"));
    const problems = problemsOf(lock);
    for (const problem of problems) process.stderr.write(`${name}: ${problem}\n`);
    for (const [license, count] of countsOf(lock)) process.stdout.write(`${license}: ${count}\n`);
    if (problems.length > 0) process.exitCode = 1;
  }
}
