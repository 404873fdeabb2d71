/** How processor time grows with input: measured on medians, over several sizes, so that a busy machine changes nothing. */
import { expect } from "vitest";

/** Times of less than this are noise, and hold nobody up. */
const MEASURABLE_MS = 10;
const SIZES = [4, 16, 64, 256, 1024].map((thousands) => thousands * 1024);
/** What is linear has a ratio of about 4, what is quadratic one of 16. */
const MOST_GROWTH = 5;
const ATTEMPTS = 6;

/** Expects that 4 times the input takes at most 5 times the processor time, wherever it takes a time that can be measured. */
export function expectLinear(run: (text: string) => unknown, make: (chars: number) => string): void {
  for (const [index, chars] of SIZES.slice(0, -1).entries()) {
    const next = SIZES[index + 1]!;
    const growth = leastGrowth(run, make, [chars, next], MEASURABLE_MS);
    if (growth <= MOST_GROWTH) continue;
    // When the objects of a run first outlive a garbage collection, its time jumps once. That says nothing of its growth, so
    // the mean over three steps decides.
    const mean = leastGrowth(run, make, [next / 16, next * 4], MEASURABLE_MS / 10) ** (1 / 3);
    expect(
      mean,
      `growth from ${chars} to ${next} characters is ${growth}, and the mean around it`,
    ).toBeLessThanOrEqual(MOST_GROWTH);
  }
}

/** The least of several ratios of the times that two sizes take; 0 if the larger takes no time that can be measured. */
function leastGrowth(
  run: (text: string) => unknown,
  make: (chars: number) => string,
  [less, more]: readonly [number, number],
  measurableMs: number,
): number {
  const [small, large] = [make(less), make(more)];
  let least = Infinity;
  for (let attempt = 0; attempt < ATTEMPTS && least > (more / less / 4) * MOST_GROWTH; attempt += 1) {
    const [before, after] = [medianMs(() => run(small)), medianMs(() => run(large))];
    least = Math.min(least, after < 4 * measurableMs ? 0 : after / Math.max(before, measurableMs));
  }
  return least;
}

/** The text so often that it fills so many characters. */
export function repeated(unit: string): (chars: number) => string {
  return (chars) => unit.repeat(Math.ceil(chars / unit.length)).slice(0, chars);
}

function medianMs(run: () => unknown): number {
  const times = Array.from({ length: 3 }, () => {
    const start = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  return times.toSorted((a, b) => a - b)[1]!;
}
