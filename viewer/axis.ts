/** Where a picture's values lie along an axis, and which of them are written beside it. */

/** How an axis is drawn. */
export interface AxisOptions {
  readonly log: boolean;
  /** The ends; the values' own if null, and from 0 on if the axis is not logarithmic. */
  readonly range: readonly [number, number] | null;
  /** Whether the values themselves are written, since they are few and whole. */
  readonly whole: boolean;
}

export interface Axis {
  /** From 0 to 1. */
  readonly at: (value: number) => number;
  /** At least two, unless whole values are fewer. */
  readonly ticks: readonly number[];
}

/** Three digits do not tell values apart whose quotient is smaller. */
const NARROW = 1.02;

/** The axis of at least one value. */
export function axisOf(values: readonly number[], { log, range, whole }: AxisOptions): Axis {
  let low = range?.[0] ?? Math.min(...values);
  let high = range?.[1] ?? Math.max(...values);
  if (!log && range === null && low > 0) low = 0;
  if (log && high / low < NARROW) [low, high] = [low / 2, high * 2];
  if (high - low < 1e-12) [low, high] = [low - 0.5, high + 0.5];
  const scale = (value: number) => (log ? Math.log(value) : value);
  const [from, to] = [scale(low), scale(high)];
  const pad = range === null ? 0.05 : 0;
  const at = (value: number) => pad + ((scale(value) - from) / (to - from)) * (1 - 2 * pad);
  if (whole) return { at, ticks: [...new Set(values)].toSorted((a, b) => a - b) };
  const decades = log ? decadesIn(low, high) : [];
  // A short stretch of a logarithmic axis has no round powers.
  return { at, ticks: decades.length > 1 ? decades : stepsIn(low, high) };
}

/** Powers of ten from `low` to `high`, with twice and five times them if there are few. */
function decadesIn(low: number, high: number): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1)
    for (const digit of high / low > 100 ? [1] : [1, 2, 5]) ticks.push(digit * 10 ** power);
  return ticks.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001).slice(0, 8);
}

/** Round numbers in equal steps, of which there are about four and at least two. */
function stepsIn(low: number, high: number): number[] {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const steps = [1, 2, 5, 10].map((digit) => digit * power);
  const widest = steps.findIndex((step) => step >= rough);
  const ticks = multiplesIn(low, high, steps[widest]!);
  // Steps wider than half the stretch may leave room for one number alone.
  return ticks.length > 1 || widest === 0 ? ticks : multiplesIn(low, high, steps[widest - 1]!);
}

function multiplesIn(low: number, high: number, step: number): number[] {
  const ticks: number[] = [];
  for (let tick = Math.ceil(low / step) * step; tick <= high + step * 1e-6; tick += step) ticks.push(tick);
  return ticks;
}
