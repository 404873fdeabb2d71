/** The environment of LongCoT: puzzles of logic and computer science whose solution is a long way of small steps. */
import { z } from "zod";
import { loadLongCot } from "../datasets/longcot/load.ts";
import { longCot as longCotDataset, MADE_TEMPLATES } from "../datasets/longcot/longcot.ts";
import { lenient, official, training } from "../datasets/longcot/scorer.ts";
import { longCotReader } from "../datasets/longcot/simulated-reader.ts";
import { TEMPLATES } from "../datasets/longcot/verify.ts";
import { solutionLine } from "../datasets/longcot/wording.ts";
import { type Dataset, filter } from "../src/data/dataset.ts";
import { defineEnvironment, type Strategies } from "../src/env/define.ts";
import { UsageError } from "../src/errors.ts";
import { direct } from "../src/policies/strategies/direct.ts";
import { randomPeeks } from "../src/policies/strategies/random.ts";
import { readShare } from "../src/rewards/progress.ts";
import {
  arrange,
  fileOptions,
  fileSource,
  partOptions,
  refuseWithFile,
  refuseWithoutFile,
  shuffleOption,
} from "./arrange.ts";
import { solve, vote } from "./longcot-strategies.ts";

const DEFAULT_SIZE = 4;

const options = z.object({
  size: z.coerce
    .number()
    .int()
    .positive()
    .optional()
    .describe(`how large the puzzles are that are made, from 1 (default: ${DEFAULT_SIZE})`),
  template: z
    .string()
    .optional()
    .describe(
      `kinds of puzzles, separated by commas; made are ${MADE_TEMPLATES.join(", ")} (default: all, in turn)`,
    ),
  domain: z.enum(["logic", "cs"]).optional().describe("of files, only questions of this domain"),
  difficulty: z
    .enum(["easy", "medium", "hard"])
    .optional()
    .describe("of files, only questions whose id has this difficulty"),
  file: z.string().optional().describe("files of LongCoT's logic and cs, instead of puzzles made here"),
  ...fileOptions,
  ...shuffleOption,
  ...partOptions,
});
type Options = z.output<typeof options>;

const STRATEGIES = {
  solve: () => solve(instruction),
  direct: () => direct(instruction),
  vote: () => vote(instruction),
  random: () => randomPeeks(),
} satisfies Strategies;

export const longCot = defineEnvironment({
  name: "longcot",
  summary:
    "puzzles of logic and computer science with solutions of many steps, verified by playing them: LongCoT, made or from its files",
  options,
  strategies: STRATEGIES,
  progress: readShare,
  layouts: [{ name: "LongCoT", columns: ["question_id", "prompt", "problem", "answer"], option: "file" }],
  open: (given, seed) => {
    const badRows = new Set<string>();
    const { file, template, size = DEFAULT_SIZE } = given;
    const templates = templatesOf(template);
    const problems =
      file === undefined ? made(given, templates, seed) : read(given, file, templates, badRows);
    return Promise.resolve({
      problems: arrange(problems, given),
      score: training,
      official,
      lenient,
      oracle: ({ answers: [solution] }) => ({
        answer: solution === undefined ? "No solution is known." : solutionLine(solution),
      }),
      readers: [longCotReader],
      badRows,
      label: ["longcot", ...templates, file === undefined ? `size ${size}` : "files"].join(" "),
    });
  },
});

/** Throws `UsageError` for a template that no puzzle has. */
function templatesOf(given: string | undefined): string[] {
  const templates = given?.split(",").map((name) => name.trim()) ?? [];
  const known = [...TEMPLATES.logic, ...TEMPLATES.cs];
  const unknown = templates.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new UsageError(
      `longcot: unknown template ${JSON.stringify(unknown)}; expected some of ${known.join(", ")}`,
    );
  return templates;
}

function made(given: Options, templates: readonly string[], seed: number): Dataset {
  refuseWithoutFile("longcot", given);
  for (const name of ["domain", "difficulty"] as const)
    if (given[name] !== undefined)
      throw new UsageError(`longcot: option ${name} is for files; name them with file`);
  return longCotDataset({ templates, size: given.size ?? DEFAULT_SIZE, seed });
}

function read(given: Options, file: string, templates: readonly string[], badRows: Set<string>): Dataset {
  refuseWithFile("longcot", given, ["size"]);
  const { domain, difficulty } = given;
  return filter(
    loadLongCot(fileSource({ ...given, file }, badRows)),
    ({ task: { metadata } }) =>
      (templates.length === 0 || templates.includes(metadata.template as string)) &&
      (domain === undefined || metadata.domain === domain) &&
      (difficulty === undefined || metadata.difficulty === difficulty),
  );
}

function instruction(question: string): string {
  return question.replace("The context describes a puzzle.", "Below is a puzzle.");
}
