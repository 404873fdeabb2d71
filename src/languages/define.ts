/** Makes a `ReplLanguage` from what is particular to a language: its words, its literals, and its REPLs. */
import { type FencedLanguage, parseFenced } from "../parse/fenced.ts";
import { writeBlock } from "../parse/write.ts";
import type { ReplLanguage } from "./language.ts";
import { wordingFrom } from "./wording-from.ts";
import type { LanguageWords } from "./words.ts";
import type { BlockResult, PromptStyle } from "../types.ts";
import { foreignLanguage } from "./foreign-code.ts";
import type { TurnRemark } from "./wording.ts";

/** What is particular to a language. */
export interface LanguageSpec
  extends
    Pick<ReplLanguage, "name" | "title" | "hostCalls" | "finalVariable" | "literal" | "openPool">,
    Partial<Pick<ReplLanguage, "boundNames" | "remarksOn" | "oldTurns">> {
  /** The names of the fences whose code runs; the first one is that of prompts. */
  readonly fences: readonly [string, ...string[]];
  readonly words: LanguageWords;
  /** Whether a text without a fence is code rather than prose. */
  looksLikeCode(text: string): boolean;
}

/** A remark on a block that failed because it is written in another language. */
function foreignIn({ code, outcome }: BlockResult, own: string): TurnRemark[] {
  const title = outcome === "exception" ? foreignLanguage(code, own) : null;
  return title === null ? [] : [{ kind: "foreign_code", title }];
}

/** The language in a style of the wording. Completions are read by the rules of `src/parse/fenced.ts`. */
export function defineLanguage(spec: LanguageSpec, style: PromptStyle = "default"): ReplLanguage {
  const tool = `call_${spec.name}_repl`;
  const parsed: FencedLanguage = {
    fences: spec.fences,
    tool,
    looksLikeCode: (text) => spec.looksLikeCode(text),
    finalVariable: (argument) => spec.finalVariable(argument),
  };
  return {
    name: spec.name,
    title: spec.title,
    fences: spec.fences,
    hostCalls: spec.hostCalls,
    ...(spec.boundNames && { boundNames: (code) => spec.boundNames!(code) }),
    remarksOn: (block) => [...(spec.remarksOn?.(block) ?? []), ...foreignIn(block, spec.title)],
    ...(spec.oldTurns && { oldTurns: spec.oldTurns }),
    finalVariable: (expression) => spec.finalVariable(expression),
    literal: (value) => spec.literal(value),
    openPool: (options) => spec.openPool(options),
    dialects: ["repl", "tool"],
    nativeTool: {
      name: tool,
      description: `Runs ${spec.title} in the persistent REPL and returns what it printed.`,
      parameters: {
        type: "object",
        properties: { code: { type: "string", description: `${spec.title} source` } },
        required: ["code"],
        additionalProperties: false,
      },
    },
    wording: wordingFrom({ words: spec.words, title: spec.title, fence: spec.fences[0], tool }, style),
    parse: (completion, dialect, severalBlocks) => parseFenced(completion, dialect, severalBlocks, parsed),
    writeCode: (code, dialect, toolCallId) =>
      writeBlock(code, dialect, toolCallId, { fence: spec.fences[0], tool }),
  };
}
