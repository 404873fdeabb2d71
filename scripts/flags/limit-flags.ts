/** The flags that bound an episode. */
import type { Argv, InferredOptionTypes, Options } from "yargs";
import type { Limits } from "../../src/types.ts";

const FLAGS = {
  "max-turns": { type: "number", describe: "turns of the policy" },
  "max-calls": { type: "number", describe: "model calls at every depth" },
  "max-tokens": { type: "number", describe: "tokens of all calls at every depth" },
  "max-dollars": { type: "number", describe: "dollars of all calls at every depth" },
  "max-seconds": { type: "number", describe: "seconds of the whole episode" },
  "max-exec-seconds": { type: "number", describe: "seconds of Python in one block" },
  "max-output-chars": { type: "number", describe: "characters of output shown for one block" },
  "max-completion-tokens": { type: "number", describe: "completion tokens of one call" },
} satisfies Record<string, Options>;

export type LimitFlags = InferredOptionTypes<typeof FLAGS>;

export function withLimitFlags<T>(argv: Argv<T>): Argv<T & LimitFlags> {
  const grouped = Object.entries(FLAGS).map(([name, flag]) => [
    name,
    { ...flag, group: "Limits of an episode:" },
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
  };
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}
