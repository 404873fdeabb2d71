/** Ctrl-C: the first one asks for a clean end, the second one ends at once. */

export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
}

/** A signal that aborts at the first SIGINT or SIGTERM, which `tell` says a line about; `done` stops listening. */
export function onInterrupt(
  tell: (line: string) => void = (line) => process.stderr.write(`\nrlm-gym: ${line}\n`),
): { readonly signal: AbortSignal; readonly done: () => void } {
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(130);
    tell("ending; what has ended is kept (once more to end at once)");
    controller.abort(new InterruptedError("interrupted"));
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  const done = () => {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  };
  return { signal: controller.signal, done };
}
