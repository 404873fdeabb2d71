/** Reads completions by the rules of 0.2.0 and by today's, which must agree. */
import { expect } from "vitest";
import { parseCompletion } from "../../../../src/languages/python/parse/parse.ts";
import type { Remark, Text } from "../../../../src/parse/parsed.ts";
import type { Dialect, FinishReason } from "../../../../src/types.ts";

export function parsedBoth(completion: Text, dialect: Dialect, severalBlocks = false) {
  const parsed = parseCompletion(completion, dialect, "0.2.0", severalBlocks);
  expect(parseCompletion(completion, dialect, undefined, severalBlocks)).toEqual(parsed);
  return parsed;
}

export const repl = (text: string, finishReason: FinishReason = "stop") =>
  parsedBoth({ text, toolCalls: [], finishReason }, "repl");
export const tool = (text: string, finishReason: FinishReason = "stop") =>
  parsedBoth({ text, toolCalls: [], finishReason }, "tool");
export const call = (name: string, args: string, finishReason: FinishReason = "tool_calls") =>
  parsedBoth({ text: "", toolCalls: [{ id: "c1", name, arguments: args }], finishReason }, "tool");
export const codes = ({ blocks }: ReturnType<typeof repl>) => blocks.map(({ code }) => code);
export const kinds = (remarks: readonly Remark[]) => remarks.map(({ kind }) => kind);
