/**
 * The strategy meta:K: a hierarchy of RLMs with a budget tree. The root divides the parts among children and grants each a share of
 * its budget, those do the same among theirs, K levels deep; the lowest level asks sub-models about parts. Each level sees only what
 * its children report.
 */
import { isLazy } from "../../repl/lazy-context.ts";
import type { ContextSummary } from "../../types.ts";
import { UsageError } from "../../errors.ts";
import type { Policy, StrategyMaker } from "../policy.ts";
import { combineTurn, type MapReduceOptions, probe } from "./map-reduce.ts";
import { partsInPython } from "./delegating.ts";
import { ANSWER_WITH_RESULT, pythonString, type Script, scriptedPolicy } from "./scripted.ts";

/** Children of one episode at most, and how many are asked at once. */
const MOST_CHILDREN = 8;
/** Tokens that are held back for the reply of a call, and those that each level keeps for its own turns. */
const [HELD_FOR_REPLY, KEPT] = [4_100, 12_000];
/** Before what a child is told of its place: how many levels there are from it down. */
const LEVELS_MARK = "Levels from you down: ";
/** The most levels: deeper ones would have more children than any context has parts. */
const MOST_LEVELS = 8;
/** Of a long text: characters around a place that a search finds, places that are read at most, and characters of a sample. */
const [AROUND_CHARS, MOST_PLACES, SAMPLE_CHARS] = [1_500, 200, 4_000];
/** Samples that are taken of such a text, evenly over it. */
const SAMPLES = 160;
/** Texts of more characters are not read whole, lazy or not. */
const MOST_READ_CHARS = 1_000_000;

/** How the parts of a context are read, and what is read of a text that is too long to be read whole. */
export interface MetaOptions extends MapReduceOptions {
  /**
   * A pattern for the places of a long text that matter, by Python's rules without look-around; null if the question has none.
   * Absent: samples are read.
   */
  readonly find?: (question: string) => string | null;
}

/** Makes the strategy with so many levels of episodes, the root among them. Throws `UsageError` for another number than 1 to 8. */
export function meta(options: MetaOptions, levels: number): Policy {
  return hierarchy(levels, function* ({ observation: { question, context } }) {
    if (!isLong(context)) yield { code: probe(context) };
    yield { code: `${partsOf(options, question, context)}\n${delegation(levels)}` };
    yield { code: "replies = delegate(instruction, chunks)" };
    yield { code: combineTurn(options, question) };
    yield { code: ANSWER_WITH_RESULT };
  });
}

/** The strategies `meta:2` and `meta:3`, which also make those of other levels. */
export function metas(options: () => MetaOptions): Metas {
  return metasOf((levels) => meta(options(), levels));
}

/** The same, with a policy of one's own for each number of levels. */
export function metasOf(withLevels: (levels: number) => Policy): Metas {
  const maker = (levels: number) => Object.assign(() => withLevels(levels), { withLevels });
  return { "meta:2": maker(2), "meta:3": maker(3) };
}

type Metas = Readonly<Record<"meta:2" | "meta:3", StrategyMaker>>;

/**
 * A hierarchy whose root follows a script of its own, which defines `delegate` by `delegation` and calls it. Throws `UsageError` for
 * another number of levels than 1 to 8.
 */
export function hierarchy(levels: number, script: Script): Policy {
  if (!Number.isSafeInteger(levels) || levels < 1 || levels > MOST_LEVELS)
    throw new UsageError(`meta:K: expected a whole number of levels from 1 to ${MOST_LEVELS}, got ${levels}`);
  const child = scriptedPolicy("meta/child", function* ({ observation: { question } }) {
    const own = Math.min(levels - 1, Number(marked(question, LEVELS_MARK) ?? 1));
    const instruction = question.split("\n").slice(1).join("\n");
    yield {
      code: `${delegation(own)}
instruction = ${pythonString(instruction)}
parts = context if isinstance(context, list) else [context]
replies = delegate(instruction, parts)`,
    };
    yield { code: "FINAL(json.dumps(replies))" };
  });
  return {
    ...scriptedPolicy(`meta:${levels}`, script),
    recursion: { maxDepth: levels, childPolicy: () => child },
    budgetView: "function",
  };
}

