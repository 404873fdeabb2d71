/** Python that takes a context to pieces, for the strategies that read it piece by piece. */

/** Sets `parts`: the documents of a list or dict, or the one text. */
export const PARTS =
  "parts = [context] if isinstance(context, str) else list(context.values() if isinstance(context, dict) else context)";

/** Sets `parts`, and `text`: all of them as one. */
export const TEXT = `${PARTS}\ntext = "\\n\\n".join(parts)`;

/** Defines `pieces_of(text, size)`: pieces of at most so many characters that end where a line ends, if one does. */
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
 * Defines `packed(parts, size)`: whole parts together as long as they fit, and a part that is too long in pieces; and
 * `grouped(parts, size)`: the same with the parts apart, as a list where there are several.
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
