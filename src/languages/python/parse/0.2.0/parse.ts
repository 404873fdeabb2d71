/** Version 0.2.0 of the parser. It accepts any form that says plainly what to run, and runs one block a turn. */
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
import { partThoughtsOnce } from "../../../../parse/thoughts.ts";
import { type AnyFence, findAllFences } from "./fences.ts";
import { readFinal } from "./final-text.ts";
import { looksLikePython } from "./python-lines.ts";
import { findWrittenCall, readToolCall } from "./written-calls.ts";

/** The code to run, and remarks about its form. */
interface Code {
  readonly blocks: readonly ParsedBlock[];
  readonly notes: readonly Remark[];
}

/** Parses a completion under version 0.2.0. */
export function parse(completion: Text, dialect: Dialect, severalBlocks: boolean): ParsedCompletion {
  const { said, thought } = partThoughtsOnce(completion.text);
  const isCut = completion.finishReason === "length";
  const fences = findAllFences(said);
  const found = readFinal(proseOf(said, fences));
  const isAnswered = found !== null && "final" in found;
  const isTalk = found !== null && "remark" in found && found.remark.kind === "placeholder";
  const code = codeOf(completion, said, fences, { dialect, isAnswered, isTalk, isCut });
  const unclosed = isCut && code.blocks.length > 0 && isOpen(fences, code.blocks);
  if (unclosed) return unreadable({ kind: "cut", where: "block" });
  if (code.blocks.length === 0 && !isAnswered) {
    const hasThoughts = thought !== null || completion.reasoning !== undefined;
    return unreadable(whyNothing(completion, said, fences, hasThoughts, found?.remark ?? null));
  }
  if (isAnswered && code.blocks.length === 0) {
    if (isCut && !found.closed) return unreadable({ kind: "cut", where: "answer" });
    return { blocks: [], final: found.final, invalid: null, notes: [] };
  }
  const after: Remark[] = isCut && said !== "" ? [{ kind: "cut", where: "after" }] : [];
  return settle(code, isAnswered ? found.final : null, { dialect, severalBlocks, after });
}

/** The code to run: from native calls, written calls, named fences, bare fences or the whole text, in this order. */
function codeOf(
  { toolCalls }: Text,
  said: string,
  fences: readonly AnyFence[],
  {
    dialect,
    isAnswered,
    isTalk,
    isCut,
  }: { dialect: Dialect; isAnswered: boolean; isTalk: boolean; isCut: boolean },
): Code {
  if (toolCalls.length > 0) return { blocks: toolCalls.map((call) => readToolCall(call, isCut)), notes: [] };
  const written = dialect === "tool" ? findWrittenCall(said) : null;
  if (written !== null) return { blocks: [blockOf(written)], notes: [{ kind: "written_call" }] };
  const named = blocksOf(fences.filter(({ language }) => language === "python"));
  const forCall: Remark[] = dialect === "tool" ? [{ kind: "block_for_call" }] : [];
  if (named.length > 0) return { blocks: named, notes: forCall };
  // A fence without a language may also quote something. Beside an answer, it must look like code.
  const bare = fences.filter(
    ({ language, code }) => language === null && (!isAnswered || looksLikePython(code)),
  );
  const unnamed = blocksOf(bare);
  if (unnamed.length > 0)
    return { blocks: unnamed, notes: dialect === "tool" ? forCall : [{ kind: "unnamed_block" }] };
  if (!isAnswered && !isTalk && fences.length === 0 && looksLikePython(said))
    return { blocks: [blockOf(said.trim())], notes: [{ kind: "unfenced_code" }] };
  return { blocks: [], notes: [] };
}

function blocksOf(fences: readonly AnyFence[]): ParsedBlock[] {
  return fences.filter(({ code }) => code.trim() !== "").map(({ code }) => blockOf(code));
}

/** Whether the block that would run was cut off. */
function isOpen(fences: readonly AnyFence[], blocks: readonly ParsedBlock[]): boolean {
  const open = fences.find(({ closed }) => !closed);
  return open !== undefined && blocks[0]?.code === open.code;
}

/**
 * Only the first block runs, since the model wrote the others before it saw its output. Native calls all run, since each is a
 * separate request. An answer beside code is taken only if it is read from a variable after the code has run.
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
