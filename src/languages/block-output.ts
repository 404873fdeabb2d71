/** The parts of observations with the same words in every language and version: the output of blocks. */
import type { BlockResult } from "../types.ts";

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
