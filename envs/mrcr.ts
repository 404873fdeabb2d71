/** The environment of MRCR: one of several replies to the same request, out of a long conversation. */
import { z } from "zod";
import { loadMrcr } from "../datasets/mrcr/load.ts";
import { mrcr as mrcrDataset } from "../datasets/mrcr/mrcr.ts";
import { lenientScore, officialScore, trainingScore } from "../datasets/mrcr/scorer.ts";
import { COPY_ALL, mrcrReader, REPLY_MARKS } from "../datasets/mrcr/simulated-reader.ts";
import { FREE_WORDS, readQuestion } from "../datasets/mrcr/wording.ts";
import { parseLength } from "../datasets/length.ts";
import { type Dataset, filter } from "../src/data/dataset.ts";
import { defineEnvironment, type Strategies } from "../src/env/define.ts";
import type { Policy } from "../src/policies/policy.ts";
import { direct } from "../src/policies/strategies/direct.ts";
import { mapReduce, type MapReduceOptions } from "../src/policies/strategies/map-reduce.ts";
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

const DEFAULTS = { length: "32k", needles: 2 } as const;

const options = z.object({
  length: z
    .union([z.string(), z.number()])
    .optional()
    .describe(`tokens of the conversation (default: ${DEFAULTS.length})`),
  needles: z.coerce
    .number()
    .int()
    .positive()
    .optional()
    .describe(
      `how many replies answer the same request (default: ${DEFAULTS.needles}); of files, only those`,
    ),
  file: z
    .string()
    .optional()
    .describe("files of openai/mrcr or of MRCR v2, instead of conversations made here"),
  ...fileOptions,
  ...shuffleOption,
  ...partOptions,
});
type Options = z.output<typeof options>;

const STRATEGIES = {
  pick: () => pick(),
  "map-reduce": () => mapReduce(chunks()),
  "rlm:1": () => rlm(chunks()),
  "rlm:2": () => rlm(chunks(), 2),
  direct: () => direct((question) => question),
  random: () => randomPeeks(),
} satisfies Strategies;

export const mrcr = defineEnvironment({
  name: "mrcr",
  summary:
    "one of several replies to the same request, copied out of a long conversation: MRCR, made or from its files",
  options,
  strategies: STRATEGIES,
  progress: readShare,
  layouts: [
    { name: "MRCR", columns: ["prompt", "answer", "random_string_to_prepend"], option: "file" },
    { name: "MRCR v2", columns: ["queries", "answer"], option: "file" },
  ],
  open: (given, seed) => {
    const badRows = new Set<string>();
    const { file, length = DEFAULTS.length, needles } = given;
    const problems = file === undefined ? made(given, seed) : read(given, file, badRows);
    const count = file === undefined ? (needles ?? DEFAULTS.needles) : needles;
    return Promise.resolve({
      problems: arrange(problems, given),
      score: trainingScore,
      official: officialScore,
      lenient: lenientScore,
      oracle: ({ answers: [gold = ""] }) => ({
        code: `answer["content"] = ${pythonString(gold)}\nanswer["ready"] = True`,
      }),
      readers: [mrcrReader],
      badRows,
      label: [
        "mrcr",
        ...(count === undefined ? [] : [`${count} needles`]),
        file === undefined ? length : "files",
      ].join(" "),
    });
  },
});

function made(given: Options, seed: number): Dataset {
  refuseWithoutFile("mrcr", given);
  const { length = DEFAULTS.length, needles = DEFAULTS.needles } = given;
  return mrcrDataset({ length: parseLength(length), needles, seed });
}

function read(given: Options, file: string, badRows: Set<string>): Dataset {
  refuseWithFile("mrcr", given, ["length"]);
  const all = loadMrcr(fileSource({ ...given, file }, badRows));
  const { needles } = given;
  return needles === undefined ? all : filter(all, ({ task }) => task.metadata.needles === needles);
}

/** Finds the replies to the request in code, and answers with the one asked for. */
function pick(): Policy {
  return scriptedPolicy("pick", function* ({ observation: { question } }) {
    const asked = readQuestion(question);
    if (asked === null) return;
    yield {
      code: `
import re
FREE = set(${JSON.stringify([...FREE_WORDS])})

def words(text):
    return [word for word in re.findall(r"[\\w'-]+", text.lower()) if word not in FREE]

turns = re.split(r"\\n\\n(?=User:)", context) if isinstance(context, str) else context
found = []
for turn in turns:
    request, mark, reply = turn.partition("Assistant:")
    if mark and words(request) == words(${pythonString(asked.wanted)}):
        found.append(reply.strip())
print(len(found), "replies to it, which begin:", [reply[:60] for reply in found])`,
    };
    yield {
      code: `result = ${pythonString(asked.prefix)} + (found[${asked.ordinal - 1}] if len(found) >= ${asked.ordinal} else "")`,
    };
    yield { code: ANSWER_WITH_RESULT };
  });
}

function chunks(): MapReduceOptions {
  return { chunkChars: 20_000, overlapChars: 0, batchSize: 20, instruction, combine };
}

function instruction(question: string): string {
  const [open, close] = REPLY_MARKS;
  return `Below is a part of a conversation. ${COPY_ALL}${readQuestion(question)?.wanted ?? question}\nCopy each word for word, between ${open} and ${close}, and write nothing else. If there is none, say so.`;
}

/** Replies of parts come in the conversation's order, so the one asked for is found by counting. */
function combine(question: string): string {
  const [open, close] = REPLY_MARKS;
  const { prefix, ordinal } = readQuestion(question) ?? { prefix: "", ordinal: 1 };
  return `
import re
copies = [copy for reply in replies for copy in re.findall(r"${open}(.*?)${close}", reply, re.DOTALL)]
result = ${pythonString(prefix)} + (copies[${ordinal - 1}] if len(copies) >= ${ordinal} else "")`;
}
