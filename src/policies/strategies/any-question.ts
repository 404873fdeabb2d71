/** The strategies with prompts for any question about any text. `ask` plays them if no model writes the code. */
import { NOT_HERE, QUESTION_MARK } from "../../models/simulated/quoting-reader.ts";
import type { Policy } from "../policy.ts";
import { bm25 } from "./bm25.ts";
import { compaction } from "./compaction.ts";
import { direct } from "./direct.ts";
import { mapReduce, type MapReduceOptions, type Reduction } from "./map-reduce.ts";
import { rlm } from "./rlm.ts";
import { pythonString } from "./scripted.ts";
import { wordSearch } from "./word-search.ts";

/** The most characters of the parts' replies in the last call. */
const NOTES_CHARS = 100_000;

/** The strategies by name. */
export const ANY_QUESTION_STRATEGIES: Readonly<Record<string, () => Policy>> = {
  grep: wordSearch,
  "map-reduce": () => mapReduce(chunks()),
  "rlm:1": () => rlm(chunks()),
  "rlm:2": () => rlm(chunks(), 2),
  bm25: () => bm25({ instruction }),
  direct: () => direct(instruction),
  compaction: () => compaction(noting),
};

function chunks(): MapReduceOptions {
  return { chunkChars: 40_000, overlapChars: 500, batchSize: 20, instruction, combine, reduce };
}

function instruction(question: string): string {
  return `Answer the question from the text below, in a few words, and quote where you can. If the text does not hold the answer, reply with exactly: ${NOT_HERE}.\n\n${asked(question)}`;
}

function noting(question: string): string {
  return `Answer the question from your notes and the part of a text below, in a few words. If neither holds the answer, reply with exactly: ${NOT_HERE}.\n\n${asked(question)}`;
}

/** The question on one line, as the quoting reader needs it. */
function asked(question: string): string {
  return QUESTION_MARK + question.replaceAll(/\s*\n\s*/g, " ");
}

const WEIGHING =
  "Several parts of a text were searched for the answer. Here is what each part says; give the one answer, in a few words.";

/** In other languages than Python the last call chooses in any case. */
const reduce: Reduction = {
  ask: (question) => `${WEIGHING}\n\n${asked(question)}`,
  without: NOT_HERE,
};

/** Sets `result`: the parts' only answer, "not here" if there is none, or the choice of a last call among several. */
function combine(question: string): string {
  const weighing = `${WEIGHING}\n\n${asked(question)}`;
  return `
said = [reply.strip() for reply in replies if ${pythonString(NOT_HERE)} not in reply.lower()[:40]]
said = list(dict.fromkeys(reply for reply in said if reply))
if len(said) > 1:
    result = llm_query(${pythonString(weighing)} + "\\n\\n" + "\\n".join(said)[:${NOTES_CHARS}])
else:
    result = said[0] if said else ${pythonString(NOT_HERE)}`;
}
