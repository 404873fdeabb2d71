/** Parses a completion in one of the two dialects under a version of the rules. */
import { CURRENT_RULES, type Dialect, type RulesVersion } from "../../../types.ts";
import type { Fence, FinalText, ParsedCompletion, Text } from "../../../parse/parsed.ts";
import { findFences as findFences010 } from "./0.1.0/fences.ts";
import { findFinal as findFinal010 } from "./0.1.0/final-text.ts";
import { parse as parse010 } from "./0.1.0/parse.ts";
import { findFences as findFences020 } from "./0.2.0/fences.ts";
import { findFinal as findFinal020 } from "./0.2.0/final-text.ts";
import { parse as parse020 } from "./0.2.0/parse.ts";
import { boundNames } from "./0.2.0/python-lines.ts";
import { findFences } from "./0.3.0/fences.ts";
import { findFinal } from "./0.3.0/final-text.ts";
import { parse as parse030 } from "./0.3.0/parse.ts";
import { parse as parse040 } from "./0.4.0/parse.ts";
import { findFences as findFences050, parse } from "./0.5.0/parse.ts";

/** The parser of one version. */
export interface ParseRules {
  /** Parses a completion. @param severalBlocks whether all blocks of a completion run, or only the first */
  parse(completion: Text, dialect: Dialect, severalBlocks: boolean): ParsedCompletion;
  /** The fenced blocks of Python, in order. */
  findFences(text: string): readonly Fence[];
  /** The answer in prose without its fenced blocks; null if there is none. */
  findFinal(prose: string): FinalText | null;
  /** Names that code binds, as far as its text shows: what decides whether `FINAL(name)` in prose means a variable. */
  boundNames(code: string): ReadonlySet<string>;
}

/** The parser of every version that wrote records. A change needs a new version; old ones stay as they are. */
export const PARSE_RULES: Readonly<Record<RulesVersion, ParseRules>> = {
  "0.1.0": {
    parse: parse010,
    findFences: findFences010,
    findFinal: findFinal010,
    boundNames: () => new Set(),
  },
  "0.2.0": { parse: parse020, findFences: findFences020, findFinal: findFinal020, boundNames },
  "0.3.0": { parse: parse030, findFences, findFinal, boundNames },
  "0.4.0": { parse: parse040, findFences, findFinal, boundNames },
  "0.5.0": { parse, findFences: findFences050, findFinal, boundNames },
  "0.6.0": { parse, findFences: findFences050, findFinal, boundNames },
};

/** Parses a completion under the current rules, or under those of a record. */
export function parseCompletion(
  completion: Text,
  dialect: Dialect,
  rules: RulesVersion = CURRENT_RULES,
  severalBlocks = false,
): ParsedCompletion {
  return PARSE_RULES[rules].parse(completion, dialect, severalBlocks);
}
