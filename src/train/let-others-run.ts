import { setImmediate as turn } from "node:timers/promises";

/** Gives timers and signals their turn between steps of pure computing. Throws the signal's reason if it has aborted. */
export async function letOthersRun(signal: AbortSignal | undefined): Promise<void> {
  await turn();
  signal?.throwIfAborted();
}
