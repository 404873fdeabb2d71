/** The parts of observations that every version words alike: what a block showed, and what the context is. */
import type { BlockResult, ContextSummary } from "../../types.ts";

/** What one block showed, as text. */
export function blockText(block: BlockResult): string {
  const parts = [block.stdout, block.stderr, block.value ?? "", block.exception ?? ""];
  const shown = parts.filter((part) => part !== "").map((part) => part.replace(/\n$/, ""));
  if (!block.stateKept)
    shown.push("The interpreter was restarted: your variables are gone; `context` is there again.");
  return shown.length > 0 ? shown.join("\n") : "(no output)";
}

/** What each block of a turn showed, numbered where there are several, and how many were not run. */
export function outputOf(results: readonly BlockResult[], skipped: number): string[] {
  const blocks = results.map((block, index) => {
    const head = results.length > 1 ? `Output of block ${index + 1}:\n` : "";
    return head + blockText(block);
  });
  return skipped > 0
    ? [...blocks, `${skipped} more block(s) were not run, because this one failed.`]
    : blocks;
}

/** What the policy is told of the context that it does not see. */
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
