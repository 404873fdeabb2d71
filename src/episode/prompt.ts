/** What the policy is told: the system prompt of each dialect, the opening, and the observation after each turn. */
import type { ToolSpec } from "../models/model.ts";
import { REPL_TOOL } from "../parse/parse.ts";
import type { BlockResult, ContextSummary, Dialect, Limits } from "../types.ts";

const ACT: Record<Dialect, string> = {
  repl: "To run code, write it in a ```repl block. Write one block, then stop and wait for what it prints.",
  tool: `To run code, call the function ${REPL_TOOL} with it, once a turn, and wait for what it prints.`,
};

/** The default system prompt. Runs record its text and its hash, since a change of wording changes results. */
export function defaultSystemPrompt(dialect: Dialect): string {
  return `You answer a question about a context that is too long to read. You do not see it: it is the variable \`context\` in a Python REPL that keeps its state between turns, and you work on it with code. ${ACT[dialect]}

In the REPL you have:
- \`context\`: the text (str), its documents (list of str), or its parts (dict).
- \`llm_query(prompt) -> str\`: asks a sub-model, which sees only the prompt you pass. It can read about 100,000 characters at once; more of them makes it less reliable.
- \`llm_query_batched(prompts) -> list[str]\`: the same for many prompts in parallel; about 20 a batch.
- \`rlm_query(prompt, context=None) -> str\`: hands a sub-task and its own context to a sub-agent.
- \`SHOW_VARS()\`: the variables that exist.
- \`answer\`: a dict; set \`answer["content"]\` and then \`answer["ready"] = True\` to answer. \`FINAL(value)\` and \`FINAL_VAR("name")\` do the same in one step.
- The Python standard library. No network, no files of the host.

Only what you print, and the value of the last expression, comes back to you, and long output is cut in the middle. So look before you read: probe the type, the length and a small slice; search with code where the question allows it; otherwise cut the context into chunks and ask the sub-model about them in batches, keep the replies in variables, and combine them in code. Every token of every call costs money: do not send what you need not send, do not ask the same thing again, and when you have checked an answer once, give it.`;
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

/** The first observation. */
export function openingText(question: string, context: ContextSummary, limits: Limits): string {
  return `Question: ${question}\n\n${describeContext(context)}\n\nYou have ${limits.maxTurns} turns.`;
}

function describeContext(context: ContextSummary): string {
  const chars = context.chars.toLocaleString("en-US");
  if (context.type === "str") return `context is a str of ${chars} characters.`;
  if (context.type === "bytes") return `context is a bytes object of ${chars} bytes.`;
  if (context.type === "None") return "context is None.";
  if (context.parts === undefined)
    return `context is ${context.type === "int" ? "an" : "a"} ${context.type} of ${chars} characters.`;
  const parts = context.parts.toLocaleString("en-US");
  if (context.type === "dict") return `context is a dict with ${parts} keys, ${chars} characters in all.`;
  const items = context.items === "mixed" ? "values of several types" : (context.items ?? "str");
  return `context is a list of ${parts} ${items}, ${chars} characters in all.`;
}

/** What one block showed, as text. */
function blockText(block: BlockResult): string {
  const parts = [block.stdout, block.stderr, block.value ?? "", block.exception ?? ""];
  const shown = parts.filter((part) => part !== "").map((part) => part.replace(/\n$/, ""));
  if (!block.stateKept)
    shown.push("The interpreter was restarted: your variables are gone; `context` is there again.");
  return shown.length > 0 ? shown.join("\n") : "(no output)";
}

/** Answers each native call of a completion but the last one, whose reply holds the observation. */
export const SEE_LAST_REPLY = "(see the last reply)";

/** The opening as it stands once old turns were let go: with the summary that a model made of them, where one was made. */
export function openingWithSummary(opening: string, summary: string | null): string {
  return summary === null ? opening : `${opening}\n\nYour summary of your first turns:\n${summary}`;
}

export interface TurnReport {
  readonly turn: number;
  readonly maxTurns: number;
  readonly results: readonly BlockResult[];
  /** Blocks of the same completion that were not run because one before them failed. */
  readonly skipped: number;
  readonly notes: readonly string[];
}

/** The observation after a turn: what each block showed, what was not taken, and how many turns are left. */
export function observationText(report: TurnReport): string {
  const blocks = report.results.map((block, index) => {
    const head = report.results.length > 1 ? `Output of block ${index + 1}:\n` : "";
    return head + blockText(block);
  });
  const skipped =
    report.skipped > 0 ? [`${report.skipped} more block(s) were not run, because this one failed.`] : [];
  const left = `[turn ${report.turn} of ${report.maxTurns}]`;
  return [...blocks, ...skipped, ...report.notes, left].join("\n\n");
}
