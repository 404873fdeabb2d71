/** The strategy bm25: ranks pieces of the context by BM25 in code, and sends the best ones to the sub-model in one call. */
import { isLazy } from "../../repl/lazy-context.ts";
import type { ContextSummary } from "../../types.ts";
import type { Policy } from "../policy.ts";
import { codeIn, STRATEGY_LANGUAGES } from "./languages/by-language.ts";
import { PARTS, PIECES_OF, turnEnds } from "./pieces.ts";
import { pythonString, type Script, scriptedPolicy } from "./scripted.ts";

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
  const script: Script = function* ({ observation: { question, context }, language }) {
    const inLanguage = codeIn(language);
    if (inLanguage) {
      const ranking = { pieceChars: 2000, best: 5, shownChars: 2000, ...options, query: query(question) };
      yield { code: inLanguage.rank(ranking, context) };
      yield { code: inLanguage.askFound(instruction(question), ranking, context) };
      yield { code: inLanguage.answerReply };
      return;
    }
    for (const code of rankTurns(query(question), options, context)) yield { code };
    yield {
      code: `reply = llm_query(${pythonString(instruction(question))} + "\\n\\n" + "\\n\\n".join(found))\nprint(reply[:200])`,
    };
    yield { code: 'answer["content"] = reply\nanswer["ready"] = True' };
  };
  return scriptedPolicy("bm25", script, STRATEGY_LANGUAGES);
}

type RankOptions = Pick<Bm25Options, "pieceChars" | "best" | "shownChars">;

/** The turns that set `found` to the pieces that rank best for the words of the query: one, but several for a lazy text. */
export function rankTurns(query: string, options: RankOptions, context: ContextSummary): string[] {
  return isLazy(context) ? lazyRankTurns(query, options, context) : [rankTurn(query, options)];
}

function rankTurn(query: string, { pieceChars = 2000, best = 5, shownChars = 2000 }: RankOptions): string {
  return `
import heapq, math, re
from collections import Counter
${PIECES_OF}

${PARTS}
pieces = list(pieces_of(context, ${pieceChars})) if isinstance(context, str) else parts
${wantedIn(query)}
counts = [Counter(wanted.findall(piece.lower())) for piece in pieces]
lengths = [piece.count(" ") + 1 for piece in pieces]
${ordered(best)}
found = [pieces[i][:${shownChars}] for i in order]
print(len(pieces), "pieces; the best:", [(i, round(score(i), 2)) for i in order])`;
}

/** Sets `wanted`, which finds the words of the query. */
function wantedIn(query: string): string {
  return `terms = set(re.findall(r"\\w+", ${pythonString(query)}.lower()))
wanted = re.compile(r"\\b(?:" + "|".join(map(re.escape, sorted(terms))) + r")\\b")`;
}

/** Sets `order` to the numbers of the best pieces, from `pieces`, `counts` and `lengths`. */
function ordered(best: number): string {
  return `mean = sum(lengths) / max(1, len(lengths))
holding = Counter(term for count in counts for term in count)
weight = {term: math.log(1 + (len(pieces) - n + 0.5) / (n + 0.5)) for term, n in holding.items()}

def score(i):
    length = 0.9 * (1 - 0.4 + 0.4 * lengths[i] / mean)
    return sum(weight[term] * count / (count + length) for term, count in counts[i].items())

order = heapq.nlargest(${best}, range(len(pieces)), key=score)`;
}

/** Characters that are fetched from the host at once. */
const FETCHED_CHARS = 4_000_000;

/** Reads a lazy text over several turns. Pieces are kept as the places where they begin, since all of them are too much to hold. */
function lazyRankTurns(
  query: string,
  { pieceChars = 2000, best = 5, shownChars = 2000 }: RankOptions,
  context: ContextSummary,
): string[] {
  const begin = `
import heapq, math, re
from collections import Counter
${PIECES_OF}

${wantedIn(query)}
pieces, counts, lengths, start = [], [], [], 0

def read_on(end):
    global start
    while start < min(end, len(context)):
        block = context[start : start + ${FETCHED_CHARS}]
        if start + len(block) < len(context):
            block = block[: block.rfind("\\n") + 1] or block
        for piece in pieces_of(block, ${pieceChars}):
            pieces.append(start)
            counts.append(Counter(wanted.findall(piece.lower())))
            lengths.append(piece.count(" ") + 1)
            start += len(piece)
    print(start, "of", len(context), "characters read")
`;
  const ends = turnEnds(context);
  const end = `
${ordered(best)}
found = [context[pieces[i] : (pieces[i + 1 : i + 2] or [None])[0]][:${shownChars}] for i in order]
print(len(pieces), "pieces; the best:", [(i, round(score(i), 2)) for i in order])`;
  return ends.map((until, i) =>
    [i === 0 && begin, `read_on(${until})`, i === ends.length - 1 && end]
      .filter((part) => part !== false)
      .join("\n"),
  );
}
