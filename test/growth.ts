/** How processor time grows with input: measured on medians, over several sizes, so that a busy machine changes nothing. */
import { expect } from "vitest";

/** Times of less than this are noise, and hold nobody up. */
const MEASURABLE_MS = 10;
const SIZES = [4, 16, 64, 256, 1024].map((thousands) => thousands * 1024);
/** What is linear has a ratio of about 4, what is quadratic one of 16. */
const MOST_GROWTH = 5;
const ATTEMPTS = 12;

/** Expects that 4 times the input takes at most 5 times the processor time, wherever it takes a time that can be measured. */
export function expectLinear(run: (text: string) => unknown, make: (chars: number) => string): void {
  for (const [index, chars] of SIZES.slice(0, -1).entries()) {
    const [less, more] = [make(chars), make(SIZES[index + 1]!)];
    let best = Infinity;
    for (let attempt = 0; attempt < ATTEMPTS && best > MOST_GROWTH; attempt += 1) {
      const [before, after] = [medianMs(() => run(less)), medianMs(() => run(more))];
      best = Math.min(best, after < 4 * MEASURABLE_MS ? 0 : after / Math.max(before, MEASURABLE_MS));
    }
    expect(best, `growth from ${chars} to ${SIZES[index + 1]} characters`).toBeLessThanOrEqual(MOST_GROWTH);
  }
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
