/**
 * Counts tokens with the o200k_base vocabulary, in place of each model's own tokenizer: budgets, windows and costs need one count
 * that works offline. Counts that a server reports replace it.
 */
import { createHash } from "node:crypto";
import { setImmediate as nextTick } from "node:timers/promises";
import type { Context, Message } from "../types.ts";
import { o200k } from "./o200k.ts";

/** Tokens that mark the beginning, role and end of one message in the ChatML layout. */
const MESSAGE_OVERHEAD = 4;
/** Tokens that open the reply. */
const REPLY_OVERHEAD = 3;

const STRETCH_CHARS = 65_536;
/** The longest piece: runs without a word end are cut at every multiple of this length. */
const RUN_CHARS = 2048;
const LONG_RUN = /(?<!\S)\S{2048,}|(?<!\s)\s{2048,}/g;
/** A safe cut: the vocabulary's split pattern never joins a letter or digit to the white space after it. */
const WORD_END = /(?<=[\p{L}\p{N}])(?=\s)/gu;

/** Texts from this length on are counted in turns, and how much of them in one turn. */
const AT_ONCE_CHARS = 65_536;
const TURN_CHARS = 16_384;

/** Prompts repeat, so counts of texts from this length on are remembered: hashing a text is much quicker than counting it. */
const REMEMBERED_CHARS = 256;
/** The most remembered counts. The least recently used ones are dropped first. */
const MOST_REMEMBERED = 32_768;
const remembered = new Map<string, number>();

/** The tokens of a text. Special tokens count as plain text. The time is linear in the length of the text. */
export function countTokens(text: string): number {
  if (text.length < REMEMBERED_CHARS) return countAnew(text);
  const digest = digestOf(text);
  const tokens = remembered.get(digest) ?? countAnew(text);
  remember(digest, tokens);
  return tokens;
}

/** Whether a text is so long that counting it at once would block the event loop noticeably. */
export function isLongToCount(text: string): boolean {
  return text.length > AT_ONCE_CHARS;
}

/**
 * Counts long texts in turns of the event loop, and remembers the results for `countTokens`. Call it for texts from outside
 * before they are counted.
 */
export async function countAhead(...texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    if (!isLongToCount(text)) continue;
    const digest = digestOf(text);
    if (!remembered.has(digest)) remember(digest, await countInTurns(text));
  }
}

async function countInTurns(text: string): Promise<number> {
  if (!isLongToCount(text)) return countAnew(text);
  let tokens = 0;
  let chars = 0;
  for (const stretch of stretches(text, TURN_CHARS))
    for (const part of byPieces(stretch)) {
      tokens += countStretch(part);
      chars += part.length;
      if (chars < TURN_CHARS) continue;
      chars = 0;
      await nextTick();
    }
  return tokens;
}

/** `countAhead` for the text that `readingTokens` counts. */
export async function countReadingAhead(context: Context): Promise<void> {
  await countAhead(beginningOf(context).text);
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}

function remember(digest: string, tokens: number): void {
  remembered.delete(digest);
  remembered.set(digest, tokens);
  if (remembered.size > MOST_REMEMBERED) remembered.delete(remembered.keys().next().value!);
}

function countAnew(text: string): number {
  let tokens = 0;
  for (const stretch of stretches(text, STRETCH_CHARS)) tokens += countStretch(stretch);
  return tokens;
}

/**
 * The tokens of a chat prompt: content, thoughts and tool calls of each message, 4 tokens of markup for each message and each
 * tool call, and 3 that open the reply. This is the ChatML layout; other templates differ by a few tokens per message.
 */
export function countMessages(messages: readonly Message[]): number {
  let tokens = REPLY_OVERHEAD;
  for (const { content, toolCalls = [], reasoning } of messages) {
    tokens += MESSAGE_OVERHEAD + countTokens(content) + countTokens(reasoning?.text ?? "");
    for (const call of toolCalls)
      tokens += MESSAGE_OVERHEAD + countTokens(call.name) + countTokens(call.arguments);
  }
  return tokens;
}

/**
 * The longest beginning of the text of at most `maxTokens`, cut between words unless a single word is longer than that. Long
 * texts are counted in turns of the event loop.
 */
