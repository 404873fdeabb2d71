/** Separates the thoughts that a model wrote into its text from the rest. */
import {
  CALL_BEGINS,
  GRANITE,
  MARKS,
  MARKS_OF_0_3_0,
  type Marks,
  OTHER_SPELLINGS,
  SAID_AFTER_THOUGHT,
  SAID_TOKENS,
} from "./thought-marks.ts";
import { beginsLine, MarkPlaces } from "./mark-places.ts";

/** A text without its thoughts, and the thoughts without their marks (null if there are none). */
export interface PartedText {
  readonly said: string;
  readonly thought: string | null;
}

/**
 * Separates a text from its thoughts, also if they nest or end several times, and if their marks are spelt otherwise.
 * `partThoughtsOnce` says what a thought is.
 */
export function partThoughts(text: string): PartedText {
  const granite = GRANITE.exec(text);
  if (granite) return { said: granite[2]!, thought: granite[1]!.trim() };
  const meant = OTHER_SPELLINGS.reduce(
    (known, { written, meant: to }) => known.replaceAll(written, to),
    text,
  );
  const { said, thought } = partRepeatedly(meant, partOnce);
  if (thought === null) return { said: meant === text ? said : text, thought: null };
  return { said: unwrapped(said), thought };
}

/** Separates a text from its thoughts as the rules of 0.3.0 did, which know fewer marks. */
export function partThoughtsOf030(text: string): PartedText {
  const known = text.replaceAll(OTHER_SPELLINGS[0]!.written, OTHER_SPELLINGS[0]!.meant);
  const parted = partRepeatedly(known, partThoughtsOnce);
  return parted.thought === null ? partThoughtsOnce(text) : parted;
}

/** Bounds on the work for one text: the most thoughts, and the most characters looked at for all of them. */
const [MOST_THOUGHTS, MOST_LOOKED_AT] = [100, 1_000_000];

function partRepeatedly(text: string, part: (text: string) => PartedText): PartedText {
  const thoughts: string[] = [];
  let said = text;
  for (let parted = part(said); ; parted = part(said)) {
    if (parted.thought === null) {
      if (thoughts.length === 0) return parted;
      break;
    }
    thoughts.push(parted.thought);
    said = parted.said;
    // Without another closing mark, the rest is what the model says.
    if (
      thoughts.length > MOST_THOUGHTS ||
      thoughts.length * text.length > MOST_LOOKED_AT ||
      !/<\/(?:think(?:ing)?|thought|reasoning)>/.test(said)
    )
      break;
  }
  return { said, thought: thoughts.filter((thought) => thought !== "").join("\n") };
}

/** What was said, without the marks that some templates put around it. */
function unwrapped(said: string): string {
  const trimmed = said.trim();
  const around = SAID_AFTER_THOUGHT.find(({ open }) => trimmed.startsWith(open));
  if (!around) return said;
  const end = trimmed.endsWith(around.close) ? trimmed.length - around.close.length : trimmed.length;
  return trimmed.slice(around.open.length, end).trim();
}

/**
 * Separates a text from its thoughts by the rules of 0.2.0. A thought ends at the closing mark of its own kind, or at the end of the text if there is
 * none. A closing mark without an opening one ends a thought that the chat template opened. Marks inside code fences, quotes
 * and backticks are text. Of gpt-oss's channels, `analysis` is thought, and the others are text.
 */
export function partThoughtsOnce(text: string): PartedText {
  if (text.includes("<|channel|>"))
    return partChannels(text, (name) => name.startsWith("analysis")) ?? { said: text, thought: null };
  const leaked = LEAKED_CHANNELS.exec(text);
  if (leaked) return { said: leaked[2]!, thought: leaked[1]! };
  return partByMarks(text, { marks: MARKS_OF_0_3_0, endings: [], said: withoutReplyMarks });
}

/** As `partThoughtsOnce`, by all marks. A thought without a closing mark ends where a call begins. */
function partOnce(text: string): PartedText {
  const channels = text.includes("<|channel|>") ? partChannels(text, isThoughtChannel) : null;
  if (channels) return channels;
  const leaked = LEAKED_CHANNELS.exec(text) ?? LEAKED_CALL.exec(text);
  if (leaked) return { said: leaked[2]!, thought: leaked[1]! };
  const said = (marked: string) => marked.replaceAll(SAID_TOKENS, "");
  const parted = partByMarks(text, { marks: MARKS, endings: CALL_BEGINS, said });
  return parted.thought === null && text.trimStart().search(SAID_TOKENS) === 0
    ? { said: said(text), thought: null }
    : parted;
}

/** The marks by which a text is read, what else ends a thought, and how what is said is cleared of further marks. */
interface Reading {
  readonly marks: readonly Marks[];
  readonly endings: readonly string[];
  readonly said: (said: string) => string;
}

