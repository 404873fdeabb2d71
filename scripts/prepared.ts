/** Outputs that the build has prepared, for lines whose answer is always the same: they load neither parser nor environments. */
import { readFileSync } from "node:fs";

/** The file of each line. `tools/write-prepared.js` writes it with what the line prints where nothing is prepared. */
export const PREPARED: Readonly<Record<string, string>> = {
  "--help": "help.txt",
  "-h": "help.txt",
  help: "help.txt",
  envs: "envs.txt",
  "envs --json": "envs.json",
};

/** The widest that help is, and its width where there is no terminal. */
export const HELP_WIDTH = 110;

/** The folder of the files, which only a build has. */
const FOLDER = new URL("./prepared/", import.meta.url);

/** What a line prints; null if it is not prepared for a terminal of this width. */
export function preparedText(words: readonly string[], columns = HELP_WIDTH): string | null {
  const line = words.join(" ");
  const file = Object.hasOwn(PREPARED, line) ? PREPARED[line] : undefined;
  if (file === undefined || (file === "help.txt" && columns < HELP_WIDTH)) return null;
  try {
    return readFileSync(new URL(file, FOLDER), "utf8");
  } catch {
    return null;
  }
}