export async function cutToTokens(text: string, maxTokens: number): Promise<string> {
  let chars = 0;
  let left = maxTokens;
  for (const stretch of stretches(text, STRETCH_CHARS)) {
    const tokens = await countInTurns(stretch);
    if (tokens > left) return text.slice(0, chars + (await cutStretch(stretch, left)));
    chars += stretch.length;
    left -= tokens;
    if (chars < text.length) await nextTick();
  }
  return text;
}

/** The number of characters at the beginning of a stretch that fit: whole words, and then part of the next word. */
async function cutStretch(stretch: string, maxTokens: number): Promise<number> {
  let chars = 0;
  let left = maxTokens;
  for (const word of stretches(stretch, 1)) {
    const tokens = await countInTurns(word);
    if (tokens > left) return chars + (await cutWord(word, left));
    chars += word.length;
    left -= tokens;
  }
  return chars;
}

async function cutWord(word: string, maxTokens: number): Promise<number> {
  let fits = 0;
  let tooLong = word.length;
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >>> 1;
    if ((await countInTurns(word.slice(0, middle))) <= maxTokens) fits = middle;
    else tooLong = middle;
  }
  return endsInsidePair(word, fits) ? fits - 1 : fits;
}

/** Counts a copy of the stretch: through a slice, the pieces that are kept would keep the whole text in memory. */
function countStretch(stretch: string): number {
  const { pieces, counter } = o200k();
  let tokens = 0;
  for (const [piece] of Buffer.from(stretch).toString().matchAll(pieces)) tokens += counter.count(piece);
  return tokens;
}

/** Parts of a stretch whose counts add up to the count of the stretch. They are cut where the vocabulary's split pattern cuts. */
function* byPieces(stretch: string): Generator<string> {
  let start = 0;
  if (stretch.length > 2 * TURN_CHARS)
    for (const { 0: piece, index } of stretch.matchAll(o200k().pieces)) {
      const end = index + piece.length;
      if (end - start < TURN_CHARS) continue;
      yield stretch.slice(start, end);
      start = end;
    }
  if (start < stretch.length) yield stretch.slice(start);
}

/** Parts of a text whose counts add up to the count of the text. They are cut at word ends and inside long runs. */
function* stretches(text: string, minChars: number): Generator<string> {
  let start = 0;
  for (const run of text.matchAll(LONG_RUN)) {
    const runEnd = run.index + run[0].length;
    for (let cut = run.index + RUN_CHARS; cut < runEnd; cut += RUN_CHARS) {
      const end = endsInsidePair(text, cut) ? cut - 1 : cut;
      yield* byWords(text.slice(start, end), minChars);
      start = end;
    }
  }
  yield* byWords(text.slice(start), minChars);
}

function* byWords(text: string, minChars: number): Generator<string> {
  const wordEnd = new RegExp(WORD_END);
  let start = 0;
  while (start < text.length) {
    wordEnd.lastIndex = start + minChars;
    const end = wordEnd.exec(text)?.index ?? text.length;
    yield text.slice(start, end);
    start = end;
  }
}

/** Whether a cut here would split a surrogate pair. */
function endsInsidePair(text: string, end: number): boolean {
  const last = text.charCodeAt(end - 1);
  return end < text.length && last >= 0xd800 && last <= 0xdbff;
}

/** Only so many characters are counted, so that episodes start quickly. The rest of a longer text is extrapolated. */
const COUNTED_CHARS = 400_000;

/** The tokens of a context's text or JSON. A long one is extrapolated from its beginning. */
export function readingTokens(context: Context): number {
  const { text, of } = beginningOf(context);
  const share = text.length === 0 ? 1 : of / text.length;
  return Math.ceil(countTokens(text) * share);
}

/** The beginning of a context that is counted, and the length of the whole. */
function beginningOf(context: Context): { readonly text: string; readonly of: number } {
  if (context instanceof Uint8Array)
    return { text: new TextDecoder("latin1").decode(context.subarray(0, COUNTED_CHARS)), of: context.length };
  const whole = typeof context === "string" ? context : JSON.stringify(context);
  return { text: whole.slice(0, COUNTED_CHARS), of: whole.length };
}
