/** The code in the turns of a foreign record, and its language: formats of others have no field for it, but fences and tools do. */
import type { ReplLanguage } from "../languages/language.ts";
import { PYTHON } from "../languages/python/python.ts";
import { LANGUAGE_NAMES, languageNamed } from "../languages/registry.ts";
import type { FinishReason, ToolCall } from "../types.ts";
import type { ForeignTurn } from "./native.ts";

/** What a policy said in a turn. */
export interface Said {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly finishReason?: FinishReason;
}

const LANGUAGES = LANGUAGE_NAMES.map((name) => languageNamed(name));
/** By fence: the language that alone has it. The fence `repl` is every language's, and says nothing. */
const OWNERS = new Map(
  LANGUAGES.flatMap((language) =>
    language.fences
      .filter((fence) => LANGUAGES.every((one) => one === language || !one.fences.includes(fence)))
      .map((fence) => [fence, language.name] as const),
  ),
);
const FENCE = /^[ \t]*(?:`{3,}|~{3,})[ \t]*([\w+#-]+)/gm;

/**
 * The language that most turns name, by a fence or by the REPL's own function. Without any it is the one that the record's
 * metadata name, or Python. A record of calls of other functions alone has no REPL of ours, whatever its prose quotes.
 */
export function languageOf(turns: readonly Said[], named?: unknown): ReplLanguage {
  const calls = turns.flatMap(({ toolCalls }) => toolCalls.map(({ name }) => name));
  const isForeign = calls.length > 0 && !LANGUAGES.some((one) => calls.some((name) => isToolOf(one, name)));
  if (isForeign) return languageNamed(PYTHON);
  const counts = LANGUAGES.map(
    (language) =>
      turns.filter(
        ({ text, toolCalls }) =>
          toolCalls.some(({ name }) => isToolOf(language, name)) ||
          Array.from(text.matchAll(FENCE), ([, fence = ""]) => OWNERS.get(fence.toLowerCase())).includes(
            language.name,
          ),
      ).length,
  );
  const most = Math.max(...counts);
  const found = most === 0 ? LANGUAGES.find(({ name }) => name === named) : LANGUAGES[counts.indexOf(most)];
  return found ?? languageNamed(PYTHON);
}

/** The code of a turn that calls the REPL's function or writes exactly one block, which alone printed what was observed. */
export function blocksIn(
  { text, toolCalls, finishReason = "unknown" }: Said,
  language: ReplLanguage,
  stdout: string,
): ForeignTurn["blocks"] {
  const isTool = toolCalls.some(({ name }) => isToolOf(language, name));
  if (toolCalls.length > 0 && !isTool) return [];
  const { blocks } = language.parse({ text, toolCalls, finishReason }, isTool ? "tool" : "repl", false);
  const [only, ...more] = blocks;
  return only && more.length === 0 ? [{ code: only.code, stdout, stderr: "" }] : [];
}

function isToolOf({ nativeTool }: ReplLanguage, name: string): boolean {
  return nativeTool !== null && nativeTool.name === name;
}
