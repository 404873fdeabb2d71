/** Cuts the context into chunks, asks the sub-model about each in batches, and combines the replies in code. */
import type { Policy } from "../policy.ts";
import { pythonString, scriptedPolicy } from "./strategy.ts";

export interface MapReduceOptions {
  /** Characters of one chunk, and how far chunks overlap so that nothing is lost at a cut. */
  readonly chunkChars: number;
  readonly overlapChars: number;
  readonly batchSize: number;
  /** What to ask about each chunk; the chunk follows it. */
  readonly instruction: (question: string) => string;
  /** Python that reads `replies` (list of str) and sets `result`. */
  readonly combine: string;
}

export function mapReduce(options: MapReduceOptions): Policy {
  return scriptedPolicy("map-reduce", function* ({ observation }) {
    yield {
      code: "text = context if isinstance(context, str) else '\\n\\n'.join(context)\nprint(len(text))\nprint(text[:200])",
    };
    yield { code: mapTurn(options, observation.question) };
    yield { code: `${options.combine.trim()}\nprint(str(result)[:200])` };
    yield { code: 'answer["content"] = str(result)\nanswer["ready"] = True' };
  });
}

function mapTurn(options: MapReduceOptions, question: string): string {
  return `
size, overlap, batch = ${options.chunkChars}, ${options.overlapChars}, ${options.batchSize}
instruction = ${pythonString(options.instruction(question))}
chunks = [text[i : i + size + overlap] for i in range(0, len(text), size)]
replies = []
for i in range(0, len(chunks), batch):
    replies += llm_query_batched([instruction + "\\n\\n" + chunk for chunk in chunks[i : i + batch]])
print(len(replies), "replies, such as", [reply[:60] for reply in replies[:3]])`;
}
