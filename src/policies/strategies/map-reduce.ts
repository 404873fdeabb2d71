/** The strategy map-reduce: cuts the context into chunks, asks the sub-model about them in batches, and combines the replies. */
import type { Policy } from "../policy.ts";
import { PACKED, TEXT } from "./pieces.ts";
import { ANSWER_WITH_RESULT, pythonString, scriptedPolicy } from "./scripted.ts";

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
}

/** Makes the strategy. It takes four turns: look, ask, combine, answer. */
export function mapReduce(options: MapReduceOptions): Policy {
  return scriptedPolicy("map-reduce", function* ({ observation: { question } }) {
    yield { code: PROBE };
    yield { code: mapTurn(options, options.instruction(question), "llm_query") };
    yield { code: combineTurn(options, question) };
    yield { code: ANSWER_WITH_RESULT };
  });
}

/** Sets `parts` and `text`, and shows the beginning of the text. */
export const PROBE = `${TEXT}\nprint(len(text))\nprint(text[:200])`;

/**
 * Sets `replies` to the replies of the function about each chunk. `packing` says whether the documents of a chunk become one
 * text (`packed`), or stay a list for a child that cuts the chunk again (`grouped`).
 */
export function mapTurn(
  options: MapReduceOptions,
  instruction: string,
  ask: "llm_query" | "rlm_query",
  packing: "packed" | "grouped" = "packed",
): string {
  const { chunkChars, overlapChars, batchSize, headingEnd, model } = options;
  const chunks =
    overlapChars === 0
      ? `list(${packing}(parts, ${chunkChars}))`
      : `[text[i : i + ${chunkChars + overlapChars}] for i in range(0, len(text), ${chunkChars})]`;
  const heading =
    headingEnd === undefined
      ? ""
      : `\ninstruction += "\\n\\n" + text[: max(0, text.find(${pythonString(headingEnd)}))]`;
  const named = model === undefined ? "" : `, model=${pythonString(model)}`;
  const asked =
    ask === "llm_query"
      ? `llm_query_batched([instruction + "\\n\\n" + chunk for chunk in part]${named})`
      : `rlm_query_batched([instruction] * len(part), part${named})`;
  return `${overlapChars === 0 ? PACKED : ""}
batch = ${batchSize}
instruction = ${pythonString(instruction)}${heading}
chunks = ${chunks}
replies = []
for i in range(0, len(chunks), batch):
    part = chunks[i : i + batch]
    replies += ${asked}
print(len(replies), "replies, such as", [reply[:60] for reply in replies[:3]])`;
}

/** Sets `result` from `replies`. */
export function combineTurn({ combine }: MapReduceOptions, question: string): string {
  const code = typeof combine === "string" ? combine : combine(question);
  return `${code.trim()}\nprint(str(result)[:200])`;
}
