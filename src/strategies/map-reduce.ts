/** Cuts the context into chunks, asks the sub-model about each in batches, and combines the replies in code. */
import type { Policy } from "../policy.ts";
import { PIECES_OF } from "./pieces.ts";
import { pythonString, scriptedPolicy } from "./strategy.ts";

export interface MapReduceOptions {
  /** Characters of one chunk, and how far chunks overlap so that nothing is lost at a cut; 0: they end at a line's end. */
  readonly chunkChars: number;
  readonly overlapChars: number;
  /** Where the context's own heading ends, which then goes before every chunk. */
  readonly headingEnd?: string;
  readonly batchSize: number;
  /** What to ask about each chunk; the chunk follows it. */
  readonly instruction: (question: string) => string;
  /** Python that reads `replies` (list of str) and sets `result`. */
  readonly combine: string | ((question: string) => string);
}

export function mapReduce(options: MapReduceOptions): Policy {
  return scriptedPolicy("map-reduce", function* ({ observation: { question } }) {
    const combine = typeof options.combine === "string" ? options.combine : options.combine(question);
    yield {
      code: "text = context if isinstance(context, str) else '\\n\\n'.join(context)\nprint(len(text))\nprint(text[:200])",
    };
    yield { code: mapTurn(options, question) };
    yield { code: `${combine.trim()}\nprint(str(result)[:200])` };
    yield { code: 'answer["content"] = str(result)\nanswer["ready"] = True' };
  });
}

function mapTurn(options: MapReduceOptions, question: string): string {
  const { chunkChars, overlapChars, batchSize, headingEnd } = options;
  const chunks =
    overlapChars === 0
      ? `list(pieces_of(text, ${chunkChars}))`
      : `[text[i : i + ${chunkChars + overlapChars}] for i in range(0, len(text), ${chunkChars})]`;
  const heading =
    headingEnd === undefined
      ? ""
      : `\ninstruction += "\\n\\n" + text[: max(0, text.find(${pythonString(headingEnd)}))]`;
  return `${overlapChars === 0 ? PIECES_OF : ""}
batch = ${batchSize}
instruction = ${pythonString(options.instruction(question))}${heading}
chunks = ${chunks}
replies = []
for i in range(0, len(chunks), batch):
    replies += llm_query_batched([instruction + "\\n\\n" + chunk for chunk in chunks[i : i + batch]])
print(len(replies), "replies, such as", [reply[:60] for reply in replies[:3]])`;
}
