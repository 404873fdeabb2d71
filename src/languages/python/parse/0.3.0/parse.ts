/** Version 0.3.0 of the rules by which a completion is read: as 0.2.0, and more forms of code say plainly what to run. */
import type { Dialect } from "../../../../types.ts";
import {
  blockOf,
  type FinalText,
  type ParsedBlock,
  type ParsedCompletion,
  type Remark,
  type Text,
  unreadable,
} from "../../../../parse/parsed.ts";
import { partThoughtsOf030, type PartedText } from "../../../../parse/thoughts.ts";
import { type AnyFence, findAllFences } from "./fences.ts";
import { codeWithoutFence, withoutPrompts } from "./bare-code.ts";
import { readFinal } from "./final-text.ts";
import { looksLikePython } from "../0.2.0/python-lines.ts";
import { findWrittenCall, readToolCall } from "../0.2.0/written-calls.ts";

/** What there is to run, and what there is to say about its form. */
interface Code {
  readonly blocks: readonly ParsedBlock[];
  readonly notes: readonly Remark[];
}

/** What later versions read otherwise. */
export interface Reading {
  readonly partThoughts: (text: string) => PartedText;
  /** Whether a completion that a content filter stopped is cut off, as one that reached its length is. */
  readonly filterCuts: boolean;
  /** The code of a fence, without what else is copied into it. */
  readonly tidied: (code: string) => string;
  /** Whether `FINAL()` gives an empty answer. */
  readonly takesNothing: boolean;
  /** The most blocks that are looked for, and the most characters of a native call's code in which a fence is. */
  readonly mostFences: number;
  readonly mostFencedChars: number;
}

const READING: Reading = {
  partThoughts: partThoughtsOf030,
  filterCuts: false,
  tidied: withoutPrompts,
  takesNothing: true,
  mostFences: Infinity,
  mostFencedChars: Infinity,
};

export function parse(
  completion: Text,
  dialect: Dialect,
  severalBlocks: boolean,
  { partThoughts, filterCuts, tidied, takesNothing, mostFences, mostFencedChars }: Reading = READING,
): ParsedCompletion {
  const { said, thought } = partThoughts(completion.text);
  const isFiltered = filterCuts && completion.finishReason === "content_filter";
  const isCut = completion.finishReason === "length" || isFiltered;
  const cut = (where: "block" | "answer" | "after"): Remark =>
    isFiltered ? { kind: "filtered" } : { kind: "cut", where };
  const fences = findAllFences(said, mostFences);
  const found = readFinal(proseOf(said, fences), { takesNothing });
  const isAnswered = found !== null && "final" in found;
  const isTalk = found !== null && "remark" in found && found.remark.kind === "placeholder";
  const about = { dialect, isAnswered, isTalk, isCut, tidied, mostFencedChars };
  const code = codeOf(completion, said, fences, about);
  const unclosed = isCut && code.blocks.length > 0 && isOpen(fences, code.blocks, tidied);
  if (unclosed) return unreadable(cut("block"));
  if (code.blocks.length === 0 && !isAnswered) {
    const hasThoughts = thought !== null || completion.reasoning !== undefined;
    return unreadable(whyNothing(completion, said, fences, hasThoughts, found?.remark ?? null));
  }
  if (isAnswered && code.blocks.length === 0) {
    if (isCut && !found.closed) return unreadable(cut("answer"));
    return { blocks: [], final: found.final, invalid: null, notes: [] };
  }
  const after: Remark[] = isCut && !isFiltered && said !== "" ? [cut("after")] : [];
  return settle(code, isAnswered ? found.final : null, { dialect, severalBlocks, after });
}

