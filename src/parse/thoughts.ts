/** Separates the thoughts that a model wrote into its text from the rest. */

/** A text without its thoughts, and the thoughts without their marks (null if there are none). */
export interface PartedText {
  readonly said: string;
  readonly thought: string | null;
}

interface Marks {
  readonly open: string;
  readonly close: string;
}

/** The marks of models' chat templates. If one begins with another, the longer one is first. */
const MARKS: readonly Marks[] = [
  { open: "<thinking>", close: "</thinking>" },
  { open: "<think>", close: "</think>" },
  { open: "<thought>", close: "</thought>" },
  { open: "<reasoning>", close: "</reasoning>" },
  { open: "<seed:think>", close: "</seed:think>" },
  { open: "[THINK]", close: "[/THINK]" },
  { open: "◁think▷", close: "◁/think▷" },
  { open: "<|START_THINKING|>", close: "<|END_THINKING|>" },
  { open: "<|begin_of_thought|>", close: "<|end_of_thought|>" },
  { open: "<|channel>thought\n", close: "<channel|>" },
];

/**
 * Separates a text from its thoughts, also if they nest or end several times, and if their marks are in capitals.
 * `partThoughtsOnce` says what a thought is.
 */
export function partThoughts(text: string): PartedText {
  const thoughts: string[] = [];
  let said = text.replaceAll(CAPITAL_MARK, (mark) => mark.toLowerCase());
  for (let parted = partThoughtsOnce(said); parted.thought !== null; parted = partThoughtsOnce(said)) {
    thoughts.push(parted.thought);
    said = parted.said;
    // Without another closing mark, the rest is what the model says.
    if (thoughts.length > MOST_THOUGHTS || !/<\/(?:think(?:ing)?|thought|reasoning)>/.test(said)) break;
  }
  if (thoughts.length === 0) return partThoughtsOnce(text);
  return { said, thought: thoughts.filter((thought) => thought !== "").join("\n") };
}

const CAPITAL_MARK = /<\/?(?:THINK|THINKING|THOUGHT|REASONING|Think|Thinking|Thought|Reasoning)>/g;
/** A bound on the work for one text. */
const MOST_THOUGHTS = 100;

/**
 * Separates a text from its thoughts by the rules of 0.2.0. A thought ends at the closing mark of its own kind, or at the end of the text if there is
 * none. A closing mark without an opening one ends a thought that the chat template opened. Marks inside code fences, quotes
 * and backticks are text. Of gpt-oss's channels, `analysis` is thought, and the others are text.
 */
export function partThoughtsOnce(text: string): PartedText {
  if (text.includes("<|channel|>")) return partChannels(text);
  const leaked = LEAKED_CHANNELS.exec(text);
  if (leaked) return { said: leaked[2]!, thought: leaked[1]! };
  const thoughts: string[] = [];
  let said = "";
  let rest = text;
  const begun = unopened(rest);
  if (begun) {
    thoughts.push(begun.thought);
    rest = begun.rest;
  }
  for (let next = opened(rest); next !== null; next = opened(rest)) {
    said += rest.slice(0, next.start);
    thoughts.push(next.thought);
    rest = rest.slice(next.end);
  }
  if (thoughts.length === 0) return { said: text, thought: null };
  return {
    said: withoutReplyMarks(said + rest),
    thought: thoughts.map((thought) => thought.trim()).join("\n"),
  };
}

/** Cohere's templates also mark the reply. */
function withoutReplyMarks(text: string): string {
  return text.replace(/<\|START_RESPONSE\|>([^]*?)(?:<\|END_RESPONSE\|>|$)/, "$1");
}

/** A thought that the template opened: the text before the first closing mark without an opening mark before it. */
function unopened(text: string): { readonly thought: string; readonly rest: string } | null {
  const closings = MARKS.flatMap((marks) => {
    const at = positionOf(marks.close, text, 0);
    return at === -1 || isOpenBefore(text, at) ? [] : [{ at, marks }];
  });
  if (closings.length === 0) return null;
  const { at, marks } = closings.reduce((first, other) => (other.at < first.at ? other : first));
  return { thought: text.slice(0, at), rest: text.slice(at + marks.close.length) };
}

/** Whether an opening mark comes before the offset. */
function isOpenBefore(text: string, at: number): boolean {
  return MARKS.some(({ open }) => {
    const opening = positionOf(open, text, 0);
    return opening !== -1 && opening < at;
  });
}

interface Opened {
  readonly start: number;
  readonly end: number;
  readonly thought: string;
}

/** The first thought with an opening mark. One without a closing mark counts only if it begins a line. */
function opened(text: string): Opened | null {
  let first: Opened | null = null;
  for (const { open, close } of MARKS) {
    const start = positionOf(open, text, 0);
    if (start === -1 || (first && start >= first.start)) continue;
    const inner = start + open.length;
    const closing = text.indexOf(close, inner);
    if (closing === -1 && !/(?:^|\n)[ \t]*$/.test(text.slice(0, start))) continue;
    first =
      closing === -1
        ? { start, end: text.length, thought: text.slice(inner) }
        : { start, end: closing + close.length, thought: text.slice(inner, closing) };
  }
  return first;
}

/** The first offset of a mark outside of closed code fences and quotes; -1 if there is none. */
function positionOf(mark: string, text: string, from: number): number {
  for (let at = text.indexOf(mark, from); at !== -1; at = text.indexOf(mark, at + 1)) {
    const before = text[at - 1] ?? "";
    const after = text[at + mark.length] ?? "";
    const isQuoted = /["'`]/.test(before) && /["'`\\]/.test(after);
    if (!isQuoted && !isInFence(text, at)) return at;
  }
  return -1;
}

/** Whether the offset is inside a closed fence. A fence that is never closed may be part of a thought that broke off. */
function isInFence(text: string, at: number): boolean {
  let open: string | null = null;
  let start = 0;
  for (const line of text.split("\n")) {
    const fence = /^[ \t]*(`{3,}|~{3,})/.exec(line)?.[1];
    const end = start + line.length;
    if (open === null && fence !== undefined) {
      if (start > at) return false;
      open = fence;
    } else if (open !== null && fence !== undefined && fence.startsWith(open) && line.trim() === fence) {
      if (end > at) return true;
      open = null;
    }
    start = end + 1;
  }
  return false;
}

const CHANNEL =
  /(?:<\|start\|>[^<]*)?<\|channel\|>([^<]*)(?:<\|constrain\|>[^<]*)?<\|message\|>([^]*?)(?=<\|(?:end|return|call|start|channel)\|>|$)(?:<\|(?:end|return|call)\|>)?/g;

/** gpt-oss's channels if the server strips the special tokens but keeps their names. */
const LEAKED_CHANNELS = /^analysis(?=[A-Z"' ])([^]*?)assistantfinal([^]*)$/;

/** OpenAI's harmony format: `analysis` is thought; `final` and `commentary` are text. */
function partChannels(text: string): PartedText {
  const thoughts: string[] = [];
  let said = "";
  let end = 0;
  for (const channel of text.matchAll(CHANNEL)) {
    said += text.slice(end, channel.index);
    end = channel.index + channel[0].length;
    const name = channel[1]!.trim();
    if (name.startsWith("analysis")) thoughts.push(channel[2]!.trim());
    else said += channel[2]!;
  }
  said += text.slice(end);
  if (end === 0) return { said: text, thought: null };
  return { said, thought: thoughts.length > 0 ? thoughts.join("\n") : null };
}
