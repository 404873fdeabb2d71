/** Reads a completion in one of the two dialects, by the rules of a version: what to run, and what is the answer. */
import { CURRENT_RULES, type Dialect, type RulesVersion } from "../types.ts";
import type { Fence, FinalText, ParsedCompletion, Text } from "./parsed.ts";
import { findFences as findFences010 } from "./rules/0.1.0/fences.ts";
import { findFinal as findFinal010 } from "./rules/0.1.0/final-text.ts";
import { parse as parse010 } from "./rules/0.1.0/parse.ts";
import { findFences as findFences020 } from "./rules/0.2.0/fences.ts";
import { findFinal as findFinal020 } from "./rules/0.2.0/final-text.ts";
import { parse as parse020 } from "./rules/0.2.0/parse.ts";
import { boundNames } from "./rules/0.2.0/python-lines.ts";
import { findFences } from "./rules/0.3.0/fences.ts";
import { findFinal } from "./rules/0.3.0/final-text.ts";
import { parse } from "./rules/0.3.0/parse.ts";

/** How one version reads completions. */
export interface ParseRules {
  /** @param severalBlocks whether all blocks of a completion are to run, or the first alone */
  parse(completion: Text, dialect: Dialect, severalBlocks: boolean): ParsedCompletion;
  /** The blocks of Python, in order. */
  findFences(text: string): readonly Fence[];
  /** The answer that prose without its fences gives; null where it gives none. */
  findFinal(prose: string): FinalText | null;
  /** Names that code binds, as far as its text shows: what decides whether `FINAL(name)` in prose means a variable. */
  boundNames(code: string): ReadonlySet<string>;
}

/** The rules of every version that wrote records. A change of the rules is a new version here; old ones stay as they are. */
export const PARSE_RULES: Readonly<Record<RulesVersion, ParseRules>> = {
  "0.1.0": {
    parse: parse010,
    findFences: findFences010,
    findFinal: findFinal010,
    boundNames: () => new Set(),
  },
  "0.2.0": { parse: parse020, findFences: findFences020, findFinal: findFinal020, boundNames },
  "0.3.0": { parse, findFences, findFinal, boundNames },
};

/** Reads a completion by today's rules, or by those that a record was made with. */
export function parseCompletion(
  completion: Text,
  dialect: Dialect,
  rules: RulesVersion = CURRENT_RULES,
  severalBlocks = false,
): ParsedCompletion {
  return PARSE_RULES[rules].parse(completion, dialect, severalBlocks);
}
