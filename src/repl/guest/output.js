// @ts-check
/** The output of a block within its limit: what is kept of a flood, and how the limit is divided. */

/** A stream that keeps the beginning and the end of what is written. Characters are UTF-16 units. */
export class Output {
  /** @param {number} limit */
  constructor(limit) {
    this.limit = limit;
    this.written = 0;
    this.head = "";
    this.tail = "";
  }

  /** @param {string} text */
  write(text) {
    this.written += text.length;
    const room = this.limit - this.head.length;
    if (room > 0) this.head += text.slice(0, room);
    if (text.length <= room) return;
    this.tail += text.slice(Math.max(room, text.length - this.limit));
    if (this.tail.length > 4 * this.limit) this.tail = this.tail.slice(-this.limit);
  }

  /** Adds characters that were written but are not here. @param {number} chars */
  skip(chars) {
    this.written += chars;
  }

  /** What is left of the text, as far as it matters for a cut. */
  get kept() {
    return this.head + this.tail.slice(-this.limit);
  }
}

/**
 * Cuts the middle out of a text that once had `total` characters.
 * @param {string} text @param {number} limit @param {number} [total] @returns {[string, number]} the text, and what is left out
 */
export function cutMiddle(text, limit, total = text.length) {
  if (total <= limit) return [text, 0];
  const head = Math.ceil(limit / 2);
  const tail = limit - head;
  const mark = `\n[... ${total - limit} characters left out ...]\n`;
  return [whole(text.slice(0, head)) + mark + (tail ? whole(text.slice(-tail)) : ""), total - limit];
}

/** Without half a surrogate pair at the cut. @param {string} text */
function whole(text) {
  return text.replace(/[\ud800-\udbff]$/, "").replace(/^[\udc00-\udfff]/, "");
}

/**
 * Divides the limit: first the exception, then stderr and the value, and the rest for stdout.
 * @param {{ stdout: Output, stderr: Output, value: string | null, exception: string | null, limit: number }} block
 */
export function share({ stdout, stderr, value, exception, limit }) {
  /** @type {[string, number][]} */
  const wanted = [
    [exception ?? "", exception?.length ?? 0],
    [stderr.kept, stderr.written],
    [value ?? "", value?.length ?? 0],
    [stdout.kept, stdout.written],
  ];
  const total = wanted.reduce((sum, [, chars]) => sum + chars, 0);
  let [room, omitted] = [limit, 0];
  const texts = wanted.map(([text, chars], index) => {
    const later = wanted.slice(index + 1).reduce((sum, [, size]) => sum + size, 0);
    const given = Math.min(chars, Math.max(room - later, index < 3 ? room >> 1 : room));
    const [cut, left] = cutMiddle(text, given, chars);
    omitted += left;
    room -= given;
    return cut;
  });
  return {
    exception: exception === null ? null : String(texts[0]),
    stderr: String(texts[1]),
    value: value === null ? null : String(texts[2]),
    stdout: String(texts[3]),
    outputChars: total,
    omittedChars: omitted,
  };
}
