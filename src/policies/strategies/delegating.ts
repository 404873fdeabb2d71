/**
 * Strategies that differ in who does what: a leader with followers (DisCIPL's shape), a memory that is paged by calls (MemGPT's), and
 * fixed combinators (λ-RLM's). Each plays what an environment's map-reduce is made of, so that they compare with it.
 */
import type { Policy } from "../policy.ts";
import { combineTurn, type MapReduceOptions, probe } from "./map-reduce.ts";
import { PACKED } from "./pieces.ts";
import { ANSWER_WITH_RESULT, pythonString, scriptedPolicy } from "./scripted.ts";

/** The strategies by name. */
export function delegating(
  options: () => MapReduceOptions,
): Readonly<Record<"leader" | "memory" | "lambda", () => Policy>> {
  return {
    leader: () => leader(options()),
    memory: () => memory(options()),
    lambda: () => lambda(options()),
  };
}

/** Readings of a part that the leader asks for before it settles on what was found, and how often it assigns a part again. */
const FOLLOWERS = 2;
const REASSIGNMENTS = 2;
/** Characters below which a part is not cut again. */
const SMALLEST = 400;

/**
 * A leader that plans in code: it writes down the steps and what holds for their results, hands each step to followers, checks what
 * they bring, and assigns again what fails the check, in halves. Followers read parts half as long, which is where they err less; a
 * part is settled once two readings of it agree.
 */
export function leader(options: MapReduceOptions): Policy {
  return withParts(
    "leader",
    { ...options, chunkChars: Math.ceil(options.chunkChars / 2) },
    `
steps = [{"part": part, "left": ${REASSIGNMENTS}} for part in chunks]
replies, assigned = [], 0

def holds(step, readings):
    # The constraint of a step: something was brought, and the readings of it agree.
    told = [" ".join(reading.split()).lower() for reading in readings]
    return all(told) and len(set(told)) == 1

while steps:
    now, steps = steps[:batch], steps[batch:]
    prompts = [instruction + "\\n\\n" + step["part"] for step in now for _ in range(${FOLLOWERS})]
    brought = llm_query_batched(promptsMODEL)
    assigned += len(prompts)
    for i, step in enumerate(now):
        readings = brought[i * ${FOLLOWERS} : (i + 1) * ${FOLLOWERS}]
        if holds(step, readings) or step["left"] == 0 or len(step["part"]) < ${SMALLEST}:
            replies.append(max(readings, key=len))
            continue
        half = step["part"].rfind("\\n", 0, len(step["part"]) // 2 + 1) + 1 or len(step["part"]) // 2
        lap = max(0, half - overlap)
        steps = [{"part": part, "left": step["left"] - 1} for part in (step["part"][:half], step["part"][lap:])] + steps
print(len(chunks), "steps,", assigned, "readings,", len(replies), "results")`,
  );
}

/** Characters of the core memory, and of a page of the archive that is read at once. */
const CORE_CHARS = 8_000;
/** Pages of the archive that are called back for the answer. */
const RECALLED = 40;

/**
 * A memory in two levels: each page of the context is read once, and what is noted stands in a core memory of bounded size. What
 * does not fit goes to an archive, page by page; before the answer the archive is searched with the question's words, and what
 * matches is called back.
 */
export function memory(options: MapReduceOptions): Policy {
  return withParts(
    "memory",
    options,
    `
core, archive = [], []

def size(notes):
    return sum(len(note) for note in notes)

def remember(note):
    core.append(note)
    while size(core) > ${CORE_CHARS} and len(core) > 1:
        archive.append(core.pop(0))

def recall(words, most):
    ranked = sorted(archive, key=lambda note: -sum(word in note.lower() for word in words))
    return ranked[:most]

for i in range(0, len(chunks), batch):
    for note in llm_query_batched([instruction + "\\n\\n" + page for page in chunks[i : i + batch]]MODEL):
        remember(note)
words = set(re.findall(r"[^\\W_]{4,}", question.lower()))
replies = recall(words, ${RECALLED}) + core
print(len(chunks), "pages;", len(archive), "notes archived,", len(core), "in the core,", len(replies), "called back")`,
  );
}

/** From so many leaves on, leaves are filtered by rule before they are read. */
const FILTERED_FROM = 8;
/** Words of questions whose answer takes every leaf. */
const COUNTING = String.raw`\b(how many|how often|most|least|more|less|common|frequency|frequent|count|number of|each|every|pairs)\b`;
/** The share of the leaves that a filter must be able to drop; otherwise it tells nothing, and all are read. */
const WORTH_FILTERING = 0.5;

/**
 * Fixed combinators instead of free code: split, filter, map, reduce. A rule chooses among them by what can be counted: one leaf is
 * read as it is; many leaves are filtered by the question's rarer words if those stand in less than half of them, unless the
 * question counts or compares; all others are mapped. Nothing depends on what a model writes.
 */
export function lambda(options: MapReduceOptions): Policy {
  return withParts(
    "lambda",
    options,
    `
def split(text):
    return chunks

def filtered(leaves):
    words = set(re.findall(r"[^\\W_]{4,}", question.lower()))
    holding = {word: {i for i, leaf in enumerate(leaves) if word in leaf.lower()} for word in words}
    rare = [found for found in holding.values() if 0 < len(found) <= len(leaves) * ${WORTH_FILTERING}]
    kept = sorted(set().union(*rare)) if rare else range(len(leaves))
    return [leaves[i] for i in kept] if len(kept) <= len(leaves) * ${WORTH_FILTERING} else leaves

def mapped(leaves):
    return [reply for i in range(0, len(leaves), batch) for reply in llm_query_batched([instruction + "\\n\\n" + leaf for leaf in leaves[i : i + batch]]MODEL)]

leaves = split(text)
counts = re.search(r"${COUNTING}", question.lower())
chosen = leaves if counts or len(leaves) < ${FILTERED_FROM} else filtered(leaves)
replies = mapped(chosen)
print("split", len(leaves), "> filter", len(chosen), "> map", len(replies), "> reduce")`,
  );
}

/** Looks, cuts the context into `chunks`, delegates by the given Python, which sets `replies`, and combines them as map-reduce does. */
function withParts(name: string, options: MapReduceOptions, delegate: string): Policy {
  const { model } = options;
  const named = model === undefined ? "" : `, model=${pythonString(model)}`;
  return scriptedPolicy(name, function* ({ observation: { question, context } }) {
    yield { code: probe(context) };
    yield { code: `${partsInPython(options, question)}\n${delegate.trim().replaceAll("MODEL", named)}` };
    yield { code: combineTurn(options, question) };
    yield { code: ANSWER_WITH_RESULT };
  });
}

/** Python that sets `question`, `instruction`, `batch`, `overlap` and `chunks`. */
export function partsInPython(options: MapReduceOptions, question: string): string {
  const { chunkChars, overlapChars, headingEnd, batchSize } = options;
  const heading =
    headingEnd === undefined
      ? ""
      : `\ninstruction += "\\n\\n" + text[: max(0, text.find(${pythonString(headingEnd)}))]`;
  const chunks =
    overlapChars === 0
      ? `list(packed(parts, ${chunkChars}))`
      : `[text[i : i + ${chunkChars + overlapChars}] for i in range(0, len(text), ${chunkChars})]`;
  return `
import re${overlapChars === 0 ? PACKED : ""}
question = ${pythonString(question)}
batch, overlap = ${batchSize}, ${overlapChars}
instruction = ${pythonString(options.instruction(question))}${heading}
chunks = ${chunks}`.trim();
}
