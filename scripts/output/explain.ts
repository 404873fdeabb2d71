/** `--explain`: what the columns of a table mean, out of the glossary that comes with the package. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Options } from "yargs";
import { RLMError } from "../../src/errors.ts";

/** The flag of verbs that print tables. */
export const EXPLAIN_FLAG = {
  explain: {
    type: "boolean",
    default: false,
    describe: "say below the table what its columns mean; with --json on stderr",
  },
} satisfies Record<string, Options>;

/** The glossary's section under that heading as plain text. Throws `RLMError` if the glossary has none. */
export async function explained(heading: string): Promise<string> {
  const folder = dirname(createRequire(import.meta.url).resolve("rlm-gym/package.json"));
  const glossary = await readFile(join(folder, "docs", "glossary.md"), "utf8");
  const marks = sectionOf(glossary, "Marks in tables");
  const section = sectionOf(glossary, heading);
  if (section === null) throw new RLMError(`docs/glossary.md has no section ${JSON.stringify(heading)}`);
  return `${plain(section)}\n\n${plain(marks ?? "")}\n`;
}

function sectionOf(glossary: string, heading: string): string | null {
  const section = glossary.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  return section === undefined ? null : section.slice(heading.length).trim();
}

/** Rows of tables become `column: meaning`; the head and the rule under it go. */
function plain(markdown: string): string {
  const lines = markdown.split("\n").flatMap((line, index, all) => {
    if (/^\|[-| ]+\|$/.test(line) || /^\|[-| ]+\|$/.test(all[index + 1] ?? "")) return [];
    const cells = /^\| (.+?) \| (.+) \|$/.exec(line);
    return [cells ? `  ${cells[1]}: ${cells[2]}` : line];
  });
  const text = lines.join("\n").replaceAll(/\*\*|`/g, "");
  return text.replaceAll(/\[([^\]]+)\]\([^)]+\)/g, "$1").replaceAll(/\n{3,}/g, "\n\n");
}

/** Prints the explanation if it was asked for: after the table, or on stderr with --json. */
export async function explain(asked: boolean, json: boolean, heading: string): Promise<void> {
  if (asked) (json ? process.stderr : process.stdout).write(`\n${await explained(heading)}`);
}
