/** How RULER finds the size of its texts: a probe, a binary search, and rows that are drawn again if they are too long. */
import { UsageError } from "../../src/errors.ts";

/** The number of units (words of essay, lines of noise, distractors, documents, words) in every draw, in the order of the draws. */
export interface RulerSizes {
  /** The draws of the search before the first row: the probe, and each "Testing haystack size" of RULER's log. */
  readonly probes?: readonly number[];
  /** One number per row, or several if a row was too long and was drawn again; the last one was kept. */
  readonly rows: readonly (number | readonly number[])[];
}

/** One file's stream of draws; a draw is null where RULER's own code raises an exception, after what it drew before that. */
export interface Stream<Drawn> {
  /** For errors. */
  readonly name: string;
  /** RULER's `max_seq_length`. */
  readonly length: number;
  /** How much shorter the next attempt is, and the least units. */
  readonly step: number;
  /** The units of the first draw. Default: `step`. */
  readonly probeUnits?: number;
  /** The most units that the search tries, by the tokens of one. */
  readonly most: (tokensPerUnit: number) => number;
  /** Draws for the search. */
  readonly probe: (units: number) => Drawn | null;
  /** Draws for a row. Default: `probe`. */
  readonly row?: (units: number) => Drawn | null;
  /** The tokens of a draw of the search, without any that are kept free. */
  readonly tokens: (drawn: Drawn) => number;
  /** The tokens of a draw of the search, give or take a few, where they are known without counting the text. */
  readonly roughTokens?: (drawn: Drawn) => number;
  /** The tokens kept free for the reply, in rows and in the search. */
  readonly reserve: number;
  /** Further tokens kept free in the search alone. Default: 0. */
  readonly searchReserve?: number;
}

/** Rough tokens further from the limit than this share of it decide whether a text fits. */
const ROUGHNESS = 0.005;

/** RULER keeps drawing forever if nothing fits; here the shortest text has this many attempts. */
const MAX_SHORTEST = 100;

/** The draws that become rows: of the given sizes, or of `rows` rows that fit. Throws `UsageError` if not even the smallest text fits. */
export function* fittedDraws<Drawn>(stream: Stream<Drawn>, rows: number | RulerSizes): Generator<Drawn> {
  const row = stream.row ?? stream.probe;
  if (typeof rows !== "number") {
    for (const units of rows.probes ?? []) stream.probe(units);
    for (const units of rows.rows) {
      const attempts = [units].flat();
      for (const rejected of attempts.slice(0, -1)) row(rejected);
      const kept = row(attempts.at(-1) as number);
      if (kept === null)
        throw new UsageError(`ruler: ${stream.name} cannot be drawn with ${attempts.at(-1)} units`);
      yield kept;
    }
    return;
  }
  const units = searchUnits(stream);
  for (let index = 0; index < rows; index += 1) yield drawFitting(stream, row, units);
}

/** The size for all rows: a probe gives an upper bound, and a binary search narrows it. */
function searchUnits<Drawn>(stream: Stream<Drawn>): number {
  const { step, probeUnits = step, length, reserve, searchReserve = 0 } = stream;
  const drawn = (units: number) => {
    const draw = stream.probe(units);
    if (draw !== null) return draw;
    throw new UsageError(
      `ruler: RULER's own script fails for ${stream.name} with this seed; take another one`,
    );
  };
  const fits = (draw: Drawn) => {
    const most = length - searchReserve - reserve;
    const rough = stream.roughTokens?.(draw) ?? most;
    return (Math.abs(rough - most) > length * ROUGHNESS ? rough : stream.tokens(draw)) <= most;
  };
  let low = step;
  let high = Math.max(stream.most(stream.tokens(drawn(probeUnits)) / probeUnits), step * 2);
  let best = step;
  while (low <= high) {
    const middle = Math.floor((low + high) / 2);
    if (fits(drawn(middle))) {
      best = middle;
      low = middle + 1;
    } else {
      high = middle - 1;
    }
  }
  return best;
}

/** Draws until a sample fits, one step smaller each time, down to one step. */
function drawFitting<Drawn>(
  { name, length, step, reserve, tokens }: Stream<Drawn>,
  row: (units: number) => Drawn | null,
  units: number,
): Drawn {
  let size = units;
  for (let shortest = 0; shortest < MAX_SHORTEST;) {
    const drawn = row(size);
    if (drawn !== null && tokens(drawn) + reserve <= length) return drawn;
    if (size > step) size -= step;
    else shortest += 1;
  }
  throw new UsageError(`ruler: a length of ${length} tokens is too short for ${name}`);
}

/** The most units that RULER's search tries, for most tasks: three times the estimate. */
export function threeTimes(length: number): (tokensPerUnit: number) => number {
  return (tokensPerUnit) => Math.trunc((length / tokensPerUnit) * 3);
}
