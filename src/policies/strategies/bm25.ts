/** The strategy bm25: ranks pieces of the context by BM25 in code, and sends the best ones to the sub-model in one call. */
import type { Policy } from "../policy.ts";
import { PARTS, PIECES_OF } from "./pieces.ts";
import { pythonString, scriptedPolicy } from "./scripted.ts";

/** How pieces are cut, ranked and asked about. Sizes are in characters. */
export interface Bm25Options {
  /** The question about the pieces, which follow it. */
  readonly instruction: (question: string) => string;
  /** The words to search for. Default: the question itself. */
  readonly query?: (question: string) => string;
  /** The size of a piece of a text, which ends at a line end. The items of a list are pieces as they are. Default: 2000. */
  readonly pieceChars?: number;
  /** The number of pieces that are sent. Default: 5. */
  readonly best?: number;
  /** The most characters that are sent of each piece. Default: 2000. */
  readonly shownChars?: number;
}

/**
 * Makes the strategy, with the parameters of BrowseComp-Plus' baseline: k1 0.9, b 0.4, the best 5, the first 512 tokens of each
 * (here about 2000 characters). The inverse document frequency is Lucene's, log(1 + (N − n + 0.5) / (n + 0.5)).
 */
export function bm25(options: Bm25Options): Policy {
  const { instruction, query = (question) => question } = options;
  return scriptedPolicy("bm25", function* ({ observation }) {
    const { question } = observation;
    yield { code: rankTurn(query(question), options) };
    yield {
      code: `reply = llm_query(${pythonString(instruction(question))} + "\\n\\n" + "\\n\\n".join(found))\nprint(reply[:200])`,
    };
    yield { code: 'answer["content"] = reply\nanswer["ready"] = True' };
  });
}

/** Sets `found` to the pieces that rank best for the words of the query. */
export function rankTurn(
  query: string,
  { pieceChars = 2000, best = 5, shownChars = 2000 }: Pick<Bm25Options, "pieceChars" | "best" | "shownChars">,
): string {
  return `
import heapq, math, re
from collections import Counter
${PIECES_OF}

${PARTS}
pieces = list(pieces_of(context, ${pieceChars})) if isinstance(context, str) else parts
terms = set(re.findall(r"\\w+", ${pythonString(query)}.lower()))
wanted = re.compile(r"\\b(?:" + "|".join(map(re.escape, sorted(terms))) + r")\\b")
counts = [Counter(wanted.findall(piece.lower())) for piece in pieces]
lengths = [piece.count(" ") + 1 for piece in pieces]
mean = sum(lengths) / max(1, len(lengths))
holding = Counter(term for count in counts for term in count)
weight = {term: math.log(1 + (len(pieces) - n + 0.5) / (n + 0.5)) for term, n in holding.items()}

def score(i):
    length = 0.9 * (1 - 0.4 + 0.4 * lengths[i] / mean)
    return sum(weight[term] * count / (count + length) for term, count in counts[i].items())

order = heapq.nlargest(${best}, range(len(pieces)), key=score)
found = [pieces[i][:${shownChars}] for i in order]
print(len(pieces), "pieces; the best:", [(i, round(score(i), 2)) for i in order])`;
}
