/** The environment of BABILong: reasoning over facts that are scattered in a long text. */
import { basename } from "node:path";
import { z } from "zod";
import { babilong as babilongDataset } from "../datasets/babilong/babilong.ts";
import { backgroundOf } from "../datasets/babilong/background.ts";
import { FACT_PATTERN } from "../datasets/babilong/facts.ts";
import { MADE_TASKS, type MadeTask, PUBLISHED_LABELS } from "../datasets/babilong/labels.ts";
import { loadBabilong } from "../datasets/babilong/load.ts";
import { lenientScore, officialScore, trainingScore } from "../datasets/babilong/scorer.ts";
import { babilongReader, LIST_FACTS, NO_FACT } from "../datasets/babilong/simulated-reader.ts";
import { parseLength } from "../datasets/length.ts";
import { readEssay } from "../datasets/s-niah/essay.ts";
import { type Dataset, filter } from "../src/data/dataset.ts";
import { defineEnvironment, type Strategies } from "../src/env/define.ts";
import { UsageError } from "../src/errors.ts";
import type { Policy } from "../src/policies/policy.ts";
import { bm25 } from "../src/policies/strategies/bm25.ts";
import { frugal } from "../src/policies/strategies/frugal.ts";
import { delegating } from "../src/policies/strategies/delegating.ts";
import { direct } from "../src/policies/strategies/direct.ts";
import { metas } from "../src/policies/strategies/meta.ts";
import { mapReduce, type MapReduceOptions } from "../src/policies/strategies/map-reduce.ts";
import { setText } from "../src/policies/strategies/pieces.ts";
import { randomPeeks } from "../src/policies/strategies/random.ts";
import { rlm } from "../src/policies/strategies/rlm.ts";
import { ANSWER_WITH_RESULT, pythonString, scriptedPolicy } from "../src/policies/strategies/scripted.ts";
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

const DEFAULT_LENGTH = "32k";
const FILE_TASKS = Object.keys(PUBLISHED_LABELS);

const options = z.object({
  tasks: z
    .string()
    .optional()
    .describe("families of tasks, separated by commas, which take turns: qa1 to qa10; of files, qa1 to qa20"),
  length: z
    .union([z.string(), z.number()])
    .optional()
    .describe(`tokens of the text, to 10M; 0k for the facts alone (default: ${DEFAULT_LENGTH})`),
  haystack: z.string().optional().describe("text file that facts are hidden in, instead of Moby-Dick"),
  file: z
    .string()
    .optional()
    .describe("files of RMT-team/babilong, or their folder, instead of tasks made here"),
  ...fileOptions,
  ...shuffleOption,
  ...partOptions,
});
type Options = z.output<typeof options>;

const STRATEGIES = {
  search: () => search(),
  "map-reduce": () => mapReduce(parts()),
  "rlm:1": () => rlm(parts()),
  bm25: () => bm25({ instruction, query: askedAbout }),
  direct: () => direct(instruction),
  ...delegating(parts),
  frugal: () => frugal(parts()),
  ...metas(parts),
  random: () => randomPeeks(),
} satisfies Strategies;

export const babilong = defineEnvironment({
  name: "babilong",
  summary:
    "questions over facts scattered in a book, 0k to 10M tokens: BABILong's families, made or from its files",
  options,
  strategies: STRATEGIES,
  progress: readShare,
  layouts: [{ name: "BABILong", columns: ["input", "question", "target"], option: "file" }],
  open: (given, seed) => {
    const badRows = new Set<string>();
    const { file, tasks, length = DEFAULT_LENGTH } = given;
    const problems = file === undefined ? made(given, seed) : read(given, file, badRows);
    return Promise.resolve({
      problems: arrange(problems, given),
      score: trainingScore,
      official: officialScore,
      lenient: lenientScore,
      oracle: ({ answers: [target = ""] }) => ({ answer: target }),
      readers: [babilongReader],
      badRows,
      label: [
        "babilong",
        ...(tasks === undefined ? [] : [tasks]),
        file === undefined ? length : basename(file),
      ].join(" "),
    });
  },
});

function made(given: Options, seed: number): Dataset {
  refuseWithoutFile("babilong", given);
  const { length = DEFAULT_LENGTH, haystack } = given;
  return babilongDataset({
    tasks: madeTasks(given.tasks),
    length: babilongLength(length),
    seed,
    ...(haystack !== undefined && { background: backgroundOf(readEssay(haystack)) }),
  });
}

/** Families by their names, all ten if none is given. Throws `UsageError` for others. */
export function madeTasks(names: string | undefined): MadeTask[] {
  return names === undefined ? MADE_TASKS : named(names, MADE_TASKS);
}

/** A length in tokens, or 0 for the facts alone. Throws `UsageError`. */
export function babilongLength(length: string | number): number {
  return /^0k?$/i.test(String(length).trim()) ? 0 : parseLength(length);
}

function named<Name extends string>(names: string, known: readonly Name[]): Name[] {
  return names.split(",").map((name) => {
    const found = known.find((each) => each === name.trim());
    if (found !== undefined) return found;
    throw new UsageError(
      `babilong: unknown task ${JSON.stringify(name)}; expected ${known[0]} to ${known.at(-1)}, separated by commas`,
    );
  });
}

function read(given: Options, file: string, badRows: Set<string>): Dataset {
  refuseWithFile("babilong", given, ["length", "haystack"]);
  const { tasks } = given;
  const names = tasks === undefined ? [] : named(tasks, FILE_TASKS);
  const [only] = names;
  const all = loadBabilong({
    ...fileSource({ ...given, file }, badRows),
    ...(names.length === 1 && only !== undefined && { task: only }),
  });
  const wanted = new Set<unknown>(names);
  return names.length === 0 ? all : filter(all, ({ task }) => wanted.has(task.metadata.task));
}

/** Finds the sentences that have the form of facts in code, and has a sub-model reason over them alone. */
function search(): Policy {
  return scriptedPolicy("search", function* ({ observation: { question, context } }) {
    yield {
      code: `
import re
${setText(context)}
fact = re.compile(${pythonString(`\\b(?:${FACT_PATTERN})`)})

def blocks():
    rest = ""
    for start in range(0, len(text), 4_000_000):
        block = rest + text[start : start + 4_000_000]
        cut = block.rfind(". ") + 1
        rest = block[cut:]
        yield block[:cut]
    yield rest

facts = [match.group(0) for block in blocks() for match in fact.finditer(block)]
print(len(facts), "facts:", facts[:5])`,
    };
    yield {
      code: `result = llm_query(${pythonString(instruction(question))} + "\\n\\n" + "\\n".join(facts))\nprint(result[:200])`,
    };
    yield { code: ANSWER_WITH_RESULT };
  });
}

function parts(): MapReduceOptions {
  return {
    chunkChars: 20_000,
    overlapChars: 0,
    batchSize: 20,
    instruction: () => `${LIST_FACTS} If there is none, answer: ${NO_FACT}`,
    reduce: { ask: instruction, without: NO_FACT.toLowerCase() },
    combine: (question) => `
facts = [line for reply in replies for line in reply.split("\\n") if line != ${pythonString(NO_FACT)}]
result = llm_query(${pythonString(instruction(question))} + "\\n\\n" + "\\n".join(facts))`,
  };
}

function instruction(question: string): string {
  return `Below is a text, or a part of it. ${question}`;
}

/** The words to search for: those of the bare question. */
function askedAbout(question: string): string {
  return question.slice(question.lastIndexOf("Question: ") + "Question: ".length);
}
