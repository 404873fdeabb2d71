/**
 * Token counting with the o200k_base vocabulary. It stands in for every model's own tokenizer: budgets, windows and
 * costs need one count that works offline, and a count that a server reports takes its place.
 */
import { createHash } from "node:crypto";
import { countTokens as countPieces } from "gpt-tokenizer/encoding/o200k_base";
import type { Context, Message } from "../types.ts";

/** Tokens that mark the beginning, role and end of one message in the ChatML layout. */
const MESSAGE_OVERHEAD = 4;
/** Tokens that open the reply. */
const REPLY_OVERHEAD = 3;

const STRETCH_CHARS = 65_536;
/** Byte-pair merging is quadratic in an unbroken run, so long runs are cut at every multiple of this length. */
const RUN_CHARS = 2048;
const LONG_RUN = /(?<!\S)\S{2048,}|(?<!\s)\s{2048,}/g;
/** The vocabulary's split pattern never joins a letter or digit to white space after it. */
const WORD_END = /(?<=[\p{L}\p{N}])(?=\s)/gu;
const AS_PLAIN_TEXT = { disallowedSpecial: new Set<string>() };

/** Prompts come again and again, so counts of texts from this length on are remembered: a digest is much quicker than a count. */
const REMEMBERED_CHARS = 256;
/** Counts that are remembered; the oldest go first. */
const MOST_REMEMBERED = 32_768;
const remembered = new Map<string, number>();

/** Tokens of a text. Special tokens count as the plain text they are written with; time is linear in the length. */
export function countTokens(text: string): number {
  if (text.length < REMEMBERED_CHARS) return countAnew(text);
  const digest = createHash("sha256").update(text).digest("base64");
  const tokens = remembered.get(digest) ?? countAnew(text);
  remembered.delete(digest);
  remembered.set(digest, tokens);
  if (remembered.size > MOST_REMEMBERED) remembered.delete(remembered.keys().next().value!);
  return tokens;
}

function countAnew(text: string): number {
  let tokens = 0;
  for (const stretch of stretches(text, STRETCH_CHARS)) tokens += countStretch(stretch);
  return tokens;
}

/**
 * Tokens of a chat prompt: each message's content, thoughts and tool calls, 4 tokens of markup a message and 4 a tool call, and
 * 3 that open the reply (the ChatML layout; servers with another template differ by a few tokens a message).
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

/** The longest beginning of the text of at most `maxTokens`, cut between words unless a single word is longer than that. */
export function cutToTokens(text: string, maxTokens: number): string {
  let chars = 0;
  let left = maxTokens;
  for (const stretch of stretches(text, STRETCH_CHARS)) {
    const tokens = countStretch(stretch);
    if (tokens > left) return text.slice(0, chars + cutStretch(stretch, left));
    chars += stretch.length;
    left -= tokens;
  }
  return text;
}

/** Characters of a stretch's beginning that fit: whole words first, then as much of the next word as fits. */
function cutStretch(stretch: string, maxTokens: number): number {
  let chars = 0;
  let left = maxTokens;
  for (const word of stretches(stretch, 1)) {
    const tokens = countStretch(word);
    if (tokens > left) return chars + cutWord(word, left);
    chars += word.length;
    left -= tokens;
  }
  return chars;
}

function cutWord(word: string, maxTokens: number): number {
  let fits = 0;
  let tooLong = word.length;
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >>> 1;
    if (countStretch(word.slice(0, middle)) <= maxTokens) fits = middle;
    else tooLong = middle;
  }
  return endsInsidePair(word, fits) ? fits - 1 : fits;
}

/** Copies the stretch, because the tokenizer's cache would keep the whole text alive through a slice of it. */
function countStretch(stretch: string): number {
  return countPieces(Buffer.from(stretch).toString(), AS_PLAIN_TEXT);
}

/** Parts of the text whose counts add up to the text's: cut at the ends of words and inside long runs. */
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

/** Characters that are counted exactly. The rest of a longer text is taken to be like them, so that starting an episode stays quick. */
const COUNTED_CHARS = 400_000;

/** What one reading of a context would take: tokens of its text, or of its JSON. A long one is counted by its beginning. */
export function readingTokens(context: Context): number {
  if (context instanceof Uint8Array) return scaled(beginningOf(context), context.length);
  const text = typeof context === "string" ? context : JSON.stringify(context);
  return scaled(text.slice(0, COUNTED_CHARS), text.length);
}

function beginningOf(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes.subarray(0, COUNTED_CHARS));
}

function scaled(beginning: string, length: number): number {
  const share = beginning.length === 0 ? 1 : length / beginning.length;
  return Math.ceil(countTokens(beginning) * share);
}
