/** Shows how far the building of an index is, on a terminal: a run of today brings its own. */
import { Presets, SingleBar } from "cli-progress";
import { unguarded } from "./guard-terminal.ts";

/** Smaller readings are over before a bar is read. */
const WORTH_A_BAR = 64 * 1024 * 1024;
const STEP_MS = 100;

export interface Indexing {
  readonly advance: (bytesDone: number, bytesTotal: number) => void;
  readonly stop: () => void;
}

/** A progress bar on stderr, if that is a terminal and there is much to read. */
export function showIndexing(): Indexing {
  let single: SingleBar | null = null;
  let shown = 0;
  return {
    advance: (done, total) => {
      const now = performance.now();
      if (!process.stderr.isTTY || total < WORTH_A_BAR || now - shown < STEP_MS) return;
      shown = now;
      if (single === null) {
        const format = "indexing the run  {bar} {percentage} %  {eta_formatted} left";
        const stream = unguarded(process.stderr);
        single = new SingleBar(
          { format, stream, hideCursor: true, clearOnComplete: true },
          Presets.shades_classic,
        );
        single.start(total, 0);
      }
      single.update(done);
    },
    stop: () => single?.stop(),
  };
}
