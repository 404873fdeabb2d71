/** Policies in code for RULER, each of which does for a task what that task needs. */
import { readRulerQuestion, type RulerAsked } from "../../datasets/ruler/questions.ts";
import { COUNT_CODED, COUNT_LISTED, LIST_ASSIGNMENTS } from "../../datasets/ruler/simulated-reader.ts";
import { NOT_HERE } from "../../src/models/simulated/quoting-reader.ts";
import type { Policy, PolicyStart } from "../../src/policies/policy.ts";
import { rankTurns } from "../../src/policies/strategies/bm25.ts";
import { findAll } from "../../src/policies/strategies/grep.ts";
import { codeIn } from "../../src/policies/strategies/languages/by-language.ts";
import { shownReplies } from "../../src/policies/strategies/languages/shown.ts";
import { mapReduce, type MapReduceOptions } from "../../src/policies/strategies/map-reduce.ts";
import { setText } from "../../src/policies/strategies/pieces.ts";
import { rlm } from "../../src/policies/strategies/rlm.ts";
import {
  ANSWER_WITH_RESULT,
  type Move,
  pythonString,
  scriptedPolicy,
} from "../../src/policies/strategies/scripted.ts";
import type { Observation } from "../../src/types.ts";
import { needleChunks, needleInstruction, needlePattern } from "../s-niah/s-niah.ts";

/** What is asked about a part of a text, or about the best pieces of it. */
export function rulerInstruction(question: string): string {
  const asked = readRulerQuestion(question);
  if (asked === null) return needleInstruction(question);
  return asked.kind === "qa" ? `${question}\nIf the documents do not say, answer: ${NOT_HERE}` : question;
}

/** The words to search for. */
export function rulerQuery(question: string): string {
  const asked = readRulerQuestion(question);
  if (asked?.kind === "vt") return asked.value;
  return asked?.kind === "qa" ? asked.question : question;
}

/** Needles, assignments and counts by code alone; of documents, the best ones to a sub-model. */
export function inCode(): Policy {
  return scriptedPolicy("code", function* ({ observation: { question, context } }) {
    const asked = readRulerQuestion(question);
    if (asked === null) {
      const pattern = needlePattern(question);
      if (pattern === null) return;
      yield { code: `${findAll(pattern, context)}\nresult = ", ".join(hits)` };
    } else if (asked.kind === "qa") {
      for (const code of rankTurns(asked.question, { pieceChars: 4000 }, context)) yield { code };
      yield {
        code: `result = llm_query(${pythonString(rulerInstruction(question))} + "\\n\\n" + "\\n\\n".join(found))\nprint(result[:200])`,
      };
    } else {
      yield {
        code: `${setText(context)}\n${BLOCKS}\n${asked.kind === "vt" ? follow(asked.value) : count(asked.kind)}`,
      };
    }
    yield { code: ANSWER_WITH_RESULT };
  });
}

/** Defines `blocks(overlap)`: stretches of a text of any length; without an overlap, they end between words. */
const BLOCKS = `
import re
from collections import Counter

def blocks(overlap):
    rest = ""
    for start in range(0, len(text), 4_000_000):
        block = rest + text[start : start + 4_000_000]
        cut = len(block) - overlap if overlap else block.rfind(" ") + 1
        rest = block[cut:]
        yield block if overlap else block[:cut]
    yield rest`;

const FOLLOW = (value: string) => `
names, more = [${pythonString(value)}], True
while more:
    more = [name for name, source in found.items() if source in names and name not in names]
    names += more
result = ", ".join(names[1:])
print(len(names) - 1, "names:", result)`;

function follow(value: string): string {
  return String.raw`
found = {}
for block in blocks(100):
    for name, source in re.findall(r"VAR (\w+) = (?:VAR )?(\w+)\s", block + " "):
        found.setdefault(name, source)
${FOLLOW(value)}`;
}

const LISTED = String.raw`(?:^|\s)\d+\. (\S+)`;
const CODED = String.raw`[a-z]+`;

function count(kind: "cwe" | "fwe"): string {
  const [pattern, most] = kind === "cwe" ? [LISTED, 10] : [CODED, 3];
  // A number that ends a stretch is parted from its word, which the next one then lacks: one word in some hundred thousand.
  return `
counts = Counter()
for block in blocks(0):
    counts.update(re.findall(r"${pattern}", block))
result = ", ".join(word for word, times in counts.most_common(${most}))
print(len(counts), "words, such as", counts.most_common(${most + 2}))`;
}

/** Has sub-models read every part, and puts together in code what they found. */
export function readParts(name: "map-reduce" | "rlm:1"): Policy {
  return byQuestion(name, (question) => {
    const options = partsFor(readRulerQuestion(question));
    return name === "map-reduce" ? mapReduce(options) : rlm(options);
  });
}

/** A policy that becomes another one once it knows the question. */
function byQuestion(name: string, policyFor: (question: string) => Policy): Policy {
  return { name, start: (start) => policyFor(start.observation.question).start(start) };
}

function partsFor(asked: RulerAsked | null): MapReduceOptions {
  if (asked === null) return needleChunks();
  const parts = { chunkChars: 20_000, overlapChars: 0, batchSize: 20 };
  if (asked.kind === "vt") {
    return {
      ...parts,
      instruction: () => `${LIST_ASSIGNMENTS} If there is none, say so.`,
      combine: followReplies(asked.value),
      reduce: { turns: (start) => followShown(start, asked.value) },
    };
  }
  if (asked.kind === "qa")
    return {
      ...parts,
      instruction: rulerInstruction,
      combine: bestReply,
      reduce: { ask: rulerInstruction, without: NOT_HERE },
    };
  const [instruction, most] = asked.kind === "cwe" ? [COUNT_LISTED, 10] : [COUNT_CODED, 3];
  return { ...parts, instruction: () => instruction, combine: addCounts(most) };
}

function followReplies(value: string): string {
  return String.raw`
import re
found = dict(re.findall(r"VAR (\w+) = (?:VAR )?(\w+)", "\n".join(replies)))
${FOLLOW(value)}`;
}

/** In other languages than Python the assignments are shown, and followed here. */
function* followShown({ language }: PolicyStart, value: string): Generator<Move, void, Observation> {
  const code = codeIn(language);
  if (!code) return;
  const lines = yield* shownReplies(code, String.raw`(VAR \w+ = (?:VAR )?\w+)`, "VAR ");
  const assigned = lines.flatMap((line) =>
    Array.from(line.matchAll(/VAR (\w+) = (?:VAR )?(\w+)/g), ([, name = "", source = ""]) => ({
      name,
      source,
    })),
  );
  const names = new Set([value]);
  for (let before = 0; before < names.size;) {
    before = names.size;
    for (const { name, source } of assigned) if (names.has(source)) names.add(name);
  }
  yield { answer: [...names].slice(1).join(", ") };
}

function addCounts(most: number): string {
  return String.raw`
import re
from collections import Counter
counts = Counter()
for word, times in re.findall(r"^(\S+): (\d+)", "\n".join(replies), re.MULTILINE):
    counts[word] += int(times)
result = ", ".join(word for word, times in counts.most_common(${most}))`;
}

/** Asks once more, about what the parts said, if more than one of them said anything. */
function bestReply(question: string): string {
  return `
said = [reply for reply in replies if ${pythonString(NOT_HERE)} not in reply.lower()]
if len(said) == 1:
    result = said[0]
else:
    result = llm_query(${pythonString(rulerInstruction(question))} + "\\n\\n" + "\\n".join(said)[:300_000])`;
}
