/** Macro moves as code that runs in the REPL. Each keeps a result where it finds one, and prints it for the next turn. */
import { rankTurns } from "../policies/strategies/bm25.ts";
import { askOnce, readableChars } from "../policies/strategies/direct.ts";
import { combineTurn, mapTurns, probe } from "../policies/strategies/map-reduce.ts";
import { setText } from "../policies/strategies/pieces.ts";
import { ANSWER_WITH_RESULT, pythonString } from "../policies/strategies/scripted.ts";
import { type Body, bodyElsewhere } from "./languages/bodies.ts";
import { movesIn } from "./languages/by-language.ts";
import type { Rendering } from "./languages/rendering.ts";
import { BEST, CHUNK_CHARS, type MacroMove, PIECE_CHARS, VERIFIED_PIECES, WIDTHS } from "./moves.ts";

const SHOW = 'print("result:", str(result).replace("\\n", " ")[:200])';

/** The code of a move. Its first line names the move, for readers of the record. */
export function renderMove(move: MacroMove, rendering: Rendering): Body {
  const own = movesIn(rendering.language);
  if (own === null) return { code: `# ${describe(move)}\n${bodyOf(move, rendering).trim()}` };
  const { elsewhere = {} } = rendering.skills;
  const body = bodyElsewhere(move, { ...rendering, ...own, elsewhere });
  return { ...body, code: `${own.moves.comment} ${describe(move)}\n${body.code}` };
}

/** Such as `read chunk=5000 width=20 tier=1`. */
export function describe({ kind, chunk, width, tier, best }: MacroMove): string {
  const words = [
    chunk !== null && `chunk=${CHUNK_CHARS[chunk] ?? "whole"}`,
    width !== null && `width=${WIDTHS[width]}`,
    best !== null && `best=${BEST[best]}`,
    tier !== null && `tier=${tier}`,
  ].filter((word) => word !== false);
  return [kind, ...words].join(" ");
}

function bodyOf(move: MacroMove, rendering: Rendering): string {
  const { skills, question, context, tiers } = rendering;
  const model = tiers[move.tier ?? 0]!;
  if (move.kind === "peek") return probe(context);
  if (move.kind === "grep") return `${skills.grep(question, context) ?? 'result = ""'}\n${SHOW}`;
  if (move.kind === "search") {
    const rank = ranking(rendering, BEST[move.best ?? 0]!);
    return `${rank}\nresult = ${askFound(skills.ask(question), model)}\n${SHOW}`;
  }
  if (move.kind === "read") return read(move, model, rendering);
  if (move.kind === "verify") return verify(rendering, model);
  return `result = globals().get("result", "")\n${ANSWER_WITH_RESULT}`;
}

/** In one turn, whatever the context: a move is a turn. */
function ranking({ question, context }: Rendering, best: number): string {
  return rankTurns(question, { pieceChars: PIECE_CHARS, best }, context).join("\n");
}

function read(move: MacroMove, model: string, { skills, question, context }: Rendering): string {
  const chunkChars = CHUNK_CHARS[move.chunk ?? 0];
  if (chunkChars === null || chunkChars === undefined)
    return `${askOnce(skills.ask(question), readableChars(null), context, model)}\nresult = reply\n${SHOW}`;
  const options = { ...skills.read, chunkChars, batchSize: WIDTHS[move.width ?? 0]!, model };
  const instruction = skills.read.instruction(question);
  const map = mapTurns(options, { instruction, ask: "llm_query", context }).join("\n");
  return `${setText(context)}\n${map.trim()}\n${combineTurn(options, question)}\n${SHOW}`;
}

function askFound(instruction: string, model: string): string {
  return `llm_query(${pythonString(instruction)} + "\\n\\n" + "\\n\\n".join(found), model=${pythonString(model)})`;
}

/** Asks again over the pieces that name the result or the question's words, and says whether the replies agree. */
function verify(rendering: Rendering, model: string): string {
  return `
wanted_text = str(globals().get("result", ""))
${ranking(rendering, VERIFIED_PIECES)}
second = ${askFound(rendering.skills.ask(rendering.question), model)}
core = wanted_text.split(": ")[-1].rstrip(".").strip().lower()
print("verification", "agrees" if core and core in second.lower() else "differs")
result = globals().get("result", second)
${SHOW}`;
}
