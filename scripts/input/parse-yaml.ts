/** Parses YAML that a stranger may have written. The parser calls itself at each level, so that deep texts could end the process. */

/** The deepest nesting that is parsed. A spec has three or four levels. */
const MOST_LEVELS = 100;
/** Most nodes that aliases may stand for: each is counted with all that is in it. */
const MOST_ALIASES = 100;

/** The value of a text. Throws an `Error` for one that is not YAML, nests too deeply, or has too many aliases. */
export async function parseYaml(text: string): Promise<unknown> {
  if (levelsIn(text) > MOST_LEVELS) throw new Error(`nested at more than ${MOST_LEVELS} levels`);
  const { parse } = await import("yaml");
  return parse(text, { maxAliasCount: MOST_ALIASES, logLevel: "error" });
}

/** No fewer levels than the text has: brackets that are open, and signs of lists and maps that share a line, or indent the next. */
function levelsIn(text: string): number {
  let [open, most, indent] = [0, 0, 0];
  for (const line of text.split(/\r\n?|\n/)) {
    for (const [sign] of line.matchAll(/[[\]{}]/g)) {
      open = Math.max(0, open + (sign === "[" || sign === "{" ? 1 : -1));
      most = Math.max(most, open);
    }
    indent = Math.max(indent, /^ */.exec(line)![0].length);
    most = Math.max(most, indent + (line.match(/[-?:](?=\s|$)/g)?.length ?? 0));
  }
  return most;
}