function partByMarks(text: string, all: Reading): PartedText {
  // Most texts have few of the marks, and what is left of a text has no others.
  const marks = all.marks.filter(({ open, close }) => text.includes(open) || text.includes(close));
  if (marks.length === 0) return { said: text, thought: null };
  const reading = { ...all, marks };
  const thoughts: string[] = [];
  let said = "";
  let rest = text;
  let places = new MarkPlaces(text);
  const begun = unopened(places, reading.marks);
  if (begun) {
    thoughts.push(begun.thought);
    rest = begun.rest;
    places = new MarkPlaces(rest);
  }
  for (let next = opened(places, reading); next !== null; next = opened(places, reading)) {
    if (thoughts.length * text.length > MOST_LOOKED_AT) break;
    said += rest.slice(0, next.start);
    thoughts.push(next.thought);
    rest = rest.slice(next.end);
    places = new MarkPlaces(rest);
  }
  if (thoughts.length === 0) return { said: text, thought: null };
  return {
    said: reading.said(said + rest),
    thought: thoughts.map((thought) => thought.trim()).join("\n"),
  };
}

/** Cohere's templates also mark the reply. */
function withoutReplyMarks(text: string): string {
  return text.replace(/<\|START_RESPONSE\|>([^]*?)(?:<\|END_RESPONSE\|>|$)/, "$1");
}

/**
 * Where calls may stand in a text that was parted: what was said, or for gpt-oss's format, whose channels name the function, all
 * but the thoughts. @param written the whole text
 */
export function withoutThoughts(written: string, said: string): string {
  if (!written.includes("<|channel|>")) return said;
  return written.replaceAll(CHANNEL, (channel, name: string) => (isThoughtChannel(name) ? "" : channel));
}

/** A thought that the template opened: the text before the first closing mark without an opening mark before it. */
function unopened(
  places: MarkPlaces,
  marks: readonly Marks[],
): { readonly thought: string; readonly rest: string } | null {
  const closings = marks
    .filter(({ closesOthers }) => !closesOthers)
    .map(({ close }) => ({ at: places.first(close), close }))
    .filter(({ at }) => at !== -1);
  if (closings.length === 0) return null;
  const openings = marks.map(({ open }) => places.first(open)).filter((at) => at !== -1);
  const { at, close } = closings.reduce((first, other) => (other.at < first.at ? other : first));
  if (openings.some((opening) => opening < at)) return null;
  return { thought: places.text.slice(0, at), rest: places.text.slice(at + close.length) };
}

interface Opened {
  readonly start: number;
  readonly end: number;
  readonly thought: string;
}

/** The first thought with an opening mark. One without a closing mark counts only if it begins a line. */
function opened(places: MarkPlaces, { marks, endings }: Reading): Opened | null {
  const { text } = places;
  let first: Opened | null = null;
  for (const { open, close } of marks) {
    const start = places.first(open);
    if (start === -1 || (first && start >= first.start)) continue;
    const inner = start + open.length;
    const closing = text.indexOf(close, inner);
    if (closing === -1 && !beginsLine(text, start)) continue;
    if (closing === -1) {
      const over = endings.map((begin) => places.first(begin, inner)).filter((at) => at !== -1);
      const end = Math.min(text.length, ...over);
      first = { start, end, thought: text.slice(inner, end) };
    } else first = { start, end: closing + close.length, thought: text.slice(inner, closing) };
  }
  return first;
}

const CHANNEL =
  /(?:<\|start\|>[^<]*)?<\|channel\|>([^<]*)(?:<\|constrain\|>[^<]*)?<\|message\|>([^]*?)(?=<\|(?:end|return|call|start|channel)\|>|$)(?:<\|(?:end|return|call)\|>)?/g;

/** gpt-oss's channels if the server strips the special tokens but keeps their names. */
const LEAKED_CHANNELS = /^analysis(?=[A-Z"' ])([^]*?)assistantfinal([^]*)$/;

/** As above, where a call follows the thoughts. */
const LEAKED_CALL = /^analysis(?=[A-Z"' ])([^]*?)assistant(commentary to=[^]*)$/;

/** Whether a channel holds thoughts. gpt-oss also makes calls on the channel of its thoughts. */
function isThoughtChannel(name: string): boolean {
  return name.startsWith("analysis") && !name.includes("to=");
}

/** OpenAI's harmony format: `analysis` is thought; `final` and `commentary` are text. Null for another format. */
function partChannels(text: string, isThought: (name: string) => boolean): PartedText | null {
  const thoughts: string[] = [];
  let said = "";
  let end = 0;
  for (const channel of text.matchAll(CHANNEL)) {
    said += text.slice(end, channel.index);
    end = channel.index + channel[0].length;
    const name = channel[1]!.trim();
    if (isThought(name)) thoughts.push(channel[2]!.trim());
    else said += channel[2]!;
  }
  said += text.slice(end);
  if (end === 0) return null;
  return { said, thought: thoughts.length > 0 ? thoughts.join("\n") : null };
}
