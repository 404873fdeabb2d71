/** The flags of what a policy is told and how its completions are read; every verb that plays with a model shares them. */
import { readFile } from "node:fs/promises";
import type { InferredOptionTypes, Options } from "yargs";
import type { MakeOptions } from "../../src/env/assemble.ts";
import { PROMPT_STYLES } from "../../src/episode/prompt.ts";
import { UsageError } from "../../src/errors.ts";
import { PYTHON } from "../../src/languages/python/python.ts";
import { LANGUAGE_NAMES, languageNamed } from "../../src/languages/registry.ts";
import { expectObservations } from "../../src/episode/observation-form.ts";
import type { ConstantObservations, JsonObject } from "../../src/types.ts";
import { HISTORY_FLAG, historyFrom } from "./history-flag.ts";

export const PROMPT_FLAGS = {
  repl: {
    type: "string",
    default: PYTHON,
    describe: `the language of the REPL (${LANGUAGE_NAMES.join(", ")}); other languages than Python need packages, which the error names; rollout and compare take several, separated by commas`,
  },
  dialect: {
    choices: ["repl", "tool"] as const,
    default: "repl" as const,
    describe: "fenced blocks, or native function calls",
  },
  history: HISTORY_FLAG,
  reasoning: {
    choices: ["keep", "last", "drop"] as const,
    describe:
      "which of the policy's thoughts go back to its server: all, those of the last turn, or none (default: drop)",
  },
  prompt: { type: "string", describe: "file with another system prompt; its hash is recorded" },
  "child-prompt": {
    type: "string",
    describe: "file with the system prompt of children that may have children",
  },
  "leaf-prompt": {
    type: "string",
    describe:
      "file with the system prompt of the deepest children, and of rlm_query where it makes a plain call",
  },
  delegation: {
    type: "boolean",
    default: false,
    describe: "describe grants, schemas and handles in the system prompt; code can use them in any case",
  },
  "prompt-style": {
    choices: PROMPT_STYLES,
    default: "default" as const,
    describe:
      "wording of prompts and observations: for most models, for small ones, or close to the RLM paper's",
  },
  "budget-view": {
    choices: ["function", "line"] as const,
    describe:
      "what the policy sees of its budget: BUDGET() in the REPL, or also a line in each observation (default: nothing)",
  },
  observations: {
    type: "string",
    describe:
      "constant[:CHARS]: observations whose words and greatest size do not depend on the length of the context and of outputs; at most CHARS of output a turn (2000) (default: they tell lengths)",
  },
  replies: {
    choices: ["kept"] as const,
    describe:
      "kept: what sub-calls return is kept in the list REPLIES, and printing it shows its name and its first 80 characters; Python alone (default: printing shows the text)",
  },
  "several-blocks": {
    type: "boolean",
    default: false,
    describe: "run all code blocks of a message, and not the first alone",
  },
} satisfies Record<string, Options>;

export type PromptFlags = InferredOptionTypes<typeof PROMPT_FLAGS>;

/** What of an environment's options they decide; only what differs from the default, but for the dialect. */
export type Told = Pick<
  MakeOptions,
  | "repl"
  | "history"
  | "reasoning"
  | "promptStyle"
  | "severalBlocks"
  | "systemPrompt"
  | "budgetView"
  | "observations"
  | "replies"
  | "prompts"
  | "delegation"
> &
  Required<Pick<MakeOptions, "dialect">>;

/** The languages that a flag names, separated by commas. Throws `UsageError` for unknown ones and for one that is named twice. */
export function languagesIn(repl: string): readonly string[] {
  const names = repl.split(",").map((name) => languageNamed(name.trim()).name);
  const again = names.find((name, at) => names.indexOf(name) < at);
  if (again !== undefined) throw new UsageError(`--repl: ${again} is named twice`);
  return names;
}

/** Throws `UsageError` for what cannot be. */
export async function toldFrom(flags: PromptFlags): Promise<Told> {
  const { dialect, history, reasoning, prompt, repl } = flags;
  return {
    dialect,
    // Where several are compared, each matchup has its own.
    ...(repl !== PYTHON && !repl.includes(",") && { repl }),
    ...(history !== undefined && { history: historyFrom(history) }),
    ...(reasoning !== undefined && { reasoning }),
    ...(flags["prompt-style"] !== "default" && { promptStyle: flags["prompt-style"] }),
    ...(flags["budget-view"] && { budgetView: flags["budget-view"] }),
    ...(flags.observations !== undefined && { observations: observationsFrom(flags.observations) }),
    ...(flags.replies && { replies: flags.replies }),
    ...(flags["several-blocks"] && { severalBlocks: true }),
    ...(prompt !== undefined && { systemPrompt: await readPrompt("prompt", prompt) }),
    ...(await promptsFrom(flags)),
    ...(flags.delegation && { delegation: true }),
  };
}

/** Reads `constant` or `constant:1000`. Throws `UsageError`. */
function observationsFrom(text: string): ConstantObservations {
  const [form, chars, ...rest] = text.split(":");
  const maxChars = chars === undefined ? {} : { maxChars: /^\d+$/.test(chars) ? Number(chars) : NaN };
  if (form !== "constant" || rest.length > 0)
    throw new UsageError(`--observations: expected constant or constant:1000, got ${JSON.stringify(text)}`);
  return expectObservations({ form, ...maxChars })!;
}

async function promptsFrom(flags: PromptFlags): Promise<Pick<Told, "prompts">> {
  const files = [
    ["child", flags["child-prompt"]],
    ["leaf", flags["leaf-prompt"]],
  ] as const;
  const prompts: Record<string, string> = {};
  for (const [role, file] of files)
    if (file !== undefined) prompts[role] = await readPrompt(`${role}-prompt`, file);
  return Object.keys(prompts).length > 0 ? { prompts } : {};
}

/** As a run's manifest keeps them; only what was given. */
export function toldInConfig({
  dialect,
  history,
  systemPrompt,
  prompts,
  observations,
  ...further
}: Told): JsonObject {
  return {
    dialect,
    ...(history && { history: { ...history } }),
    ...(observations && { observations: { ...observations } }),
    ...further,
    ...(prompts && { prompts: { ...prompts } }),
    ...(systemPrompt !== undefined && { prompt: systemPrompt }),
  };
}

async function readPrompt(flag: string, file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new UsageError(`--${flag} ${file}: ${(error as Error).message}`, { cause: error });
  }
}
