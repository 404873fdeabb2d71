/** Ctrl-C: if a verb can end cleanly, the first one asks for that and the second ends at once; otherwise the first ends at once. */
import { removeTemporaries } from "../src/files/temporaries.ts";

/** Exit codes of a process ended by a signal, as shells count them. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;
type Signal = keyof typeof SIGNALS;

export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
  readonly exitCode: number;

  constructor(signal: Signal) {
    super(`ended by ${signal}`);
    this.exitCode = SIGNALS[signal];
  }
}

/** The number of verbs that have asked to end cleanly. */
let listening = 0;

/** A signal that aborts at the first SIGINT or SIGTERM and announces it with `tell`; `done` stops listening. */
export function onInterrupt(
  tell: (line: string) => void = (line) => process.stderr.write(`\nrlm-gym: ${line}\n`),
): { readonly signal: AbortSignal; readonly done: () => void } {
  const controller = new AbortController();
  const interrupt = (by: Signal) => {
    if (controller.signal.aborted) process.exit(SIGNALS[by]);
    tell("ending; finished episodes are kept (press again to end at once)");
    controller.abort(new InterruptedError(by));
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  listening += 1;
  const done = () => {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
    listening -= 1;
  };
  return { signal: controller.signal, done };
}

/** Removes half-written files however the process ends; a signal that no verb listens to ends it at once. */
export function leaveNothingHalfWritten(): void {
  process.on("exit", removeTemporaries);
  for (const [signal, code] of Object.entries(SIGNALS))
    process.on(signal, () => {
      if (listening === 0) process.exit(code);
    });
}

/**
 * Ends this process like SIGTERM when standard input ends: a parent that holds the other end and is killed then leaves no
 * server behind.
 */
export function endWithStdin(): void {
  const input = process.stdin;
  input.on("end", () => process.kill(process.pid, "SIGTERM"));
  input.resume();
  // The process ends on its own when its work is done: waiting for input must not keep it alive.
  if ("unref" in input) input.unref();
}
