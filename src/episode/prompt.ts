/**
 * All texts that a model gets from an episode: the wordings by version and style, the native function, and the texts that join
 * conversations. Exporters and importers read them from here.
 */
import type { ToolSpec } from "../models/model.ts";
import { REPL_TOOL } from "../parse/parsed.ts";
import {
  CURRENT_RULES,
  type Dialect,
  type PromptStyle,
  type RulesVersion,
  type StopReason,
} from "../types.ts";
import { UsageError } from "../errors.ts";
import { WORDING_OF_0_1_0 } from "./prompt/0.1.0.ts";
import { DEFAULT_WORDING_OF_0_2_0, PAPER_WORDING_OF_0_2_0, SMALL_WORDING_OF_0_2_0 } from "./prompt/0.2.0.ts";
import { DEFAULT_WORDING_OF_0_3_0 } from "./prompt/0.3.0.ts";
import { DEFAULT_WORDING } from "./prompt/default.ts";
import { PAPER_WORDING } from "./prompt/paper.ts";
import { SMALL_WORDING } from "./prompt/small.ts";
import type { PromptFacts, Wording } from "./prompt/wording.ts";

/** The wordings of the current rules by style. A change that a model sees needs a new version of the rules. */
const STYLES: Readonly<Record<PromptStyle, Wording>> = {
  default: DEFAULT_WORDING,
  small: SMALL_WORDING,
  paper: PAPER_WORDING,
};

const WORDINGS: Readonly<Record<RulesVersion, Readonly<Record<PromptStyle, Wording>>>> = {
  "0.1.0": { default: WORDING_OF_0_1_0, small: WORDING_OF_0_1_0, paper: WORDING_OF_0_1_0 },
  "0.2.0": {
    default: DEFAULT_WORDING_OF_0_2_0,
    small: SMALL_WORDING_OF_0_2_0,
    paper: PAPER_WORDING_OF_0_2_0,
  },
  "0.3.0": { ...STYLES, default: DEFAULT_WORDING_OF_0_3_0 },
  "0.4.0": STYLES,
  "0.5.0": STYLES,
};

/** The names of the prompt styles. */
export const PROMPT_STYLES = Object.keys(STYLES) as readonly PromptStyle[];

/** The wording of a version of the rules. From 0.2.0 on there is one for each style. */
export function wordingOf(rules: RulesVersion, style: PromptStyle = "default"): Wording {
  return WORDINGS[rules][style];
}

/** Returns a valid style. Throws `UsageError` for any other value. */
export function expectPromptStyle(style: PromptStyle): PromptStyle {
  if (Object.hasOwn(STYLES, style)) return style;
  throw new UsageError(`unknown prompt style ${JSON.stringify(style)}; expected ${PROMPT_STYLES.join(", ")}`);
}

/**
 * The default system prompt. Records keep its text, its hash and its token count, since a change of wording changes results.
 * By default, `facts` are those of an environment with one sub-model and no children.
 */
export function defaultSystemPrompt(
  dialect: Dialect,
  style: PromptStyle = "default",
  facts: Partial<PromptFacts> = {},
): string {
  const common = { subModel: {}, hasChildren: false, severalBlocks: false };
  return wordingOf(CURRENT_RULES, style).systemPrompt({ ...common, ...facts, dialect });
}

/** The native function of the `tool` dialect. The `repl` dialect has none. */
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

/** The reply to each native call of a completion except the last one, whose reply has the observation. */
export const SEE_LAST_REPLY = "(see the last reply)";

/** The prompt for a summary of the first turns, which are given as plain texts. */
export function summaryRequest(turns: readonly string[]): string {
  const request = `Below are the first turns of your work on a question, with what your code printed. They will be taken away, and only your summary of them will be left. Write it for yourself: what is known by now, which variables of the REPL hold what, what was tried in vain, and what is to be done next. Write nothing else.`;
  return [request, ...turns].join("\n\n");
}

/** The opening with the summary of dropped turns, if there is one. */
export function openingWithSummary(opening: string, summary: string | null): string {
  return summary === null ? opening : `${opening}\n\nYour summary of your first turns:\n${summary}`;
}

/** The last observation of an episode whose interpreter died. */
export const INTERPRETER_FAILED = "The interpreter failed; the episode is over.";

/** The result of `rlm_query` in Python for a child that ended. `answer` is null if it gave none. */
export function childReply(answer: string | null, stopReason: StopReason): string {
  return answer ?? `(the sub-agent ended without an answer: ${stopReason})`;
}
