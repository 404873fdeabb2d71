/** The flags of `optimise prompt`: those of the search, and those of `rollout` that decide its episodes. */
import type { Argv, InferredOptionTypes, Options } from "yargs";
import { Parser } from "yargs/helpers";
import type { Environment } from "../../../src/env/define.ts";
import { withEnvironmentFlags } from "../../flags/environment-flags.ts";
import { type LimitFlags, withLimitFlags } from "../../flags/limit-flags.ts";
import { type ModelFlags, withModelFlags } from "../../flags/model-flags.ts";
import { PROMPT_FLAGS } from "../../flags/prompt-flags.ts";
import { RECURSION_FLAGS } from "../../flags/recursion-flags.ts";
import { REFLECT_FLAGS } from "../../flags/server-flags.ts";
import { loadEnvironments } from "../../input/load-environment.ts";
import { RUN_FLAGS } from "../rollout/flags.ts";

const SEARCH_FLAGS = {
  budget: {
    type: "number",
    demandOption: true,
    describe: "the most episodes in all, with those of the held-out test",
  },
  "budget-dollars": {
    type: "number",
    describe:
      "the most dollars of all episodes and of the reflecting model; a step begins only if its episodes' --max-dollars fit",
  },
  "reflect-model": {
    type: "string",
    describe:
      "model that reads episodes and writes prompts: simulated, or a name on the server (default: --model with --policy openai, else simulated)",
  },
  "reflect-max-tokens": {
    type: "number",
    default: 4096,
    describe: "the most tokens of a reply of the reflecting model",
  },
  minibatch: { type: "number", default: 4, describe: "training tasks on which a new prompt is tried first" },
  "train-tasks": {
    type: "number",
    default: 16,
    describe: "tasks of each kind that minibatches are drawn from",
  },
  "validation-tasks": {
    type: "number",
    default: 8,
    describe: "tasks of each kind that prompts are chosen by",
  },
  "test-tasks": {
    type: "number",
    default: 20,
    describe: "tasks of each kind that are held out until the end",
  },
  iterations: { type: "number", describe: "the most new prompts to ask for (default: as many as --budget)" },
  "max-prompt-tokens": { type: "number", default: 1500, describe: "the most tokens of a prompt" },
} satisfies Record<string, Options>;

const {
  env,
  seed,
  attempts,
  concurrency,
  deadline,
  clock,
  isolation,
  wheels,
  lambda,
  reward,
  plain,
  prices,
} = RUN_FLAGS;

const FLAGS = {
  ...SEARCH_FLAGS,
  env,
  seed,
  out: { type: "string", demandOption: true, describe: "new folder of the search" },
  resume: {
    type: "boolean",
    default: false,
    describe: "go on with the search in --out, given the same flags",
  },
  attempts,
  concurrency,
  deadline,
  ...PROMPT_FLAGS,
  prompt: { type: "string", describe: "file with the prompt to begin with (default: the environment's own)" },
  ...RECURSION_FLAGS,
  clock,
  isolation,
  wheels,
  lambda,
  reward,
  plain,
  prices,
  ...REFLECT_FLAGS,
  json: { type: "boolean", default: false, describe: "print the result as one JSON object on stdout" },
} satisfies Record<string, Options>;

export type PromptSearchFlags = { environments?: string[] } & InferredOptionTypes<typeof FLAGS> &
  ModelFlags &
  LimitFlags;

const REPEATABLE = ["policy", "policies"];

/** Adds the flags, and those of the environments that the arguments name. */
export async function withSearchFlags(argv: Argv, args: readonly string[]): Promise<Argv<PromptSearchFlags>> {
  const base = withLimitFlags(
    withModelFlags(
      argv
        .positional("environments", {
          type: "string",
          array: true,
          describe: "names of environments, which are searched together",
        })
        .options(FLAGS),
    ),
  );
  return (await environmentsAmong(args)).reduce(
    (parser, environment) => withEnvironmentFlags(parser, environment),
    base as Argv,
  ) as Argv<PromptSearchFlags>;
}

async function environmentsAmong(args: readonly string[]): Promise<Environment[]> {
  const boolean = Object.entries({ ...FLAGS })
    .filter(([, flag]) => "type" in flag && flag.type === "boolean")
    .map(([name]) => name);
  const parsed = Parser([...args], {
    boolean: [...boolean, "token-ids", "logprobs", "help", "debug"],
    string: ["env", ...REPEATABLE],
  });
  const [, , ...names] = parsed._;
  const file = parsed.env as string | undefined;
  if (names.length === 0 && file === undefined) return [];
  return loadEnvironments(joined(names.map(String)), file);
}

/** Several words, and several names in one word, as one list. */
export function joined(names: readonly string[] | undefined): string | undefined {
  return names === undefined || names.length === 0 ? undefined : names.join(",");
}
