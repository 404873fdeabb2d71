// @ts-check
/**
 * The matches of a pattern in a text of any length. The regular expression runs over windows. A window has the range in which
 * matches start, the character before it, and after it as many bytes as one match can have.
 */
import { Decoded } from "./decoded.js";
import { TextFault } from "./fault.js";
import { firstOccurrence, occurrences } from "./literal.js";
import { boundaryAt } from "./utf8.js";

/** A match must have fewer bytes than this. */
const maxMatchBytes = 2 ** 15;
/** The largest range of one window. Other requests get a turn between windows. */
const maxRangeBytes = 3 * 2 ** 15;
const minRangeBytes = 2 ** 10;

/**
 * A match: the byte at which it starts, its text, and its groups in characters from its start.
 * @typedef {{ byte: number, text: string, groups: ([number, number] | null)[] }} Match
 * @typedef {import("./source.js").Source} Source
 * @typedef {import("./pattern.js").Pattern} Pattern
 * @typedef {import("./offsets.js").Pause} Pause
 */

/**
 * The matches from left to right, without overlaps. After an empty match the search goes on one character later. Throws a
 * `TextFault` if a match is too long.
 * @param {Source} source
 * @param {Pattern} pattern
 * @param {number} start
 * @param {number} end
 * @param {Pause} pause
 * @returns {AsyncGenerator<Match>}
 */
export async function* matches(source, pattern, start, end, pause) {
  const { literal } = pattern;
  if (literal === null) yield* regexMatches(source, pattern, start, end, pause);
  else yield* literalMatches(source, literal, start, end, pause);
}

/**
 * @param {Source} source
 * @param {string} text
 * @param {number} start
 * @param {number} end
 * @param {Pause} pause
 * @returns {AsyncGenerator<Match>}
 */
async function* literalMatches(source, text, start, end, pause) {
  for await (const byte of occurrences(source, Buffer.from(text), start, end, pause))
    yield { byte, text, groups: [] };
}

/**
 * @param {Source} source
 * @param {Pattern} pattern
 * @param {number} start
 * @param {number} end
 * @param {Pause} pause
 * @returns {AsyncGenerator<Match>}
 */
async function* regexMatches(source, pattern, start, end, pause) {
  const buffer = Buffer.allocUnsafeSlow(maxRangeBytes + 2 * maxMatchBytes);
  const { required } = pattern;
  let range = maxRangeBytes;
  // `<=`, since an empty match may start at the end of the text.
  for (let cursor = start; cursor <= end; await pause()) {
    if (required !== null) {
      const from = await earliestStart(source, required, cursor, end, pause);
      if (from === null) return;
      // If the required text is rare, a window needs only its surroundings. If it is frequent, windows grow.
      range =
        from > cursor ? 2 * byteBound(required.lead) + minRangeBytes : Math.min(2 * range, maxRangeBytes);
      cursor = from;
    }
    const window = openWindow(source, pattern, { start: cursor, range, end }, buffer);
    cursor = window.limit;
    for (const { match, next } of windowMatches(window, pattern)) {
      yield match;
      cursor = Math.max(window.limit, next);
      await pause();
    }
  }
}

/**
 * The first byte at or after `start` from which a match can reach the required text; null if there is none.
 * @param {Source} source
 * @param {{ text: string, lead: number }} required
 * @param {number} start
 * @param {number} end
 * @param {Pause} pause
 */
async function earliestStart(source, required, start, end, pause) {
  const found = await firstOccurrence(source, Buffer.from(required.text), start, end, pause);
  if (found < 0) return null;
  const from = found - byteBound(required.lead);
  return from <= start ? start : from + boundaryAt(source.read(from, found), 0);
}

/** @typedef {{ decoded: Decoded, first: number, limit: number }} Window `first`: the string index at which the range begins; `limit`: the byte at which it ends. */

/**
 * @param {Source} source
 * @param {Pattern} pattern
 * @param {{ start: number, range: number, end: number }} bounds
 * @param {Buffer} buffer
 * @returns {Window}
 */
function openWindow(source, pattern, { start, range, end }, buffer) {
  const from = Math.max(0, start - 4);
  const wanted = start + range + byteBound(pattern.width);
  const read = source.read(from, Math.min(end, wanted + 3), buffer);
  const stop = wanted < end ? boundaryAt(read, wanted - from) : read.length;
  const limit = start + range < end ? from + boundaryAt(read, start + range - from) : end + 1;
  const skipped = boundaryAt(read, 0);
  const decoded = new Decoded(read.subarray(skipped, stop), from + skipped);
  return { decoded, first: read.toString("utf8", skipped, start - from).length, limit };
}

/**
 * @param {Window} window
 * @param {Pattern} pattern
 * @returns {Generator<{ match: Match, next: number }>}
 */
function* windowMatches({ decoded, first, limit }, pattern) {
  const { text } = decoded;
  if (!pattern.regex.test(text)) return;
  const matcher = pattern.regex.matcher(text);
  for (let index = first; index <= text.length && matcher.find(index);) {
    const [start, end] = [matcher.start(), matcher.end()];
    const byte = decoded.byteAt(start);
    if (byte >= limit) return;
    if (decoded.byteAt(end) - byte >= maxMatchBytes) throw tooLong();
    index = end > start ? end : start + widthAt(text, start);
    yield {
      match: { byte, text: text.slice(start, end), groups: groupsOf(matcher) },
      next: decoded.byteAt(index),
    };
  }
}

/**
 * @param {import("re2js").Matcher} matcher
 * @returns {([number, number] | null)[]}
 */
function groupsOf(matcher) {
  const text = matcher.group() ?? "";
  const base = matcher.start();
  return Array.from({ length: matcher.groupCount() }, (_, index) => {
    const [start, end] = [matcher.start(index + 1), matcher.end(index + 1)];
    return start < 0
      ? null
      : [characters(text.slice(0, start - base)), characters(text.slice(0, end - base))];
  });
}

/** @param {string} text */
export function characters(text) {
  return Array.from(text).length;
}

/**
 * @param {string} text
 * @param {number} index
 */
function widthAt(text, index) {
  return (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
}

/**
 * The most bytes that `count` characters and the one after them can take.
 * @param {number} count
 */
function byteBound(count) {
  return Math.min(4 * count + 4, maxMatchBytes);
}

function tooLong() {
  const advice = "bound its repetitions, as in .{0,200} for .*";
  return new TextFault("usage", `a match of the pattern holds ${maxMatchBytes} bytes or more: ${advice}`);
}
