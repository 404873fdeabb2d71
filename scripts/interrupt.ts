/** Ctrl-C: where a verb can end cleanly the first one asks for that and the second one ends at once; else the first one ends. */
import { removeTemporaries } from "../src/files/temporaries.ts";

/** Exit codes of a process that a signal ends, as shells count them. */
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

/** How many verbs have asked to end cleanly. */
let listening = 0;

/** A signal that aborts at the first SIGINT or SIGTERM, which `tell` says a line about; `done` stops listening. */
export function onInterrupt(
  tell: (line: string) => void = (line) => process.stderr.write(`\nrlm-gym: ${line}\n`),
): { readonly signal: AbortSignal; readonly done: () => void } {
  const controller = new AbortController();
  const interrupt = (by: Signal) => {
    if (controller.signal.aborted) process.exit(SIGNALS[by]);
    tell("ending; what has ended is kept (once more to end at once)");
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

/** However the process ends, it leaves nothing half-written; a signal that no verb listens to ends it at once. */
export function leaveNothingHalfWritten(): void {
  process.on("exit", removeTemporaries);
  for (const [signal, code] of Object.entries(SIGNALS))
    process.on(signal, () => {
      if (listening === 0) process.exit(code);
    });
}

/**
 * Ends this process as SIGTERM does once standard input ends: a parent that holds the other end, and is killed, leaves no
 * server behind.
 */
export function endWithStdin(): void {
  const input = process.stdin;
  input.on("end", () => process.kill(process.pid, "SIGTERM"));
  input.resume();
  // What was asked for ends this process by itself: waiting for input must not keep it alive.
  if ("unref" in input) input.unref();
}
