/** Times things over and over, and tells the median and the 95th percentile with the floor they stand on. */

export interface Measurement {
  readonly median: number;
  readonly p95: number;
  readonly unit: string;
  /** The least the same machine needs for the same errand, measured in the same run. */
  readonly floor?: number;
  /** Median over floor. */
  readonly ratio?: number;
}

export function summarize(values: readonly number[], unit: string, floor?: number): Measurement {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  const base = { median: at(0.5), p95: at(0.95), unit };
  return floor === undefined ? base : { ...base, floor, ratio: base.median / floor };
}

/** Milliseconds of each of `times` runs, after `warmUps` that do not count. `prepare` runs before each, untimed. */
export async function time(
  times: number,
  work: () => Promise<unknown>,
  { warmUps = 3, prepare }: { warmUps?: number; prepare?: () => Promise<unknown> } = {},
): Promise<number[]> {
  const taken: number[] = [];
  for (let run = -warmUps; run < times; run++) {
    await prepare?.();
    const startedAt = performance.now();
    await work();
    if (run >= 0) taken.push(performance.now() - startedAt);
  }
  return taken;
}

export function printTable(title: string, rows: Readonly<Record<string, Measurement>>): void {
  const round = (value: number | undefined) => (value === undefined ? "" : value.toPrecision(3));
  console.log(title);
  console.table(
    Object.fromEntries(
      Object.entries(rows).map(([name, { median, p95, unit, floor, ratio }]) => [
        name,
        { median: round(median), p95: round(p95), unit, floor: round(floor), ratio: round(ratio) },
      ]),
    ),
  );
}
