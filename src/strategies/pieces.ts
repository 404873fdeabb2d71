/** Python that cuts a text into pieces, for the strategies that read a context piece by piece. */

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
