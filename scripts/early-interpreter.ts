/** Starts Python beside the loading of the command's other modules, which takes as long: a rollout then plays a second sooner. */

/** Flags with which a rollout plays in other processes, in another language or not at all, or tells what Python imports. */
const ELSEWHERE = /^--(help|redis|processes|repl|isolation|wheels)(=|$)/;

/** Whether a command line plays in Python in this process at once. */
export function playsAtOnce(words: readonly string[]): boolean {
  return words[0] === "rollout" && words.length > 1 && !words.some((word) => ELSEWHERE.test(word));
}

/**
 * Starts an interpreter for such a command line, and resolves once its thread runs: what is loaded meanwhile would only delay it.
 * Returns a function that ends it if nothing has used it.
 */
export async function startInterpreter(words: readonly string[]): Promise<() => Promise<void>> {
  if (!playsAtOnce(words)) return async () => {};
  try {
    const { startPythonEarly } = await import("../src/repl/pyodide/load.ts");
    await startPythonEarly();
    const { endEarly } = await import("../src/repl/engine/early.ts");
    return endEarly;
  } catch {
    // The rollout will meet the same fault, and say so.
    return async () => {};
  }
}
