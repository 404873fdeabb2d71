/**
 * What a model is told by an episode: the wordings by version and style, the native function, and the words that conversations
 * are put together with. Exporters and importers read them from here.
 */
import type { ToolSpec } from "../models/model.ts";
import { REPL_TOOL } from "../parse/parsed.ts";
import { CURRENT_RULES, type Dialect, type PromptStyle, type RulesVersion } from "../types.ts";
import { UsageError } from "../errors.ts";
import { WORDING_OF_0_1_0 } from "./prompt/0.1.0.ts";
import { DEFAULT_WORDING_OF_0_2_0, PAPER_WORDING_OF_0_2_0 } from "./prompt/0.2.0.ts";
import { DEFAULT_WORDING } from "./prompt/default.ts";
import { PAPER_WORDING } from "./prompt/paper.ts";
import { SMALL_WORDING } from "./prompt/small.ts";
import type { PromptFacts, Wording } from "./prompt/wording.ts";

/** The wordings of today's rules by style. A change that a model sees makes a new version of the rules. */
const STYLES: Readonly<Record<PromptStyle, Wording>> = {
  default: DEFAULT_WORDING,
  small: SMALL_WORDING,
  paper: PAPER_WORDING,
};

const WORDINGS: Readonly<Record<RulesVersion, Readonly<Record<PromptStyle, Wording>>>> = {
  "0.1.0": { default: WORDING_OF_0_1_0, small: WORDING_OF_0_1_0, paper: WORDING_OF_0_1_0 },
  "0.2.0": { default: DEFAULT_WORDING_OF_0_2_0, small: SMALL_WORDING, paper: PAPER_WORDING_OF_0_2_0 },
  "0.3.0": STYLES,
};

export const PROMPT_STYLES = Object.keys(STYLES) as readonly PromptStyle[];

/** The wording of a version of the rules and, from 0.2.0 on, of a style. */
export function wordingOf(rules: RulesVersion, style: PromptStyle = "default"): Wording {
  return WORDINGS[rules][style];
}

/** The style, where it is one. Throws `UsageError` with those there are. */
export function expectPromptStyle(style: PromptStyle): PromptStyle {
  if (Object.hasOwn(STYLES, style)) return style;
  throw new UsageError(`unknown prompt style ${JSON.stringify(style)}; expected ${PROMPT_STYLES.join(", ")}`);
}

/**
 * The system prompt where nothing else is said. Records keep its text, its hash and its tokens, since a change of wording
 * changes results. `facts` are those of an environment with one sub-model and no children where they are not given.
 */
export function defaultSystemPrompt(
  dialect: Dialect,
  style: PromptStyle = "default",
  facts: Partial<PromptFacts> = {},
): string {
  const common = { subModel: {}, hasChildren: false, severalBlocks: false };
  return wordingOf(CURRENT_RULES, style).systemPrompt({ ...common, ...facts, dialect });
}

/** The function offered natively in the `tool` dialect; none in the `repl` dialect. */
export function toolsOf(dialect: Dialect): readonly ToolSpec[] {
  if (dialect === "repl") return [];
  const parameters = {
    type: "object",
    properties: { code: { type: "string", description: "Python source" } },
    required: ["code"],
    additionalProperties: false,
  };
  return [
    {
      name: REPL_TOOL,
      description: "Runs Python in the persistent REPL and returns what it printed.",
      parameters,
    },
  ];
}

/** Answers each native call of a completion but the last one, whose reply holds the observation. */
export const SEE_LAST_REPLY = "(see the last reply)";

/** The opening as it stands once old turns were let go: with the summary that a model made of them, where one was made. */
export function openingWithSummary(opening: string, summary: string | null): string {
  return summary === null ? opening : `${opening}\n\nYour summary of your first turns:\n${summary}`;
}

/** The last observation of an episode whose interpreter died. */
export const INTERPRETER_FAILED = "The interpreter failed; the episode is over.";
