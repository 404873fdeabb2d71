/** The flags that bound an episode. */
import type { Argv, InferredOptionTypes, Options } from "yargs";
import { DEFAULT_LIMITS } from "../../src/episode/limits.ts";
import type { Limits } from "../../src/types.ts";

/** The flag of a limit. The help names the default, but the flag does not set it: an environment may have another. */
function limit(name: keyof Limits, what: string, common = defaultOf(name)) {
  return {
    type: "number",
    describe: `${what} (default: ${common})`,
  } as const;
}

function defaultOf(name: keyof Limits): string {
  return DEFAULT_LIMITS[name]?.toLocaleString("en").replaceAll(",", " ") ?? "no bound";
}

const FLAGS = {
  "max-turns": limit("maxTurns", "turns of the policy"),
  "max-calls": limit("maxCalls", "model calls at every depth"),
  "max-tokens": limit("maxTokens", "tokens of all calls at every depth"),
  "max-dollars": limit("maxDollars", "dollars of all calls at every depth"),
  "max-seconds": limit("maxSeconds", "seconds of the whole episode"),
  "max-exec-seconds": limit("maxExecSeconds", "seconds of Python in one block"),
  "max-output-chars": limit("maxOutputChars", "characters of output shown for one block"),
  "max-completion-tokens": limit("maxCompletionTokens", "completion tokens of one call"),
  "max-new-tokens": limit("maxNewTokens", "completion tokens and uncached prompt tokens of all calls"),
  "max-tree-turns": limit("maxTreeTurns", "turns of the policy and of all children together"),
  "max-children": limit("maxChildren", "children in the whole tree"),
  "max-children-at-once": limit(
    "maxChildrenAtOnce",
    "children of one episode that play at the same time",
    "32",
  ),
} satisfies Record<string, Options>;

export type LimitFlags = InferredOptionTypes<typeof FLAGS>;

export function withLimitFlags<T>(argv: Argv<T>): Argv<T & LimitFlags> {
  const grouped = Object.entries(FLAGS).map(([name, flag]) => [
    name,
    { ...flag, group: "Limits of an episode (an environment may have other defaults):" },
  ]);
  return argv.options(Object.fromEntries(grouped) as typeof FLAGS) as Argv<T & LimitFlags>;
}

/** The limits that were given. Their values are checked when the environment is made. */
export function limitsFrom(flags: LimitFlags): Partial<Limits> {
  const limits = {
    maxTurns: flags["max-turns"],
    maxCalls: flags["max-calls"],
    maxTokens: flags["max-tokens"],
    maxDollars: flags["max-dollars"],
    maxSeconds: flags["max-seconds"],
    maxExecSeconds: flags["max-exec-seconds"],
    maxOutputChars: flags["max-output-chars"],
    maxCompletionTokens: flags["max-completion-tokens"],
    maxNewTokens: flags["max-new-tokens"],
    maxTreeTurns: flags["max-tree-turns"],
    maxChildren: flags["max-children"],
    maxChildrenAtOnce: flags["max-children-at-once"],
  };
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}