/** The code that the completion asks to run, by the plainest form that it has. */
function codeOf(
  { toolCalls }: Text,
  said: string,
  fences: readonly AnyFence[],
  {
    dialect,
    isAnswered,
    isTalk,
    isCut,
    tidied,
    mostFencedChars,
  }: Pick<Reading, "tidied" | "mostFencedChars"> & {
    dialect: Dialect;
    isAnswered: boolean;
    isTalk: boolean;
    isCut: boolean;
  },
): Code {
  if (toolCalls.length > 0)
    return { blocks: toolCalls.map((call) => readToolCall(call, isCut, mostFencedChars)), notes: [] };
  const written = dialect === "tool" ? findWrittenCall(said) : null;
  if (written !== null) return { blocks: [blockOf(written)], notes: [{ kind: "written_call" }] };
  const named = blocksOf(
    fences.filter(({ language }) => language === "python"),
    tidied,
  );
  const forCall: Remark[] = dialect === "tool" ? [{ kind: "block_for_call" }] : [];
  if (named.length > 0) return { blocks: named, notes: forCall };
  // A fence without a language may also quote something: beside an answer it has to look like code.
  const bare = fences.filter(
    ({ language, code }) => language === null && (!isAnswered || looksLikePython(code)),
  );
  const unnamed = blocksOf(bare, tidied);
  if (unnamed.length > 0)
    return { blocks: unnamed, notes: dialect === "tool" ? forCall : [{ kind: "unnamed_block" }] };
  const isWithoutCode = fences.every(({ code }) => code.trim() === "");
  const bareCode = isAnswered || isTalk || !isWithoutCode ? null : codeWithoutFence(said);
  if (bareCode !== null) return { blocks: [blockOf(bareCode)], notes: [{ kind: "unfenced_code" }] };
  return { blocks: [], notes: [] };
}

function blocksOf(fences: readonly AnyFence[], tidied: Reading["tidied"]): ParsedBlock[] {
  return fences.filter(({ code }) => code.trim() !== "").map(({ code }) => blockOf(tidied(code)));
}

/** Whether the block that would run was cut off. */
function isOpen(
  fences: readonly AnyFence[],
  blocks: readonly ParsedBlock[],
  tidied: Reading["tidied"],
): boolean {
  const open = fences.find(({ closed }) => !closed);
  return open !== undefined && blocks[0]?.code === tidied(open.code);
}

/**
 * One block runs, since what was written behind it was written before its output was seen; native calls are asked for one
 * by one and all run. An answer beside code is taken only where it is read from a variable after the code has run.
 */
function settle(
  { blocks, notes }: Code,
  final: FinalText | null,
  { dialect, severalBlocks, after }: { dialect: Dialect; severalBlocks: boolean; after: readonly Remark[] },
): ParsedCompletion {
  const isNative = dialect === "tool" && blocks.some(({ toolCallId }) => toolCallId !== null);
  const run = severalBlocks || isNative ? blocks : blocks.slice(0, 1);
  const left = blocks.length - run.length;
  const later: Remark[] = left > 0 ? [{ kind: "later_blocks", count: left }] : [];
  const isTaken = left === 0 && final !== null && final.kind !== "text";
  const untaken: Remark[] = final !== null && !isTaken ? [{ kind: "final_beside_code" }] : [];
  return {
    blocks: run,
    final: isTaken ? final : null,
    invalid: null,
    notes: [...notes, ...later, ...untaken, ...after],
  };
}

function whyNothing(
  { finishReason, text }: Text,
  said: string,
  fences: readonly AnyFence[],
  hasThoughts: boolean,
  remark: Remark | null,
): Remark {
  if (finishReason === "length") {
    if (said.trim() === "" && (hasThoughts || text.trim() !== "")) return { kind: "cut", where: "thoughts" };
    return { kind: "cut", where: "text" };
  }
  if (finishReason === "content_filter") return { kind: "filtered" };
  if (said.trim() === "") return { kind: "empty" };
  if (remark !== null) return remark;
  const other = fences.find(({ language }) => typeof language === "object" && language !== null);
  if (other && typeof other.language === "object" && other.language !== null)
    return { kind: "other_language", language: other.language.other };
  return { kind: "nothing" };
}

function proseOf(text: string, fences: readonly { start: number; end: number }[]): string {
  let prose = "";
  let from = 0;
  for (const fence of fences) {
    prose += text.slice(from, fence.start);
    from = fence.end;
  }
  return prose + text.slice(from);
}
