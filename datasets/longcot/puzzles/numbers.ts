/** Puzzles whose answer is one whole number: paths, packages, trapezoids and sums over stretches. */
import type { Json, JsonObject } from "../../../src/types.ts";
import { type Drawn, ending, labelled, type PuzzleKind, written } from "./kind.ts";

const MODULUS = 1_000_000_007;
/** Sets of four of more points are too many to be looked at. */
const MOST_POINTS = 100;

/** A puzzle that rests on a list of rows, from which its number is counted. */
interface NumberPuzzle<Row extends Json> {
  readonly template: string;
  readonly mostSize: number;
  /** The name of the rows in an instance, and their label in a statement. */
  readonly rows: readonly [name: string, label: string];
  readonly draw: (size: number, random: Parameters<PuzzleKind["draw"]>[1]) => JsonObject;
  readonly write: (instance: JsonObject) => string;
  readonly isRow: (value: Json) => boolean;
  /** @param instance the other things of an instance */
  readonly count: (rows: readonly Row[], instance: JsonObject) => number;
  /** What else of the instance a text has. */
  readonly readMore?: (text: string) => JsonObject | null;
}

function kindOf<Row extends Json>(puzzle: NumberPuzzle<Row>): PuzzleKind {
  const [name, label] = puzzle.rows;
  const instanceOf = ({ problem }: Drawn) => problem.instance as JsonObject;
  const rowsOf = (drawn: Drawn) => instanceOf(drawn)[name] as unknown as readonly Row[];
  return {
    template: puzzle.template,
    mostSize: puzzle.mostSize,
    draw: (size, random) => {
      const instance = puzzle.draw(size, random);
      const solution = puzzle.count(instance[name] as unknown as readonly Row[], instance);
      return { problem: { config: { size }, instance, solution }, answer: null };
    },
    write: (drawn) => `${puzzle.write(instanceOf(drawn))}\n\n${ending("a whole number")}`,
    solve: (drawn) => String(puzzle.count(rowsOf(drawn), instanceOf(drawn))),
    read: (text) => {
      const rows = labelled(text, label);
      const more = puzzle.readMore?.(text) ?? (puzzle.readMore ? null : {});
      if (!Array.isArray(rows) || rows.length === 0 || more === null || !rows.every(puzzle.isRow))
        return null;
      return { problem: { instance: { ...more, [name]: rows } }, answer: null };
    },
    parts: rowsOf,
    answer: (rows, drawn) => String(puzzle.count(rows as readonly Row[], instanceOf(drawn))),
  };
}

const isNumber = (value: Json) => Number.isInteger(value);
const areNumbers = (value: Json) => Array.isArray(value) && value.every(isNumber);

/** The least health with which a way through a grid is survived. */
export const dungeon = kindOf<number[]>({
  template: "Dungeon",
  mostSize: 400,
  rows: ["a", "Grid layout"],
  draw: (size, random) => {
    const side = 3 + 5 * size;
    const a = Array.from({ length: side }, () =>
      Array.from({ length: side }, () =>
        random.below(4) < 3 ? -random.randint(4, 12) : random.randint(0, 4),
      ),
    );
    a[0]![0] = 0;
    return { m: side, n: side, a };
  },
  write: ({
    m,
    n,
    a,
  }) => `A knight walks through a grid from its first cell, (0, 0), to its last. Each step goes one cell to the right or one cell down. On entering a cell, the cell's number is added to the knight's health, which must stay above 0 at all times. With how much health must the knight begin at least?

Grid size: ${Number(m)} x ${Number(n)}
Grid layout: ${written(a!)}`,
  isRow: areNumbers,
  count: (rows) => {
    // From the last cell back: the health that is needed on entering.
    let below: number[] = [];
    for (const [i, row] of rows.toReversed().entries()) {
      const needed: number[] = row.map(() => 1);
      for (let c = row.length - 1; c >= 0; c -= 1) {
        const isLast = i === 0 && c === row.length - 1;
        const after = isLast ? 1 : Math.min(needed[c + 1] ?? Infinity, below[c] ?? Infinity);
        needed[c] = Math.max(1, (Number.isFinite(after) ? after : 1) - row[c]!);
      }
      below = needed;
    }
    return below[0] ?? 1;
  },
});

/** The least space that is wasted by one supplier's boxes. */
export const packaging = kindOf<number[]>({
  template: "PackagingMinWaste",
  mostSize: 2000,
  rows: ["boxes", "Suppliers"],
  draw: (size, random) => {
    const packages = Array.from({ length: 50 * size }, () => random.randint(1, 100));
    const boxes = Array.from({ length: 4 * size }, () =>
      [...new Set(Array.from({ length: 20 }, () => random.randint(1, 103)))].toSorted((a, b) => a - b),
    );
    boxes[0] = [...new Set([...boxes[0]!, 103])];
    return { packages, boxes, mod: MODULUS };
  },
  write: ({
    packages,
    boxes,
  }) => `Packages are to be packed, each into a box of its own that is at least as large. All boxes come from one supplier, who has any number of boxes of each of his sizes. What is wasted is the sum of box size less package size over all packages. Which is the least waste that a supplier allows, modulo ${MODULUS}? If no supplier has boxes for all packages, the answer is -1.

Number of packages: ${(packages as Json[]).length}
Number of suppliers: ${(boxes as Json[]).length}
Packages: ${written(packages!)}
Suppliers: ${written(boxes!)}`,
  isRow: areNumbers,
  readMore: (text) => {
    const packages = labelled(text, "Packages");
    return packages !== undefined && areNumbers(packages) ? { packages, mod: MODULUS } : null;
  },
  count: (suppliers, { packages }) => {
    const sorted = (packages as number[]).toSorted((a, b) => a - b);
    const total = sorted.reduce((sum, one) => sum + one, 0);
    /** How many packages are at most so large. */
    const upTo = (size: number) => {
      let [low, high] = [0, sorted.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (sorted[middle]! <= size) low = middle + 1;
        else high = middle;
      }
      return low;
    };
    let least = Infinity;
    for (const sizes of suppliers) {
      const boxes = sizes.toSorted((a, b) => a - b);
      if ((boxes.at(-1) ?? 0) < (sorted.at(-1) ?? 0)) continue;
      let [used, packed] = [0, 0];
      for (const box of boxes) {
        const fitting = upTo(box);
        used += box * (fitting - packed);
        packed = fitting;
      }
      least = Math.min(least, used - total);
    }
    return least === Infinity ? -1 : least % MODULUS;
  },
});

