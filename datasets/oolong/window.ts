/** A window of OOLONG: labelled lines with users and dates, drawn as the benchmark's authors draw them. */
import { UsageError } from "../../src/errors.ts";
import type { Random } from "../../src/random.ts";
import { countTokens } from "../../src/cost/tokens.ts";
import { addDays, daysBetween, shortDate } from "./calendar.ts";

/** A text and its label. Users and dates are drawn if the source has none. Dates are `YYYY-MM-DD`. */
export interface LabelledText {
  readonly text: string;
  readonly label: string;
  readonly user?: string;
  readonly date?: string;
}

export interface LabelledSource {
  readonly name: string;
  /** Describes the lines, as in a window's header: `general-knowledge questions, one per line`. */
  readonly description: string;
  readonly examples: readonly LabelledText[];
}

export interface Line extends Required<LabelledText> {}

export interface Window {
  readonly lines: readonly Line[];
  /** All labels of the source, sorted. */
  readonly labels: readonly string[];
  readonly context: string;
  readonly contextTokens: number;
}

const FIRST_DATE = "2022-02-16";
const LAST_DATE = "2025-06-21";
/** Share of the length that is filled, and tokens kept free for the question and its answer. */
const FILL = 0.95;
const RESERVE_TOKENS = 250;

/** The authors' estimates for header and footer, and for a line, by the names of their sources (in Llama 2's tokens). */
const PUBLISHED_TOKENS: Readonly<Record<string, { frame: number; line: number }>> = {
  trec_coarse: { frame: 168, line: 39 },
  imdb: { frame: 144, line: 376 },
  agnews: { frame: 168, line: 90 },
  negation: { frame: 138, line: 45 },
  yahoo: { frame: 216, line: 74 },
  formality: { frame: 153, line: 51 },
  spam: { frame: 142, line: 57 },
  multinli: { frame: 183, line: 70 },
  metaphors: { frame: 173, line: 51 },
  app_reviews: { frame: 140, line: 49 },
};

/** Draws a window of at most `length` tokens. Throws `UsageError` if not even one line fits. */
export function drawWindow(source: LabelledSource, length: number, random: Random): Window {
  const labels = [...new Set(source.examples.map(({ label }) => label))].toSorted(byCodeUnit);
  const published = PUBLISHED_TOKENS[source.name];
  const frameTokens = published?.frame ?? 2 * countTokens(header(source, labels, length));
  const lineTokens = published?.line ?? meanLineTokens(source);
  const budget = length * FILL - RESERVE_TOKENS - frameTokens;
  const drawn = drawExamples(source, labels, Math.floor(budget / lineTokens), random);
  const lines = fitting(placed(drawn, random), budget);
  if (lines.length === 0)
    throw new UsageError(`oolong: a length of ${length} tokens leaves no room for a line of ${source.name}`);
  const context = render(source, labels, lines);
  return { lines, labels, context, contextTokens: countTokens(context) };
}

/** `Date: D || User: U || Instance: X`, on one line. */
export function renderLine({ date, user, text }: LabelledText & { date: string; user: string }): string {
  return `Date: ${shortDate(date)} || User: ${user} || Instance: ${text.replace(/\s*[\r\n]+\s*/g, " ")}`;
}

/** Draws how often each label occurs, then texts of each label, then their order. */
function drawExamples(
  { name, examples }: LabelledSource,
  labels: readonly string[],
  count: number,
  random: Random,
): LabelledText[] {
  if (examples.length === 0) throw new UsageError(`oolong: the source ${name} holds no labelled text`);
  const order = random.shuffle([...labels]);
  const drawn = labelCounts(order.length, Math.max(count, 0), random).flatMap((labelCount, i) => {
    let pool = examples.filter(({ label }) => label === order[i]);
    while (pool.length < labelCount) pool = pool.concat(pool);
    return random.sample(pool, labelCount);
  });
  return random.shuffle(drawn);
}

/** A skewed split of `count`: softmax over T-th roots of whole numbers drawn from 1 to 30; the first takes the rest. */
function labelCounts(labels: number, count: number, random: Random): number[] {
  const temperature = random.randint(2, 6);
  const weights = Array.from({ length: labels }, () => Math.exp(random.randint(1, 30) ** (1 / temperature)));
  const sum = weights.reduce((a, b) => a + b, 0);
  const others = weights.slice(1).map((weight) => Math.round((count * weight) / sum));
  return [Math.max(0, count - others.reduce((a, b) => a + b, 0)), ...others];
}

/** Gives each text a date and a user: four in five come from a small group of regulars, a tenth as many as the texts. */
function placed(examples: readonly LabelledText[], random: Random): Line[] {
  const regulars = random.sampleIndices(
    90_000,
    Math.min(Math.max(Math.floor(examples.length * 0.1), 1), 45_000),
  );
  const known = new Set(regulars);
  const stranger = () => {
    let id = random.below(90_000);
    while (known.has(id)) id = random.below(90_000);
    return id;
  };
  const days = daysBetween(FIRST_DATE, LAST_DATE);
  return examples.map((example) => {
    const id = random.random() < 0.8 ? random.choice(regulars) : stranger();
    const date = addDays(FIRST_DATE, random.randint(0, days));
    return { user: String(10_000 + id), date, ...example };
  });
}

/** The first lines that fit: a skewed draw may have longer lines than the mean. */
function fitting(lines: readonly Line[], tokens: number): Line[] {
  let left = tokens;
  const end = lines.findIndex((line) => {
    left -= countTokens(`${renderLine(line)}\n`);
    return left < 0;
  });
  return end === -1 ? [...lines] : lines.slice(0, end);
}

function meanLineTokens({ examples }: LabelledSource): number {
  const sum = examples.reduce((tokens, { text }) => tokens + countTokens(` ${text}\n`), 0);
  const frame = countTokens(renderLine({ date: FIRST_DATE, user: "10000", text: "", label: "" }));
  return sum / examples.length + frame;
}

function render(source: LabelledSource, labels: readonly string[], lines: readonly Line[]): string {
  const opening = header(source, labels, lines.length);
  const closing = opening.replace("The following", "Recall: the preceding");
  return `${opening}\n\n${lines.map(renderLine).join("\n")}\n\n${closing}\n`;
}

function header({ description }: LabelledSource, labels: readonly string[], count: number): string {
  return (
    `The following lines contain ${count} ${description}. Each line has a User ID, which is not necessarily unique. ` +
    `Each instance belongs to one of ${labels.length} categories: ${labels.map((label) => `'${label}'`).join(", ")}.\n\n` +
    `You will be asked to answer questions about the aggregate label statistics across all ${count} examples in this ` +
    `dataset. Do not try to guess, estimate, or approximate the result. Calculate the exact answer given these datapoints.`
  );
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