function marked(question: string, mark: string): string | undefined {
  return new RegExp(`^${mark}(\\d+)$`, "m").exec(question)?.[1];
}

/**
 * Python that defines `delegate(instruction, parts)`, which divides parts among children, grants each an equal part of the tokens that
 * are left, and returns all that their reports hold. The lowest level, and one that has a single part or too few tokens for a child,
 * asks a sub-model about each part that its tokens allow.
 */
export function delegation(levels: number): string {
  return `
import json, math

def tokens_left():
    return BUDGET()["tokens"] if "BUDGET" in globals() else 10**12

def listed(report):
    try:
        replies = json.loads(report)
        return replies if isinstance(replies, list) else [report]
    except ValueError:
        return []

def cost_of(instruction, part):
    # As much as the budget holds back for a call: its prompt, at most a token for three characters, and its reply.
    return (len(instruction) + len(part)) // 3 + ${HELD_FOR_REPLY}

def read(instruction, parts):
    prompts, left = [], tokens_left() - ${KEPT}
    for part in parts:
        left -= cost_of(instruction, part)
        if left < 0:
            break
        prompts.append(instruction + "\\n\\n" + part)
    replies = llm_query_batched(prompts) if prompts else []
    print(len(replies), "of", len(parts), "parts read")
    return replies

def delegate(instruction, parts, levels=${levels}):
    # Each level keeps tokens for its own turns, and so does each of its children.
    left = tokens_left() - ${KEPT}
    most = min(${MOST_CHILDREN}, left // (2 * ${KEPT}))
    if levels < 2 or len(parts) < 2 or most < 1:
        return read(instruction, parts)
    width = min(most, math.ceil(len(parts) ** (1 / levels)))
    size = math.ceil(len(parts) / width)
    groups = [parts[i : i + size] for i in range(0, len(parts), size)]
    prompt = ${pythonString(LEVELS_MARK)} + str(levels - 1) + "\\n" + instruction
    grant = {"budget": left // len(groups)} if "BUDGET" in globals() else {}
    reports = rlm_query_batched([prompt] * len(groups), groups, **grant)
    replies = [reply for report in reports for reply in listed(report)]
    print(len(groups), "children reported", len(replies), "replies")
    return replies`;
}

/** Whether a text is too long to be read whole. */
export function isLong({ type, chars }: ContextSummary): boolean {
  return type === "str" && chars > MOST_READ_CHARS;
}

/** Python that sets `question`, `instruction` and `chunks`: of a long text the places that a search finds, or samples. */
function partsOf(options: MetaOptions, question: string, context: ContextSummary): string {
  if (!isLong(context)) return partsInPython(options, question);
  const { headingEnd } = options;
  const heading =
    headingEnd === undefined
      ? ""
      : `\nhead = context[:20_000]\ninstruction += "\\n\\n" + head[: max(0, head.find(${pythonString(headingEnd)}))]`;
  const pattern = options.find?.(question) ?? null;
  return `
question = ${pythonString(question)}
instruction = ${pythonString(options.instruction(question))}${heading}
${pattern === null ? SAMPLED : placesIn(context, pythonString(pattern), MOST_PLACES)}
print(len(chunks), "parts")`.trim();
}

/** Python that sets `chunks` to the texts around the first matches of a pattern, which is a Python expression. */
export function placesIn(context: ContextSummary, pattern: string, most: number): string {
  const found = isLazy(context)
    ? `context.grep(${pattern}, limit=${most})`
    : `itertools.islice(re.finditer(${pattern}, context, re.M), ${most})`;
  return `
import itertools, re
found = ${found}
chunks, last = [], -1
for match in found:
    if match.start() >= last:
        last = match.end() + ${AROUND_CHARS}
        chunks.append(context[max(0, match.start() - ${AROUND_CHARS}) : last])`.trim();
}

const SAMPLED = `
import random
chunks = []
for i in range(${SAMPLES}):
    # Not evenly, since a text may repeat itself.
    at = int(len(context) * (i + random.random()) / ${SAMPLES})
    piece = context[at : at + ${SAMPLE_CHARS}]
    # Whole lines: the first and the last one are cut.
    begin, end = piece.find("\\n") + 1, piece.rfind("\\n") + 1
    chunks.append(piece[begin:end] or piece)`.trim();
