/** Reads the recipes of docs/extending.md and applies them to a copy of the project. */
import { appendFile, cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A block of code: a whole file, or the lines to add to one. */
interface Block {
  readonly file: string;
  readonly kind: "file" | "lines";
  readonly text: string;
}

export interface Recipe {
  /** The heading, such as "An export format". */
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** The sections of the page that hold blocks of code with a file's name. */
export async function readRecipes(): Promise<Recipe[]> {
  const page = await readFile(path.join(ROOT, "docs/extending.md"), "utf8");
  const sections = page.split(/^## /m).slice(1);
  return sections
    .map((section) => ({
      title: section.slice(0, section.indexOf("\n")),
      blocks: [...section.matchAll(/^```(ts|diff) (\S+)\n([^]*?)^```$/gm)].map(
        ([, language, file, text]) =>
          ({ file: file!, kind: language === "diff" ? "lines" : "file", text: text! }) as const,
      ),
    }))
    .filter(({ blocks }) => blocks.length > 0);
}

/** A copy of what is compiled, with the packages of this checkout. */
export async function copyProject(to: string): Promise<void> {
  const parts = ["src", "datasets", "envs", "index.ts", "package.json", "tsconfig.json", "dist"];
  await Promise.all(parts.map((part) => cp(path.join(ROOT, part), path.join(to, part), { recursive: true })));
  await symlink(path.join(ROOT, "node_modules"), path.join(to, "node_modules"));
  const config = JSON.parse(await readFile(path.join(to, "tsconfig.json"), "utf8")) as {
    readonly compilerOptions: object;
  };
  // The package's own declarations may be older than its sources here.
  const compilerOptions = { ...config.compilerOptions, paths: { "rlm-gym": ["./index.ts"] } };
  const include = ["index.ts", "src", "datasets", "envs", "my-environment.ts"];
  await writeFile(path.join(to, "tsconfig.json"), JSON.stringify({ ...config, compilerOptions, include }));
}

/** Applies a block. Throws where a file that should be new is there, or the place for lines is not. */
export async function apply(root: string, { file, kind, text }: Block): Promise<void> {
  const target = path.join(root, file);
  if (kind === "file") {
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, text, { flag: "wx" });
    return;
  }
  const added: string[] = [];
  let content = await readFile(target, "utf8");
  for (const line of text.trimEnd().split("\n")) {
    if (line.startsWith("+")) added.push(line.slice(1));
    else content = insertAfterLine(content, line.trim(), added.splice(0), file);
  }
  await writeFile(target, content);
  if (added.length > 0) await insertRest(target, text, added);
}

/** Puts imports before the first import; the anchor itself only says where the lines after it go. */
function insertAfterLine(content: string, anchor: string, imports: readonly string[], file: string): string {
  if (!content.includes(anchor)) throw new Error(`${file} has no line with ${anchor}`);
  const first = content.indexOf("import ");
  return content.slice(0, first) + imports.map((line) => `${line}\n`).join("") + content.slice(first);
}

/** Lines after an anchor go to the end of the list that the anchor opens; lines without one go to the end of the file. */
async function insertRest(target: string, text: string, added: readonly string[]): Promise<void> {
  const anchor = text
    .split("\n")
    .findLast((line) => line.startsWith(" "))
    ?.trim();
  if (anchor === undefined) return appendFile(target, `${added.join("\n")}\n`);
  const content = await readFile(target, "utf8");
  const end = content.indexOf("\n]", content.indexOf(anchor));
  if (end < 0) throw new Error(`${target}: ${anchor} opens no list`);
  await writeFile(target, `${content.slice(0, end)}\n${added.join("\n")}${content.slice(end)}`);
}
