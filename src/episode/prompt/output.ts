/** The parts of observations with the same words in every version: the output of blocks, and the context's description. */
import type { BlockResult, ContextSummary } from "../../types.ts";

/** The output of one block as text. */
export function blockText(block: BlockResult): string {
  const parts = [block.stdout, block.stderr, block.value ?? "", block.exception ?? ""];
  const shown = parts.filter((part) => part !== "").map((part) => part.replace(/\n$/, ""));
  if (!block.stateKept)
    shown.push("The interpreter was restarted: your variables are gone; `context` is there again.");
  return shown.length > 0 ? shown.join("\n") : "(no output)";
}

/** The output of each block of a turn, numbered if there are several, and how many blocks were not run. */
export function outputOf(results: readonly BlockResult[], skipped: number): string[] {
  const blocks = results.map((block, index) => {
    const head = results.length > 1 ? `Output of block ${index + 1}:\n` : "";
    return head + blockText(block);
  });
  return skipped > 0
    ? [...blocks, `${skipped} more block(s) were not run, because this one failed.`]
    : blocks;
}

/** Describes the context, which the policy does not see. */
export function describeContext(context: ContextSummary): string {
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