/** How many sets of four points are the corners of a trapezoid. */
export const trapezoids = kindOf<[number, number]>({
  template: "TrapezoidCounting",
  mostSize: 40,
  rows: ["points", "Points"],
  draw: (size, random) => {
    // On a narrow field, so that sides are parallel now and then.
    const reach = 4 + size;
    const points = new Map<string, Json>();
    while (points.size < 5 + 2 * size) {
      const point = [random.randint(-reach, reach), random.randint(-reach, reach)];
      points.set(String(point), point);
    }
    return { points: [...points.values()] };
  },
  write: ({
    points,
  }) => `Points lie in a plane. Count the sets of four of them that are the corners of a trapezoid: a convex quadrilateral, no three of whose corners lie on one line, with at least one pair of parallel sides.

Number of points: ${(points as Json[]).length}
Points: ${written(points!)}`,
  isRow: (value) => areNumbers(value) && (value as Json[]).length === 2,
  count: (points) => {
    let count = 0;
    const n = Math.min(points.length, MOST_POINTS);
    for (let a = 0; a < n; a += 1)
      for (let b = a + 1; b < n; b += 1)
        for (let c = b + 1; c < n; c += 1)
          for (let d = c + 1; d < n; d += 1)
            if (isTrapezoid([points[a]!, points[b]!, points[c]!, points[d]!])) count += 1;
    return count;
  },
});

type Point = readonly [number, number];

/** Twice the area of a triangle, signed by its sense; 0 where its corners lie on one line. */
function turn(a: Point, b: Point, c: Point): number {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

function isTrapezoid([a, b, c, d]: readonly [Point, Point, Point, Point]): boolean {
  const areParallel = (p: Point, q: Point, r: Point, s: Point) =>
    (q[0] - p[0]) * (s[1] - r[1]) === (q[1] - p[1]) * (s[0] - r[0]);
  for (const [p, q, r, s] of [
    [a, b, c, d],
    [a, c, b, d],
    [a, b, d, c],
  ] as const) {
    // In this order the corners go round once, all in one sense, if the quadrilateral is convex.
    const turns = [turn(p, q, r), turn(q, r, s), turn(r, s, p), turn(s, p, q)];
    if (!turns.every((one) => one > 0) && !turns.every((one) => one < 0)) continue;
    return areParallel(p, q, s, r) || areParallel(q, r, p, s);
  }
  return false;
}

/** The sum over all stretches of a list of their least number times their sum. */
export const wizards = kindOf<number>({
  template: "WizardsTotalStrength",
  mostSize: 20_000,
  rows: ["strength", "Strength array"],
  draw: (size, random) => ({
    strength: Array.from({ length: 25 * size }, () => random.randint(1, 100_000)),
    mod: MODULUS,
  }),
  write: ({
    strength,
  }) => `Wizards stand in a row, each with a strength. A stretch is one wizard or several that stand beside each other, and its total strength is the least strength in it times the sum of its strengths. Add up the total strengths of all stretches, modulo ${MODULUS}.

Number of wizards: ${(strength as Json[]).length}
Strength array: ${written(strength!)}`,
  isRow: isNumber,
  readMore: () => ({ mod: MODULUS }),
  count: (strength) => {
    // Sums of the first sums, so that the sums of all stretches within bounds are a difference.
    const modulus = BigInt(MODULUS);
    const sums = [0n, 0n];
    let sum = 0n;
    for (const one of strength) {
      sum += BigInt(one);
      sums.push((sums.at(-1)! + sum) % modulus);
    }
    let total = 0n;
    const rising: number[] = [];
    for (let right = 0; right <= strength.length; right += 1) {
      while (
        rising.length > 0 &&
        (right === strength.length || strength[rising.at(-1)!]! >= strength[right]!)
      ) {
        const middle = rising.pop()!;
        const left = rising.at(-1) ?? -1;
        const after = (sums[right + 1]! - sums[middle + 1]!) * BigInt(middle - left);
        const before = (sums[middle + 1]! - sums[left + 1]!) * BigInt(right - middle);
        total = (total + BigInt(strength[middle]!) * (after - before)) % modulus;
      }
      if (right < strength.length) rising.push(right);
    }
    return Number(((total % modulus) + modulus) % modulus);
  },
});
