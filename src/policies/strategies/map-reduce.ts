/** The strategy map-reduce: cuts the context into chunks, asks the sub-model about them in batches, and combines the replies. */
import { isLazy } from "../../repl/lazy-context.ts";
import type { ContextSummary, Observation } from "../../types.ts";
import type { Policy, PolicyStart } from "../policy.ts";
import { codeIn, STRATEGY_LANGUAGES } from "./languages/by-language.ts";
import { PACKED, setText, TURN_CHARS, turnEnds } from "./pieces.ts";
import { ANSWER_WITH_RESULT, type Move, pythonString, type Script, scriptedPolicy } from "./scripted.ts";

/** How the context is cut, what is asked about each chunk, and how the replies become an answer. Sizes are in characters. */
export interface MapReduceOptions {
  /**
   * The size of a chunk, and how far chunks overlap, so that nothing is lost at a cut. With an overlap of 0, chunks end at line
   * ends, and documents of a list stay whole if they fit.
   */
  readonly chunkChars: number;
  readonly overlapChars: number;
  /** The text at which the context's own heading ends. The heading then precedes every chunk. */
  readonly headingEnd?: string;
  readonly batchSize: number;
  /** The sub-model that reads the chunks. Default: the first one. */
  readonly model?: string;
  /** The question about each chunk, which follows it. */
  readonly instruction: (question: string) => string;
  /** Python that reads `replies` (list of str) and sets `result`. */
  readonly combine: string | ((question: string) => string);
  /** How the replies become an answer in other languages than Python; without it the strategy writes Python alone. */
  readonly reduce?: Reduction;
}

/**
 * The values that a pattern's first group matches in the replies, or what the sub-model makes of the replies that do not hold a
 * text (in lower case).
 */
export type ReplyReduction =
  | { readonly valuesOf: string }
  | { readonly ask: (question: string) => string; readonly without: string };

/** A reduction of the replies in one turn, or turns of the benchmark's own. */
export type Reduction =
  | ReplyReduction
  | { readonly turns: (start: PolicyStart) => Generator<Move, void, Observation> };

/** Makes the strategy. It takes four turns: look, ask, combine, answer. A lazy text takes several to ask. */
export function mapReduce(options: MapReduceOptions): Policy {
  const script: Script = function* (start) {
    const { question, context } = start.observation;
    const inLanguage = codeIn(start.language);
    if (inLanguage && options.reduce) {
      const { reduce } = options;
      yield { code: inLanguage.map({ ...options, instruction: options.instruction(question) }, context) };
      if ("turns" in reduce) {
        yield* reduce.turns(start);
        return;
      }
      yield {
        code:
          "valuesOf" in reduce
            ? inLanguage.valuesOf(reduce.valuesOf)
            : inLanguage.askReplies(reduce.ask(question), reduce.without),
      };
      yield { code: inLanguage.answerResult };
      return;
    }
    yield { code: probe(context) };
    const instruction = options.instruction(question);
    for (const code of mapTurns(options, { instruction, ask: "llm_query", context })) yield { code };
    yield { code: combineTurn(options, question) };
    yield { code: ANSWER_WITH_RESULT };
  };
  return scriptedPolicy("map-reduce", script, options.reduce ? STRATEGY_LANGUAGES : undefined);
}

/** Sets `parts` and `text`, and shows the beginning of the text. */
export function probe(context: ContextSummary): string {
  return `${setText(context)}\nprint(len(text))\nprint(text[:200])`;
}

/** What is asked about each chunk, and of whom. */
export interface MapTurn {
  readonly instruction: string;
  readonly ask: "llm_query" | "rlm_query";
  readonly context: ContextSummary;
  /**
   * Whether the documents of a chunk become one text (`packed`, the default), or stay a list for a child that cuts the chunk
   * again (`grouped`).
   */
  readonly packing?: "packed" | "grouped";
}

/**
 * The turns that set `replies` to the replies of the function about each chunk of `text`: one, but several for a lazy text, whose
 * chunks are cut batch by batch.
 */
export function mapTurns(
  options: MapReduceOptions,
  { instruction, ask, context, packing = "packed" }: MapTurn,
): string[] {
  const { chunkChars, overlapChars, batchSize, headingEnd, model } = options;
  const cut = `text[i : i + ${chunkChars + overlapChars}] for i in range(0, len(text), ${chunkChars})`;
  const packed = `${packing}(parts, ${chunkChars})`;
  const heading =
    headingEnd === undefined
      ? ""
      : `\ninstruction += "\\n\\n" + text[: max(0, text.find(${pythonString(headingEnd)}))]`;
  const named = model === undefined ? "" : `, model=${pythonString(model)}`;
  const asked =
    ask === "llm_query"
      ? `llm_query_batched([instruction + "\\n\\n" + chunk for chunk in part]${named})`
      : `rlm_query_batched([instruction] * len(part), part${named})`;
  const begin = `${overlapChars === 0 ? PACKED : ""}
batch = ${batchSize}
instruction = ${pythonString(instruction)}${heading}`;
  const show = `print(len(replies), "replies, such as", [reply[:60] for reply in replies[:3]])`;
  if (!isLazy(context))
    return [
      `${begin}
chunks = ${overlapChars === 0 ? `list(${packed})` : `[${cut}]`}
replies = []
for i in range(0, len(chunks), batch):
    part = chunks[i : i + batch]
    replies += ${asked}
${show}`,
    ];
  const batches = Math.ceil(TURN_CHARS / (chunkChars * batchSize));
  return turnEnds(context).map((_, i, { length }) => {
    const first = `import itertools${begin}
chunks = ${overlapChars === 0 ? packed : `(${cut})`}
replies = []
`;
    const many = i === length - 1 ? "itertools.count()" : `range(${batches})`;
    return `${i === 0 ? first : ""}for _ in ${many}:
    part = list(itertools.islice(chunks, batch))
    if not part:
        break
    replies += ${asked}
${show}`;
  });
}

/** Sets `result` from `replies`. */
export function combineTurn({ combine }: MapReduceOptions, question: string): string {
  const code = typeof combine === "string" ? combine : combine(question);
  return `${code.trim()}\nprint(str(result)[:200])`;
}
