/** The strategies of BrowseComp and its kin: questions over many documents, a few of which together give the answer. */
import { bm25 } from "../../src/policies/strategies/bm25.ts";
import { compaction } from "../../src/policies/strategies/compaction.ts";
import { frugal } from "../../src/policies/strategies/frugal.ts";
import { delegating } from "../../src/policies/strategies/delegating.ts";
import { direct } from "../../src/policies/strategies/direct.ts";
import { metas } from "../../src/policies/strategies/meta.ts";
import { mapReduce, type MapReduceOptions } from "../../src/policies/strategies/map-reduce.ts";
import { PARTS } from "../../src/policies/strategies/pieces.ts";
import { rlm } from "../../src/policies/strategies/rlm.ts";
import { ANSWER_WITH_RESULT, pythonString, scriptedPolicy } from "../../src/policies/strategies/scripted.ts";
import type { MacroSkills } from "../../src/policies/macro-skills.ts";
import { ANSWER_FROM_NOTES } from "../answer-from-notes.ts";
import type { Strategies } from "../../src/env/define.ts";

export const SEARCH_STRATEGIES = {
  grep: () =>
    scriptedPolicy("grep", function* ({ observation }) {
      yield { code: `question = ${pythonString(observation.question)}\n${BEST_TITLE}` };
      yield { code: ANSWER_WITH_RESULT };
    }),
  "map-reduce": () => mapReduce(notes()),
  direct: () => direct(instruction),
  bm25: () => bm25({ instruction }),
  compaction: () => compaction(noteAndAnswer),
  "rlm:1": () => rlm(notes()),
  "rlm:2": () => rlm(notes(), 2),
  ...delegating(notes),
  frugal: () => frugal(notes()),
  ...metas(notes),
  random: () =>
    scriptedPolicy("random", function* (_, random) {
      yield {
        code: `${TITLE_OF}\n${PARTS}\nresult = title_of(parts[int(${random.random()} * len(parts))]) if parts else ""`,
      };
      yield { code: ANSWER_WITH_RESULT };
    }),
} satisfies Strategies;

const FROM_NOTES = { ask: instruction, without: "nothing to note" };

/** How a policy of macro moves searches and reads documents. */
export const SEARCH_SKILLS: MacroSkills = {
  familyOf: () => "documents",
  grep: (question) => `question = ${pythonString(question)}\n${BEST_TITLE}`,
  read: notes(),
  elsewhere: { reduce: FROM_NOTES },
  ask: instruction,
};

function instruction(question: string): string {
  return `${question}\n\nAnswer from the documents below. If they do not tell, say so.`;
}

function noteAndAnswer(question: string): string {
  return `${question}\n\nAnswer from your notes and the documents below, as far as they tell. After the answer, note each document that may bear on any part of the question, with all that it says of it: you will not see it again.`;
}

function notes(): MapReduceOptions {
  return {
    chunkChars: 20_000,
    overlapChars: 0,
    batchSize: 20,
    instruction: (question) =>
      `Below are some of many documents; a question takes several of them, and others may hold the rest. Do not answer it. Note each document that may bear on any part of the question, a line each, with all that it says of it. If none does, write: Nothing to note.\n\nThe question: ${question}`,
    reduce: FROM_NOTES,
    combine: (question) => `${ANSWER_FROM_NOTES}\nresult = answered(${pythonString(instruction(question))})`,
  };
}

/** A document's name: its title if it has one, otherwise its first line. */
const TITLE_OF = String.raw`
import re

def title_of(part):
    title = re.search(r"^title: (.+)$", part, re.M)
    return "Exact Answer: " + (title[1] if title else part.strip().split("\n")[0][:200])`;

/** The document that holds the most of the question's longer words. */
const BEST_TITLE = `${TITLE_OF}
${PARTS}
words = set(re.findall(r"\\w{5,}", question.split("\\n\\nAnswer in this form")[0].lower()))
best = max(parts, key=lambda part: sum(word in part.lower() for word in words), default="")
result = title_of(best)
print(len(words), "words;", result)`;
