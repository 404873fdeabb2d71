/**
 * Reads completions whose code stands in fenced blocks or native calls, in any language: what runs, what is an answer, and what
 * to say of the form. It looks at each character a bounded number of times.
 */
import type { Dialect, ToolCall } from "../types.ts";
import { finalIn } from "./final-line.ts";
import {
  blockOf,
  type FinalText,
  type ParsedBlock,
  type ParsedCompletion,
  type Remark,
  type Text,
  unreadable,
} from "./parsed.ts";
import { partThoughts } from "./thoughts.ts";

/** What the parser has to know of a language. */
export interface FencedLanguage {
  /** The names of the fences whose code runs, in lower case. */
  readonly fences: readonly string[];
  /** The name of the native function. */
  readonly tool: string;
  /** Whether a text without a fence is code rather than prose. */
  looksLikeCode(text: string): boolean;
  /** Code that answers with a variable. */
  finalVariable(argument: string): string;
}

interface FoundFence {
  readonly code: string;
  readonly language: string;
  readonly start: number;
  readonly end: number;
  readonly isClosed: boolean;
}

/** The most characters of what is said that are read: eight times what the default limit of tokens allows of prose. */
const MOST_CHARS = 2 ** 17;
const MOST_FENCES = 4096;
const OPENS = /^[ \t>]*(`{3,}|~{3,})[ \t]*([\w+#.-]*)[ \t]*$/;

/** Parses a completion. @param severalBlocks whether all blocks of it run, or only the first */
export function parseFenced(
  completion: Text,
  dialect: Dialect,
  severalBlocks: boolean,
  language: FencedLanguage,
): ParsedCompletion {
  const parted = partThoughts(completion.text);
  const said = parted.said.slice(0, MOST_CHARS);
  const isCut =
    completion.finishReason === "length" ||
    completion.finishReason === "content_filter" ||
    parted.said.length > MOST_CHARS;
  const fences = fencesIn(said);
  const prose = proseOf(said, fences);
  const found = finalIn(prose, (argument) => language.finalVariable(argument));
  const final = found !== null && "final" in found ? found.final : null;
  const { blocks, notes } = codeOf(completion, said, fences, { dialect, language, isCut, final });
  if (
    isCut &&
    blocks.length > 0 &&
    fences.some(({ isClosed, code }) => !isClosed && code === blocks[0]!.code)
  )
    return unreadable(cutAt(completion, "block"));
  if (blocks.length > 0) return settled({ blocks, notes, final, severalBlocks });
  if (final !== null) {
    if (isCut && found !== null && "final" in found && !found.isClosed)
      return unreadable(cutAt(completion, "answer"));
    return { blocks: [], final, invalid: null, notes: [] };
  }
  const hasThoughts = parted.thought !== null || completion.reasoning !== undefined;
  return unreadable(whyNothing(completion, said, fences, hasThoughts, found));
}

/** Every fenced block. A block ends at a line of the same marks, or at the end of the text. */
function fencesIn(text: string): FoundFence[] {
  const fences: FoundFence[] = [];
  let open: { marker: string; language: string; start: number; from: number } | null = null;
  let at = 0;
  for (const line of text.split("\n")) {
    const start = at;
    at += line.length + 1;
    const [, marker = "", language = ""] = OPENS.exec(line) ?? [];
    if (open === null) {
      if (marker === "" || fences.length >= MOST_FENCES) continue;
      open = { marker, language: language.toLowerCase(), start, from: at };
    } else if (language === "" && marker.startsWith(open.marker)) {
      const code = text.slice(open.from, Math.max(open.from, start - 1));
      fences.push({ code, language: open.language, start: open.start, end: at, isClosed: true });
      open = null;
    }
  }
  if (open !== null)
    fences.push({
      code: text.slice(open.from),
      language: open.language,
      start: open.start,
      end: text.length,
      isClosed: false,
    });
  return fences;
}

function codeOf(
  { toolCalls }: Text,
  said: string,
  fences: readonly FoundFence[],
  asked: {
    readonly dialect: Dialect;
    readonly language: FencedLanguage;
    readonly isCut: boolean;
    readonly final: FinalText | null;
  },
): { blocks: ParsedBlock[]; notes: Remark[] } {
  const { dialect, language, isCut, final } = asked;
  if (toolCalls.length > 0)
    return { blocks: toolCalls.map((call) => calledBlock(call, language.tool, isCut)), notes: [] };
  const full = fences.filter(({ code }) => code.trim() !== "");
  const own = full.filter((fence) => language.fences.includes(fence.language));
  const forCall: Remark[] = dialect === "tool" ? [{ kind: "block_for_call" }] : [];
  if (own.length > 0) return { blocks: own.map(({ code }) => blockOf(code)), notes: forCall };
  // A fence without a language may also quote something: beside an answer it has to look like code.
  const bare = full.filter(
    (fence) => fence.language === "" && (final === null || language.looksLikeCode(fence.code)),
  );
  if (bare.length > 0)
    return {
      blocks: bare.map(({ code }) => blockOf(code)),
      notes: dialect === "tool" ? forCall : [{ kind: "unnamed_block" }],
    };
  const text = said.trim();
  if (full.length === 0 && final === null && text !== "" && language.looksLikeCode(text))
    return { blocks: [blockOf(text)], notes: [{ kind: "unfenced_code" }] };
  return { blocks: [], notes: [] };
}

function calledBlock(call: ToolCall, tool: string, isCut: boolean): ParsedBlock {
  const problem = (remark: Remark): ParsedBlock => ({ code: "", toolCallId: call.id, problem: remark });
  if (call.name !== tool) return problem({ kind: "unknown_function", name: call.name });
  let given: unknown;
  try {
    given = JSON.parse(call.arguments);
  } catch {
    return problem(isCut ? { kind: "cut", where: "call" } : { kind: "arguments_not_json" });
  }
  const code = typeof given === "object" && given !== null ? (given as { code?: unknown }).code : undefined;
  return typeof code === "string" ? blockOf(code, call.id) : problem({ kind: "arguments_lack_code" });
}

/**
 * One block runs, since what was written behind it was written before its output was seen; native calls are asked for one by one
 * and all run. An answer beside code is taken only where it is read from a variable after the code has run.
 */
function settled(read: {
  readonly blocks: readonly ParsedBlock[];
  readonly notes: readonly Remark[];
  readonly final: FinalText | null;
  readonly severalBlocks: boolean;
}): ParsedCompletion {
  const { blocks, notes, final, severalBlocks } = read;
  const isNative = blocks.some(({ toolCallId }) => toolCallId !== null);
  const run = severalBlocks || isNative ? blocks : blocks.slice(0, 1);
  const left = blocks.length - run.length;
  const isTaken = left === 0 && final !== null && final.kind !== "text";
  return {
    blocks: run,
    final: isTaken ? final : null,
    invalid: null,
    notes: [
      ...notes,
      ...(left > 0 ? [{ kind: "later_blocks" as const, count: left }] : []),
      ...(final !== null && !isTaken ? [{ kind: "final_beside_code" as const }] : []),
    ],
  };
}

function whyNothing(
  completion: Text,
  said: string,
  fences: readonly FoundFence[],
  hasThoughts: boolean,
  found: ReturnType<typeof finalIn>,
): Remark {
  const isEmpty = said.trim() === "";
  if (completion.finishReason === "length" && isEmpty && (hasThoughts || completion.text.trim() !== ""))
    return { kind: "cut", where: "thoughts" };
  if (completion.finishReason === "length" || completion.finishReason === "content_filter")
    return cutAt(completion, "text");
  if (isEmpty) return { kind: "empty" };
  if (found !== null && "remark" in found) return found.remark;
  const other = fences.find(({ language, code }) => language !== "" && code.trim() !== "");
  return other ? { kind: "other_language", language: other.language } : { kind: "nothing" };
}

function cutAt({ finishReason }: Text, where: "block" | "answer" | "text"): Remark {
  return finishReason === "content_filter" ? { kind: "filtered" } : { kind: "cut", where };
}

function proseOf(text: string, fences: readonly { start: number; end: number }[]): string {
  const ends = [0, ...fences.map(({ end }) => end)];
  return ends.map((from, index) => text.slice(from, fences[index]?.start ?? text.length)).join("");
}
