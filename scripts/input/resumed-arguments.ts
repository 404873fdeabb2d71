/** `--resume RUN`: the arguments with which a run was begun, from its manifest, replaced by those given now. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Parser } from "yargs/helpers";
import { UsageError } from "../../src/errors.ts";

/** Verbs that take `--resume RUN`. */
const RESUMABLE: ReadonlySet<string> = new Set(["rollout", "compare"]);
/** Flags for what a command prints and where it writes, which must be given each time. */
const OF_ONE_COMMAND: ReadonlySet<string> = new Set([
  "out",
  "resume",
  "json",
  "explain",
  "log",
  "debug",
  "otel",
  "verbose",
]);
/** Flags whose values may hold a password. */
const MAY_HOLD_SECRETS: ReadonlySet<string> = new Set(["redis"]);

/** One argument as it was given: a flag with its values, or a word. */
interface Given {
  readonly flag: string | null;
  readonly words: readonly string[];
}

/**
 * @param booleans the flags that take no value
 * @returns the arguments to run: with those of the manifest if `--resume` names a run, else the given ones
 * @throws {UsageError} for a folder that is not a run, or whose run did not record its arguments
 */
export async function withResumedArguments(
  args: readonly string[],
  booleans: () => Promise<ReadonlySet<string>>,
): Promise<string[]> {
  const [verb = "", ...rest] = args;
  const at = rest.findIndex((word) => word === "--resume" || word.startsWith("--resume="));
  if (!RESUMABLE.has(verb) || at < 0) return [...args];
  const word = rest[at]!;
  const next = rest[at + 1];
  const folder = word.startsWith("--resume=") ? word.slice("--resume=".length) : next;
  if (folder === undefined || folder.startsWith("-") || folder === "true" || folder === "false")
    return [...args];
  const others = [...rest.slice(0, at), ...rest.slice(at + (folder === next ? 2 : 1))];
  if (!existsSync(join(folder, "manifest.json"))) {
    // With --out, the word after --resume is the environment.
    if (word === "--resume" && Parser(others).out !== undefined) return [...args];
    throw new UsageError(`--resume ${folder}: expected the folder of a run; there is no manifest.json in it`);
  }
  // Loaded here, since every command comes by, and few resume.
  const { readManifest } = await import("../../src/runs/read-run.ts");
  const { command } = await readManifest(folder);
  if (command === undefined)
    throw new UsageError(
      `--resume ${folder}: the run did not record its flags; give them again, with --out ${folder} --resume`,
    );
  if (command[0] !== verb)
    throw new UsageError(`--resume ${folder}: the run was begun by ${command[0]}, not by ${verb}`);
  const alone = await booleans();
  const now = new Set(partsOf(others, alone).map(({ flag }) => canonical(flag)));
  const kept = partsOf(command.slice(1), alone).filter(({ flag }) => !now.has(canonical(flag)));
  return [verb, ...kept.flatMap(({ words }) => words), ...others, "--out", folder, "--resume"];
}

/** The arguments as a manifest keeps them: without what is asked for each time, and without what may hold a password. */
export function recordedArguments(args: readonly string[], booleans: ReadonlySet<string>): readonly string[] {
  const [verb = "", ...rest] = args;
  const kept = partsOf(rest, booleans).filter(
    ({ flag, words }) =>
      flag === null || !(OF_ONE_COMMAND.has(flag) || MAY_HOLD_SECRETS.has(flag) || words.some(holdsPassword)),
  );
  return [verb, ...kept.flatMap(({ words }) => words)];
}

function holdsPassword(word: string): boolean {
  const url = word.slice(word.indexOf("=") + 1);
  return URL.canParse(url) && (new URL(url).password !== "" || new URL(url).username !== "");
}

/** @param booleans flags that take no value of their own but `true` and `false` */
function partsOf(args: readonly string[], booleans: ReadonlySet<string>): Given[] {
  const parts: { flag: string | null; words: string[] }[] = [];
  for (const word of args) {
    const [, flag] = /^--(?:no-)?([^=]+)/.exec(word) ?? [];
    const last = parts.at(-1);
    if (flag !== undefined) parts.push({ flag, words: [word] });
    else if (last && takesValue(last, word, booleans)) last.words.push(word);
    else parts.push({ flag: null, words: [word] });
  }
  return parts;
}

function takesValue({ flag, words }: Given, word: string, booleans: ReadonlySet<string>): boolean {
  if (flag === null || words.length > 1 || words[0]!.includes("=")) return false;
  return !booleans.has(flag) || word === "true" || word === "false";
}

/** `--policies` is another name of `--policy`. A word of its own is the environment. */
function canonical(flag: string | null): string {
  return flag === "policies" ? "policy" : (flag ?? "");
}
