/**
 * The texts that a model gets from an episode in any language: the native function, and the texts that join conversations. The
 * other texts are the wording of the language. Exporters and importers read them from here.
 */
import type { ToolSpec } from "../models/model.ts";
import type { ReplLanguage } from "../languages/language.ts";
import { languageNamed } from "../languages/registry.ts";
import { PYTHON } from "../languages/python/python.ts";
import type { PromptFacts } from "../languages/wording.ts";
import { CURRENT_RULES, type Dialect, type Limits, type PromptStyle, type StopReason } from "../types.ts";
import { UsageError } from "../errors.ts";
import type { BudgetLeft, Granted } from "../trajectory.ts";

/** The names of the prompt styles. */
export const PROMPT_STYLES = ["default", "small", "paper"] as const satisfies readonly PromptStyle[];

/** Returns a valid style. Throws `UsageError` for any other value. */
export function expectPromptStyle(style: PromptStyle): PromptStyle {
  if (PROMPT_STYLES.includes(style)) return style;
  throw new UsageError(`unknown prompt style ${JSON.stringify(style)}; expected ${PROMPT_STYLES.join(", ")}`);
}

/**
 * The default system prompt. Records keep its text, its hash and its token count, since a change of wording changes results.
 * By default, `facts` are those of an environment with one sub-model and no children, and the language is Python.
 */
export function defaultSystemPrompt(
  dialect: Dialect,
  style: PromptStyle = "default",
  facts: Partial<PromptFacts> = {},
  language: string | ReplLanguage = PYTHON,
): string {
  const common = { subModel: {}, hasChildren: false, severalBlocks: false };
  const { wording } = typeof language === "string" ? languageNamed(language, CURRENT_RULES, style) : language;
  return wording.systemPrompt({ ...common, ...facts, dialect });
}

/** The native function of the `tool` dialect in a language. The `repl` dialect has none. */
export function toolsOf(
  dialect: Dialect,
  { nativeTool }: Pick<ReplLanguage, "nativeTool">,
): readonly ToolSpec[] {
  return dialect === "repl" || nativeTool === null ? [] : [nativeTool];
}

/** The reply to each native call of a completion except the last one, whose reply has the observation. */
export const SEE_LAST_REPLY = "(see the last reply)";

/** The prompt for a summary of the first turns, which are given as plain texts. */
export function summaryRequest(turns: readonly string[]): string {
  const request = `Below are the first turns of your work on a question, with what your code printed. They will be taken away, and only your summary of them will be left. Write it for yourself: what is known by now, which variables of the REPL hold what, what was tried in vain, and what is to be done next. Write nothing else.`;
  return [request, ...turns].join("\n\n");
}

/** A summary as it stands in the place of the turns that it covers. */
export function underSummary(summary: string): string {
  return `Your summary of your first turns:\n${summary}`;
}

/** The opening with what stands in the place of old turns, if there is anything. */
export function openingWith(opening: string, inTheirPlace: string | null): string {
  return inTheirPlace === null ? opening : `${opening}\n\n${inTheirPlace}`;
}

/** The line about the budget at the end of an observation. */
export function budgetLine({ calls, tokens, dollars, seconds, lastTurn }: BudgetLeft): string {
  const money = (amount: number | null) => (amount === null ? "" : `, $${amount.toFixed(4)}`);
  return `(budget left: ${calls} calls, ${tokens} tokens${money(dollars)}, ${seconds} s; your last turn took ${lastTurn.tokens} tokens${money(lastTurn.dollars)})`;
}

/**
 * The same with shares of the whole budget, so that the line has one length whatever the numbers are. A replay has as much time as it
 * needs, so seconds are no share.
 */
export function budgetShares(
  { calls, tokens, dollars, seconds, lastTurn }: BudgetLeft,
  { limits, grant }: { readonly limits: Limits; readonly grant?: Granted },
): string {
  const whole = { tokens: grant?.tokens ?? limits.maxTokens, dollars: grant?.dollars ?? limits.maxDollars };
  const share = (left: number, of: number) => {
    const percent = Number.isFinite(of) && of > 0 ? Math.round((100 * left) / of) : 100;
    return `${String(Math.min(100, Math.max(0, percent))).padStart(3)} %`;
  };
  const money = dollars === null ? "  ? %" : share(dollars, whole.dollars);
  return `(budget left: calls ${share(calls, limits.maxCalls)}, tokens ${share(tokens, whole.tokens)}, dollars ${money}, ${String(Math.min(99_999, seconds)).padStart(5)} s; your last turn took ${share(lastTurn.tokens, whole.tokens)} of the tokens)`;
}

/** Said instead of the next line where observations have a constant shape. */
export const HANDLES_OPEN = "(there are handles that nobody has waited for yet)";

/** The line at the end of an observation about handles that nobody has waited for yet. */
export function handlesLine(open: readonly number[]): string {
  const [few, more] = [open.slice(0, 20).join(", "), open.length > 20 ? " …" : ""];
  return `(not yet waited for: handle${open.length === 1 ? "" : "s"} ${few}${more})`;
}

/** The last observation of an episode whose interpreter died. */
export const INTERPRETER_FAILED = "The interpreter failed; the episode is over.";

/** The result of `rlm_query` in the REPL for a child that ended. `answer` is null if it gave none. */
export function childReply(answer: string | null, stopReason: StopReason): string {
  return answer ?? `(the sub-agent ended without an answer: ${stopReason})`;
}
