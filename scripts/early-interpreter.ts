/** Starts Python beside the loading of the command's other modules, which takes as long: a rollout then plays a second sooner. */

/** Flags with which a rollout plays in other processes, in another language or not at all, or tells what Python imports. */
const ELSEWHERE = /^--(help|redis|processes|repl|isolation|wheels)(=|$)/;

/** Whether a command line plays in Python in this process at once. */
export function playsAtOnce(words: readonly string[]): boolean {
  return words[0] === "rollout" && words.length > 1 && !words.some((word) => ELSEWHERE.test(word));
}

/** Starts an interpreter for such a command line. Returns a function that ends it if nothing has used it. */
export function startInterpreter(words: readonly string[]): () => Promise<void> {
  if (!playsAtOnce(words)) return async () => {};
  const starting = import("../src/repl/pyodide/pool.ts").then(async ({ startPythonEarly }) => {
    await startPythonEarly();
    return await import("../src/repl/engine/early.ts");
  });
  starting.catch(() => {});
  return async () => {
    const early = await starting.catch(() => null);
    await early?.endEarly();
  };
}
