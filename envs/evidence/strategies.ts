/** The strategies of evidence: by words in code, part by part with sub-models, and with helpers that mark in a paper each. */
import { CLAIM_MARK, quoteInstruction } from "../../datasets/evidence/wording.ts";
import type { Policy } from "../../src/policies/policy.ts";
import type { MapReduceOptions } from "../../src/policies/strategies/map-reduce.ts";
import { pythonString, scriptedPolicy } from "../../src/policies/strategies/scripted.ts";

/** Papers that are handed to helpers at once. */
const HELPERS_AT_ONCE = 8;

/** How papers are read in parts. The replies are lists of passages; the answer is the list of all. */
export const PARTS_OF_PAPERS = {
  chunkChars: 20_000,
  overlapChars: 0,
  batchSize: 20,
  instruction: quoteInstruction,
  combine: `
import json
def quoted(reply):
    try:
        return [text for text in json.loads(reply) if isinstance(text, str)]
    except (ValueError, TypeError):
        return []
result = list(dict.fromkeys(text for reply in replies for text in quoted(reply)))`,
} satisfies MapReduceOptions;

/** Marks every sentence that has a name of the claim's method and a word of what was measured. Never asks a sub-model. */
export function byWords(): Policy {
  return scriptedPolicy("grep", function* ({ observation: { question } }) {
    yield { code: `${subjectIn(question)}\n${MARK_BY_WORDS}` };
    yield { code: 'FINAL("marked")' };
  });
}

/** Hands each paper that names the claim's method to a child, which marks what its sub-model quotes from it. */
export function helpers(): Policy {
  const child = scriptedPolicy("helpers/reader", function* ({ observation: { question } }) {
    const [id = "", ...asked] = question.split("\n");
    yield {
      code: `import json
reply = llm_query(${pythonString(quoteInstruction(asked.join("\n")))} + "\\n\\n" + context)
try:
    quotes = [text for text in json.loads(reply) if isinstance(text, str)]
except (ValueError, TypeError):
    quotes = []
told = [mark(${pythonString(id)}, text) for text in quotes]
print(told)
FINAL(str(len(told)) + " marked")`,
    };
  });
  return {
    ...scriptedPolicy("helpers", function* ({ observation: { question } }) {
      yield { code: `${subjectIn(question)}\nasked = ${pythonString(question)}\n${HAND_OUT}` };
      yield { code: 'FINAL("marked")' };
    }),
    recursion: { maxDepth: 2, childPolicy: () => child },
  };
}

/** Sets `method` and `measure`: those of the claim, or null and all words of a query. */
function subjectIn(question: string): string {
  return String.raw`import re
question = ${pythonString(question)}
claim = re.search(${pythonString(CLAIM_MARK)} + r"(.+?) (?:lowers|raises) the (.+?)\.", question)
query = re.search(r"The query: (.+)", question)
method, measure = claim.groups() if claim else (None, query[1] if query else question)
words = set(re.findall(r"\w{5,}", measure.lower()))`;
}

const MARK_BY_WORDS = String.raw`
def names_of(text):
    short = re.search(re.escape(method) + r" \((\w+)\)", text)
    return [method] + ([short[1]] if short else [])

def fits(sentence, names):
    held = sum(word in sentence.lower() for word in words)
    if method is None:
        return held >= max(1, len(words) - 1)
    return held > 0 and re.search(r"\d\.\d", sentence) and any(name in sentence for name in names)

marked = 0
for paper_id, text in context.items():
    names = names_of(text) if method else []
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        if fits(sentence, names):
            mark(paper_id, sentence)
            marked += 1
print(marked, "sentences marked")`;

const HAND_OUT = `
if method:
    ids = list(dict.fromkeys(hit["paper_id"] for hit in search(method)["hits"]))
else:
    ids = list(context)
told = []
for i in range(0, len(ids), ${HELPERS_AT_ONCE}):
    part = ids[i : i + ${HELPERS_AT_ONCE}]
    told += rlm_query_batched([paper_id + "\\n" + asked for paper_id in part], [context[paper_id] for paper_id in part])
print(len(ids), "papers handed out;", told[:5])`;
