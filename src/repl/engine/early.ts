/** Interpreters that start before there is a pool for them, since a program needs them soon and still has its modules to load. */
import { Interpreter } from "./interpreter.ts";
import type { LoadedEngine } from "./loaded-engine.ts";

const started = new Map<LoadedEngine, Promise<Interpreter>>();

/** Starts an interpreter in a thread. A pool of the same engine takes it as its first one. */
export function startEarly(loaded: LoadedEngine): void {
  if (started.has(loaded)) return;
  const starting = Interpreter.spawn(loaded, null);
  // Whoever takes it hears of a failure.
  starting.catch(() => {});
  started.set(loaded, starting);
}

/** The interpreter that was started early for this engine, once; undefined if there is none. */
export function takeEarly(loaded: LoadedEngine): Promise<Interpreter> | undefined {
  const starting = started.get(loaded);
  started.delete(loaded);
  return starting;
}

/** Ends the interpreters that nobody took. */
export async function endEarly(): Promise<void> {
  const all = [...started.values()];
  started.clear();
  await Promise.allSettled(all.map(async (starting) => await (await starting).terminate()));
}
