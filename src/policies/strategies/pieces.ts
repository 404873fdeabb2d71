/** Python that cuts a context into pieces, for the strategies that read it piece by piece. */
import { isLazy } from "../../repl/lazy-context.ts";
import type { ContextSummary } from "../../types.ts";

/** Sets `parts`: the documents of a list or dict, or the single text. */
export const PARTS =
  "parts = [context] if isinstance(context, str) else list(context.values() if isinstance(context, dict) else context)";

/** Sets `parts`, and joins them in `text`. A lazy text is both, as it is. */
export function setText(context: ContextSummary): string {
  return isLazy(context) ? "text = context\nparts = [text]" : `${PARTS}\ntext = "\\n\\n".join(parts)`;
}

/** Characters of a lazy text that are read in one turn, so that no turn meets the limit of its time. */
export const TURN_CHARS = 40_000_000;

/** The offsets up to which the turns read a lazy text. */
export function turnEnds({ chars }: ContextSummary): number[] {
  return Array.from({ length: Math.ceil(chars / TURN_CHARS) }, (_, i) =>
    Math.min(chars, (i + 1) * TURN_CHARS),
  );
}

/** Defines `pieces_of(text, size)`: pieces of at most `size` characters, which end at a line end if they contain one. */
export const PIECES_OF = `
def pieces_of(text, size):
    start = 0
    while start < len(text):
        piece = text[start : start + size]
        if start + size < len(text):
            piece = piece[: piece.rfind("\\n") + 1] or piece
        yield piece
        start += len(piece)`;

/**
 * Defines `packed(parts, size)`, which joins whole parts as long as they fit and cuts a part that is too long into pieces, and
 * `grouped(parts, size)`, which does the same but keeps several parts as a list.
 */
export const PACKED = `${PIECES_OF}

def gathered(parts, size):
    held, room = [], size
    for part in parts:
        for piece in pieces_of(part, size):
            if held and len(piece) > room:
                yield held
                held, room = [], size
            held.append(piece)
            room -= len(piece) + 2
    if held:
        yield held

def packed(parts, size):
    return ("\\n\\n".join(held) for held in gathered(parts, size))

def grouped(parts, size):
    return (held[0] if len(held) == 1 else held for held in gathered(parts, size))`;
