/** RULER's variable tracking: one chain of assignments between lines of small talk (NVIDIA/RULER, `variable_tracking.py`). */
import { countTokens } from "../../src/cost/tokens.ts";
import { UsageError } from "../../src/errors.ts";
import { NumpyRandom } from "../../src/numpy-random.ts";
import { Random } from "../../src/random.ts";
import { fittedDraws, type RulerSizes, threeTimes } from "../s-niah/fitting.ts";
import { NOISE } from "../s-niah/haystack.ts";
import { inputOf, trackingWording } from "./wording.ts";

/** Names after the first one. */
const HOPS = 4;
const NAMES = HOPS + 1;
const NAME_CHARS = 5;
const EXAMPLE_NAME_CHARS = 3;
/** RULER's example stands in the prompt before each text. */
const EXAMPLE_TOKENS = 500;
const EXAMPLE_STEP = 5;
const EXAMPLE_VALUE = "12345";
const CAPITALS = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ");

/** A chain: the names that get the value, first to last, and its lines. */
export interface Chain {
  readonly value: string;
  readonly names: readonly string[];
  readonly lines: readonly string[];
}

/** The two streams that RULER draws from. */
interface Draws {
  readonly random: Random;
  readonly numbers: NumpyRandom;
}

/** A chain of different names. Returns null where RULER's code fails: if it drew a name twice. */
function drawChain({ random, numbers }: Draws, isExample: boolean): Chain | null {
  const chars = isExample ? EXAMPLE_NAME_CHARS : NAME_CHARS;
  const name = () => random.choices(CAPITALS, chars).join("");
  const names = Array.from({ length: NAMES }, name);
  while (new Set(names).size < NAMES) names.push(name());
  const draw = () => (isExample ? EXAMPLE_VALUE : drawValue(numbers));
  const value = draw();
  if (names.length > NAMES) {
    // It takes the names that are left for a second chain, draws its value, and finds it too short.
    draw();
    return null;
  }
  return chainOf(value, names);
}

function drawValue(numbers: NumpyRandom): string {
  return String(numbers.randint(10_000, 99_999));
}

function chainOf(value: string, names: readonly string[]): Chain {
  const lines = names.map((name, i) =>
    i === 0 ? `VAR ${name} = ${value}` : `VAR ${name} = VAR ${names[i - 1]} `,
  );
  return { value, names, lines };
}

/** The lines of the chain in their order, at random places between lines of small talk. */
function hideChain({ lines }: Chain, noises: number, random: Random): string {
  const places = random.sampleIndices(noises, lines.length).toSorted((a, b) => a - b);
  const all: string[] = Array.from({ length: noises }, () => NOISE);
  places.forEach((place, i) => all.splice(place + i, 0, lines[i]!));
  return all.join("\n");
}

/** A text of RULER's file: its input with the beginning of the answer, and the names that are the answer. */
export interface TrackingDraw {
  readonly text: string;
  readonly outputs: readonly string[];
  readonly answerPrefix: string;
}

/** What a file of variable tracking is made by. */
export interface TrackingOptions {
  readonly length: number;
  readonly seed: number;
  readonly reserve: number;
  readonly rows: number | (RulerSizes & { readonly example?: RulerSizes });
  readonly countTokens: (text: string) => number;
}

/** The texts of a file. */
export function* trackingDraws({
  length,
  seed,
  reserve,
  rows,
  countTokens: count,
}: TrackingOptions): Generator<TrackingDraw> {
  const draws = { random: new Random(seed), numbers: new NumpyRandom(seed) };
  const probe = (isExample: boolean) => (units: number) => drawTracking(draws, units, isExample);
  const tokens = ({ text }: TrackingDraw) => count(text);
  const examples = fittedDraws(
    {
      name: "the example of vt",
      length: EXAMPLE_TOKENS,
      step: EXAMPLE_STEP,
      most: threeTimes(EXAMPLE_TOKENS),
      probe: probe(true),
      tokens,
      reserve: 0,
    },
    typeof rows === "number" ? 1 : (rows.example ?? 1),
  );
  const [first] = examples;
  const example = `${first!.text} ${first!.outputs.join(" ")}\n`;
  yield* fittedDraws(
    {
      name: "vt",
      length,
      step: length < 4096 ? 5 : 10,
      most: threeTimes(length),
      probe: probe(false),
      row: (units) => {
        const drawn = drawTracking(draws, units, false);
        return drawn && { ...drawn, text: `${otherExample(example, draws)}\n${drawn.text}` };
      },
      tokens,
      reserve,
      searchReserve: count(example),
    },
    rows,
  );
}

function drawTracking(draws: Draws, noises: number, isExample: boolean): TrackingDraw | null {
  const chain = drawChain(draws, isExample);
  if (chain === null || noises < chain.lines.length) return null;
  const wording = trackingWording(chain.value, NAMES);
  const text = inputOf(wording, hideChain(chain, noises, draws.random)) + wording.answerPrefix;
  return { text, outputs: chain.names, answerPrefix: wording.answerPrefix };
}

/** The example with other names and another value. */
function otherExample(example: string, { random, numbers }: Draws): string {
  const names = example.trim().split(/\s+/).slice(-NAMES);
  let text = example;
  for (const name of names) text = text.replaceAll(name, random.choices(CAPITALS, name.length).join(""));
  return text.replaceAll(EXAMPLE_VALUE, drawValue(numbers));
}

/** A text of at most `length` tokens with a chain of different names. Throws `UsageError` if it has no room for one. */
export function trackingText(length: number, random: Random) {
  const names: string[] = [];
  while (names.length < NAMES) {
    const name = random.choices(CAPITALS, NAME_CHARS).join("");
    if (!names.includes(name)) names.push(name);
  }
  const chain = chainOf(String(random.randint(10_000, 99_998)), names);
  const spent = chain.lines.reduce((sum, line) => sum + countTokens(`${line}\n`), 0);
  const lineTokens = countTokens(`${NOISE}\n`);
  const noises = Math.floor((length - spent) / lineTokens);
  if (noises < chain.lines.length)
    throw new UsageError(`ruler: a length of ${length} tokens is too short for vt; expected 200 or more`);
  return { chain, context: hideChain(chain, noises, random), contextTokens: spent + noises * lineTokens };
}
