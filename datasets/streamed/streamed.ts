/**
 * Tasks whose context is a file of any length, up to billions of tokens: a needle in a novel told again and again, OOLONG's lines, and a
 * graph whose edges are a search's. Files are written block by block, so that no more than a few megabytes are ever held.
 */
import { UsageError } from "../../src/errors.ts";
import { Random } from "../../src/random.ts";
import { countTokens } from "../../src/cost/tokens.ts";
import { TextFile } from "../../src/text-file.ts";
import type { Problem } from "../../src/types.ts";
import { questionText } from "../graphwalks/wording.ts";
import { builtInQuestions } from "../oolong/built-in/questions.ts";
import { COUNTING } from "../oolong/counting.ts";
import { drawWindow, type LabelledSource, renderLine } from "../oolong/window.ts";
import { defaultEssay, essayWords } from "../s-niah/essay.ts";
import { needleSentence, wording } from "../s-niah/template.ts";
import { VARIANTS } from "../s-niah/variants.ts";

/** Which task to make: a file of about so many tokens at a path that does not exist yet. */
export interface StreamedOptions {
  readonly path: string;
  readonly tokens: number;
  readonly seed: number;
}

/** What a file is to hold, before it is written. */
interface Plan {
  readonly question: string;
  readonly answers: readonly string[];
  readonly tokens: number;
  readonly metadata: Problem["reference"]["metadata"];
  readonly blocks: Iterable<Buffer>;
}

const PLANS = { "s-niah": needlePlan, oolong: linesPlan, graphwalks: graphPlan } as const;

/** The environments whose tasks can be made of such files. */
export type StreamedName = keyof typeof PLANS;

/** Their names. */
export const STREAMED_NAMES = Object.keys(PLANS) as readonly StreamedName[];

/** Writes the file and returns the task over it. Throws `UsageError` for too short a length, and errors of the file system. */
export function streamedProblem(name: StreamedName, options: StreamedOptions): Problem {
  const { path, seed } = options;
  const plan = PLANS[name](options);
  const id = `${name}-streamed-${options.tokens}-${seed}`;
  const { question, answers, tokens, metadata } = plan;
  return {
    task: {
      id,
      dataset: name,
      question,
      context: TextFile.write(path, plan.blocks),
      contextTokens: tokens,
      metadata: { length: options.tokens },
    },
    reference: { taskId: id, answers: [...answers], metadata },
  };
}

/** One needle of RULER's, between two sentences of the novel, which is told from the beginning again when it ends. */
function needlePlan({ tokens, seed }: StreamedOptions): Plan {
  const random = Random.of(seed, "streamed", "s-niah", tokens);
  const sentences = essayWords(defaultEssay())
    .join(" ")
    .split(/(?<=[.!?]) /);
  // A novel is too long for short files, which take the beginning of it.
  const novel = fitting(sentences, tokens);
  const told = `${novel.join(" ")}\n`;
  const times = Math.max(1, Math.floor(tokens / countTokens(told)));
  const key = `${random.choice(KEYS[0])}-${random.choice(KEYS[1])}`;
  const value = String(random.randint(1_000_000, 9_999_999));
  const at = random.below(times);
  const place = random.below(novel.length);
  const hidden = novel.toSpliced(place, 0, needleSentence("numbers", key, value));
  const [plain, holding] = [Buffer.from(told), Buffer.from(`${hidden.join(" ")}\n`)];
  return {
    question: wording(VARIANTS.niah_single_2, [key]).question,
    answers: [value],
    tokens: times * countTokens(told),
    metadata: {},
    blocks: mapped(times, (i) => (i === at ? holding : plain)),
  };
}

const KEYS = [
  ["amber", "brisk", "calm", "dusky", "eager", "fabled", "gentle", "hollow"],
  ["anchor", "beacon", "cellar", "dagger", "ember", "falcon", "garnet", "harbour"],
] as const;

function fitting(sentences: readonly string[], tokens: number): readonly string[] {
  let [left, count] = [tokens, 0];
  while (count < sentences.length && left > 0) {
    left -= countTokens(`${sentences[count]!} `);
    count += 1;
  }
  return sentences.slice(0, Math.max(1, count - 1));
}

/** Tokens of the lines that are drawn; longer files hold them again, in another order of their parts. */
const DRAWN_TOKENS = 500_000;
const LINES_A_PART = 500;

/** Windows that are drawn until one has a clear answer. */
const MOST_WINDOWS = 20;

