/** What a policy sees of its budget: by a function in the REPL, and by a line in each observation. */
import { z } from "zod";
import { UsageError } from "../errors.ts";
import type { Budget } from "../cost/budget.ts";
import type { BudgetLeft, Totals } from "../trajectory.ts";
import type { JsonObject } from "../types.ts";
import { hostTool, type HostTools, type ToolForms } from "./tools/host-tools.ts";

/** `function`: `BUDGET()` in the REPL. `line`: a line in each observation as well. */
export type BudgetView = "function" | "line";

/** The name of the function. */
const NAME = "BUDGET";

const DESCRIPTION =
  "Tells what is left of the budget that the whole tree of calls shares: calls, tokens, dollars (None if a price is unknown), seconds and turns; and under last_turn the tokens and dollars of your last turn, with all that it asked for.";

const parameters = z.object({});

/** The function as the system prompt and Python know it; nothing without a view. */
export function budgetForms(view: BudgetView | undefined): ToolForms {
  return view === undefined ? {} : { [NAME]: { description: DESCRIPTION, parameters } };
}

/** The function of an episode; nothing without a view. `left` gives what is left now. */
export function budgetTools(view: BudgetView | undefined, left: () => BudgetLeft): HostTools {
  if (view === undefined) return {};
  return { [NAME]: hostTool({ description: DESCRIPTION, parameters, run: () => inPython(left()) }) };
}

function inPython({ calls, tokens, dollars, seconds, turns, lastTurn }: BudgetLeft): JsonObject {
  const { tokens: spentTokens, dollars: spentDollars } = lastTurn;
  return {
    calls,
    tokens,
    dollars,
    seconds,
    turns,
    last_turn: { tokens: spentTokens, dollars: spentDollars },
  };
}

/** What an episode has spent, to tell what a turn cost. */
export interface Spent {
  readonly tokens: number;
  readonly nanoDollars: number | null;
}

/** What the budget of an episode is read from. */
interface Budgeted {
  readonly lineage: { readonly budget: Pick<Budget, "left"> };
  readonly facts: { readonly limits: { readonly maxTurns: number } };
  readonly turns: { readonly length: number };
  readonly secondsLeft: number;
}

/** What the episode and its ended children have spent so far. */
export function spentBy({ totals }: { readonly totals: Totals }): Spent {
  const { promptTokens, completionTokens, nanoDollars } = totals;
  return { tokens: promptTokens + completionTokens, nanoDollars };
}

/** What is left now. `before` and `after`: what had been spent when the last turn began and ended. */
export function budgetLeft(episode: Budgeted, before: Spent, after: Spent): BudgetLeft {
  const { lineage, facts, turns } = episode;
  const { calls, tokens, nanoDollars } = lineage.budget.left;
  return {
    calls,
    tokens: Math.max(0, tokens),
    dollars: after.nanoDollars === null ? null : Math.max(0, nanoDollars / 1e9),
    seconds: Math.max(0, Math.floor(episode.secondsLeft)),
    turns: Math.max(0, facts.limits.maxTurns - turns.length),
    lastTurn: {
      tokens: after.tokens - before.tokens,
      dollars:
        after.nanoDollars === null || before.nanoDollars === null
          ? null
          : (after.nanoDollars - before.nanoDollars) / 1e9,
    },
  };
}

/** Throws `UsageError` for a view that does not exist, and for a tool that has the function's name. */
export function expectBudgetView(view: BudgetView | undefined, tools: readonly string[]): void {
  if (view === undefined) return;
  if (view !== "function" && view !== "line")
    throw new UsageError(`budgetView: expected function or line, got ${JSON.stringify(view)}`);
  if (tools.includes(NAME))
    throw new UsageError(`tool ${NAME}: the name is that of the function that budgetView offers`);
}
