/** The bodies of moves in languages other than Python, from what the language writes for the strategies and for moves. */
import type { Counting, MovesElsewhere } from "../../policies/macro-skills.ts";
import { readableChars } from "../../policies/strategies/direct.ts";
import type { Ranking, StrategyCode } from "../../policies/strategies/languages/code.ts";
import { BEST, CHUNK_CHARS, type MacroMove, PIECE_CHARS, VERIFIED_PIECES, WIDTHS } from "../moves.ts";
import type { MoveCode } from "./move-code.ts";
import type { Rendering } from "./rendering.ts";

/** A move's code. */
export interface Body {
  readonly code: string;
  /** Set if the policy makes the result itself, of the counts that the code prints. */
  readonly answer?: Counting["answer"];
}

interface Writing extends Rendering {
  readonly elsewhere: MovesElsewhere;
  readonly strategies: StrategyCode;
  readonly moves: MoveCode;
}

/** Writes the body of a move. Only moves that are legal in the language may be given. */
export function bodyElsewhere(move: MacroMove, writing: Writing): Body {
  const { strategies, moves, context, found } = writing;
  if (move.kind === "peek") return { code: moves.peek(context) };
  if (move.kind === "answer") {
    const kept = found === null ? moves.keepText("") : found.isRead ? moves.keepText(found.text) : "";
    return { code: lines(kept, strategies.answerResult) };
  }
  if (move.kind === "verify") return { code: verify(move, writing) };
  const { code, answer } = findBody(move, writing);
  const forget = lines(moves.forgetFound, moves.forgetResult);
  return { code: lines(forget, code, answer ? "" : moves.show), ...(answer && { answer }) };
}

function findBody(move: MacroMove, writing: Writing): Body {
  const { strategies, moves, question, context, skills, tiers } = writing;
  const model = tiers[move.tier ?? 0]!;
  if (move.kind === "grep") return grep(writing);
  if (move.kind === "search")
    return { code: lines(...askBest(writing, BEST[move.best ?? 0]!, model), moves.keepReply) };
  const chunkChars = CHUNK_CHARS[move.chunk ?? 0] ?? null;
  if (chunkChars === null) {
    // A move is a turn: a text that the sub-model's window does not hold makes it fail, instead of being cut again.
    const ask = strategies.askWhole(skills.ask(question), readableChars(null), context, model);
    return { code: lines(ask, moves.keepReply) };
  }
  return read(writing, { chunkChars, batchSize: WIDTHS[move.width ?? 0]!, model });
}

function grep({ strategies, moves, question, context, elsewhere, language }: Writing): Body {
  const counting = elsewhere.counts?.(question, language.name);
  if (counting) return { code: counting.code("context"), answer: counting.answer };
  const pattern = elsewhere.pattern?.(question) ?? null;
  // A plan may grep where the policy may not.
  if (pattern === null) return { code: moves.keepText("") };
  return { code: lines(strategies.findAll(pattern, context), moves.keepHits) };
}

function read(
  { strategies, question, context, skills, elsewhere, language }: Writing,
  sizes: { readonly chunkChars: number; readonly batchSize: number; readonly model: string },
): Body {
  const { overlapChars, headingEnd } = skills.read;
  const instruction = skills.read.instruction(question);
  const heading = headingEnd === undefined ? {} : { headingEnd };
  const map = strategies.map({ ...sizes, instruction, overlapChars, ...heading }, context);
  const counting = elsewhere.counts?.(question, language.name);
  if (counting) return { code: lines(map, counting.code("replies")), answer: counting.answer };
  const { reduce } = elsewhere;
  if (!reduce) return { code: map };
  const reduced =
    "valuesOf" in reduce
      ? strategies.valuesOf(reduce.valuesOf)
      : strategies.askReplies(reduce.ask(question), reduce.without);
  return { code: lines(map, reduced) };
}

/** Asks again over the pieces that rank best, and says whether the reply agrees with the result, if there is one. */
function verify(move: MacroMove, writing: Writing): string {
  const { moves, found, tiers } = writing;
  const asked = lines(moves.forgetFound, ...askBest(writing, VERIFIED_PIECES, tiers[move.tier ?? 0]!));
  if (found === null) return lines(asked, moves.print("verification differs"), moves.keepReply, moves.show);
  return lines(found.isRead ? moves.keepText(found.text) : "", asked, moves.compare, moves.show);
}

function askBest({ strategies, question, context, skills }: Writing, best: number, model: string): string[] {
  const ranking: Ranking = { query: question, pieceChars: PIECE_CHARS, best, shownChars: PIECE_CHARS };
  const ask = strategies.askFound(skills.ask(question), ranking, context, model);
  return [strategies.rank(ranking, context), ask];
}

function lines(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join("\n");
}