/** A window, and a question about the shares of its labels that has one clear answer. */
function askedWindow(source: LabelledSource, tokens: number, random: Random) {
  for (let attempt = 0; attempt < MOST_WINDOWS; attempt += 1) {
    const window = drawWindow(source, tokens, random);
    const question = COUNTING.map((template) => template(window, random)).find(
      (one) => one !== null && /MOST_FREQ|RELATIVE/.test(one.task) && one.answers.length === 1,
    );
    if (question) return { window, question };
  }
  throw new UsageError(`oolong: ${MOST_WINDOWS} windows have no clear answer; choose another seed`);
}

/** OOLONG's lines with a question about their labels, whose shares are those of the lines that were drawn. */
function linesPlan({ tokens, seed }: StreamedOptions): Plan {
  const random = Random.of(seed, "streamed", "oolong", tokens);
  const source = builtInQuestions();
  const { window, question } = askedWindow(source, Math.min(tokens, DRAWN_TOKENS), random);
  const [head = ""] = window.context.split("\n\n", 1);
  const parts: Buffer[] = [];
  for (let i = 0; i < window.lines.length; i += LINES_A_PART)
    parts.push(
      Buffer.from(
        `${window.lines
          .slice(i, i + LINES_A_PART)
          .map(renderLine)
          .join("\n")}\n`,
      ),
    );
  const times = Math.max(1, Math.floor(tokens / window.contextTokens));
  const heading = `${head.replace(String(window.lines.length), String(window.lines.length * times))}\n\n`;
  return {
    question: question.text,
    answers: question.answers,
    tokens: times * window.contextTokens,
    metadata: { answer_type: question.answerType },
    blocks: (function* () {
      yield Buffer.from(heading);
      for (let i = 0; i < times; i += 1) yield* random.shuffle([...parts]);
    })(),
  };
}

/** Nodes of one block of a graph, edges that leave each, and bytes of one line: `XXXXaaaaaa -> XXXXbbbbbb`, where X tells the block. */
const [BLOCK_NODES, DEGREE, LINE_BYTES] = [2_500, 3, 25];

/**
 * A graph in blocks that differ in the names of their nodes, and a search to depth 2 from a node whose edges lead to other blocks, so that
 * its second step begins anywhere in the file.
 */
function graphPlan({ tokens, seed }: StreamedOptions): Plan {
  const random = Random.of(seed, "streamed", "graphwalks", tokens);
  // Ids are drawn, since those of a real graph tell nothing of its order.
  const ids = new Set<string>();
  while (ids.size < BLOCK_NODES)
    ids.add(
      random
        .below(2 ** 24)
        .toString(16)
        .padStart(6, "0"),
    );
  const nodes = [...ids];
  const targets = nodes.map(() => Array.from({ length: DEGREE }, () => random.below(BLOCK_NODES)));
  const edges = random.shuffle(targets.flatMap((ends, start) => ends.map((end) => [start, end] as const)));
  const template = Buffer.from(
    edges.map(([start, end]) => `0000${nodes[start]!} -> 0000${nodes[end]!}\n`).join(""),
  );
  const blocks = Math.max(1, Math.floor(tokens / countTokens(template.toString("latin1"))));
  if (blocks > 0xffff) throw new UsageError(`graphwalks: at most 65535 blocks, got ${blocks}`);
  const prefix = (block: number) => block.toString(16).padStart(4, "0");
  const [home, asked] = [random.below(blocks), random.below(BLOCK_NODES)];
  const node = prefix(home) + nodes[asked]!;
  const places = edges.flatMap(([start], line) => (start === asked ? [line] : []));
  const firsts = places.map(() => ({ block: random.below(blocks), at: random.below(BLOCK_NODES) }));
  const nameOf = ({ block, at }: (typeof firsts)[number]) => prefix(block) + nodes[at]!;
  const near = new Set([node, ...firsts.map(nameOf)]);
  // The node that is asked about leads elsewhere than the template says.
  const leaving = (first: (typeof firsts)[number]) =>
    nameOf(first) === node ? firsts.map(nameOf) : targets[first.at]!.map((at) => nameOf({ ...first, at }));
  const reached = new Set(firsts.flatMap(leaving).filter((name) => !near.has(name)));
  return {
    question: questionText({ type: "bfs", node, depth: 2 }),
    answers: [...reached],
    tokens: blocks * countTokens(template.toString("latin1")),
    metadata: {},
    blocks: mapped(blocks, (block) => {
      const written = Buffer.from(template);
      for (let at = 0; at < written.length; at += LINE_BYTES) {
        written.write(prefix(block), at, "latin1");
        written.write(prefix(block), at + 14, "latin1");
      }
      if (block === home)
        places.forEach((line, i) => written.write(nameOf(firsts[i]!), line * LINE_BYTES + 14, "latin1"));
      return written;
    }),
  };
}

function* mapped(count: number, block: (index: number) => Buffer): Generator<Buffer> {
  for (let i = 0; i < count; i += 1) yield block(i);
}
