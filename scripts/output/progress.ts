/** Shows a run's progress on stderr: a bar on a terminal, otherwise an occasional plain line. */
import { Presets, SingleBar } from "cli-progress";
import { printable, unguarded } from "./guard-terminal.ts";

export interface Progress {
  /** One more episode has ended; `note` describes it. */
  advance(note: string): void;
  stop(): void;
}

/** Seconds between plain lines. */
const LINE_EVERY_SECONDS = 5;

/**
 * @param before episodes that had ended before the run was resumed
 * @param asLines also on a terminal, where other lines are written between
 */
export function showProgress(total: number, before = 0, asLines = false): Progress {
  return process.stderr.isTTY && !asLines ? bar(total, before) : lines(total, before);
}

function bar(total: number, before: number): Progress {
  const format = "{bar} {value}/{total} episodes  {eta_formatted} left  {note}";
  const single = new SingleBar(
    { format, stream: unguarded(process.stderr), hideCursor: true },
    Presets.shades_classic,
  );
  single.start(total, before, { note: "" });
  return {
    advance: (note) => single.increment({ note: printable(note).padEnd(44).slice(0, 44) }),
    stop: () => single.stop(),
  };
}

function lines(total: number, before: number): Progress {
  let ended = before;
  // The first episode shows that the run has started.
  let printed = -Infinity;
  return {
    advance: (note) => {
      ended += 1;
      const now = performance.now();
      if (ended < total && now - printed < LINE_EVERY_SECONDS * 1000) return;
      printed = now;
      process.stderr.write(`${ended}/${total} episodes  ${note}\n`);
    },
    stop: () => {},
  };
}
