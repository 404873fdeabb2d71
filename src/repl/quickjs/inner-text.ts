/** Reads a file of JavaScript that runs inside QuickJS, as a script. */
import { readFile } from "node:fs/promises";

/** What the compiler appends to a file without imports, and a script cannot have. */
const BUILT_END = /\nexport \{\};\s*$/;

/** The text of a script. */
export async function innerText(url: URL): Promise<string> {
  return (await readFile(url, "utf8")).replace(BUILT_END, "");
}
