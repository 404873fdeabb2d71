/** Tasks of evidence made here: a claim about an invented method, and papers of which some report it, in the form of SkyRL's multi-paper sets. */
import { type Dataset, generated } from "../../src/data/dataset.ts";
import { countTokens } from "../../src/cost/tokens.ts";
import { UsageError } from "../../src/errors.ts";
import { Random } from "../../src/random.ts";
import type { Problem } from "../../src/types.ts";
import {
  type Claim,
  claimText,
  drawMethod,
  drawSet,
  type Finding,
  idleSentence,
  MEASURES,
  type Method,
  reportSentence,
} from "./claims.ts";
import { fillerSentence } from "./filler.ts";
import { type Paper, type PaperEvidence, paperText } from "./papers.ts";
import { goldMetadata } from "./scorer.ts";
import { claimQuestion } from "./wording.ts";

/** How many papers report the claim, both ends included: the published tiers. */
export const TIERS = {
  singleton: [1, 1],
  focused: [2, 2],
  "mid-range": [3, 4],
  "wide-net": [5, 9],
} as const satisfies Readonly<Record<string, readonly [number, number]>>;

/** The name of a tier. */
export type TierName = keyof typeof TIERS;

/** The names of the tiers, from the fewest papers. */
export const TIER_NAMES = Object.keys(TIERS) as readonly TierName[];

/** Which tasks to make. */
export interface EvidenceOptions {
  /** The most tokens of all papers together. */
  readonly length: number;
  /** All tasks are of this tier; without it, the tiers take turns. */
  readonly tier?: TierName;
  readonly seed: number;
}

/** A task before it becomes a problem or a row. */
export interface EvidenceTask {
  readonly id: string;
  readonly tier: TierName;
  readonly claim: Claim;
  readonly papers: readonly Paper[];
  readonly evidence: readonly PaperEvidence[];
}

/** Tokens of a paper, on average; and the fewest that one needs for what it reports. */
const [PAPER_TOKENS, LEAST_PAPER_TOKENS] = [1500, 420];
/** Papers that do not report the claim, beside those that do. */
const LEAST_OTHERS = 3;
/** Of the other papers, the share that speaks of the claim's method. */
const NEAR_SHARE = 0.35;

/** An endless dataset; the task at an index depends on the options and the index only. Throws `UsageError` for too short a length. */
export function evidenceTasks(options: EvidenceOptions): Dataset {
  expectRoom(options);
  return generated("evidence", (index) => problemOf(evidenceTaskAt(options, index), options.length));
}

/** Throws `UsageError` if the papers of a tier do not fit. */
export function expectRoom({ length, tier = "wide-net" }: EvidenceOptions): void {
  const least = (TIERS[tier][1] + LEAST_OTHERS) * LEAST_PAPER_TOKENS;
  if (length < least)
    throw new UsageError(
      `evidence: ${length} tokens do not hold the papers of tier ${tier}; expected at least ${least}`,
    );
}

/** The task at an index. */
export function evidenceTaskAt(options: EvidenceOptions, index: number): EvidenceTask {
  const { length, seed } = options;
  const tier = options.tier ?? TIER_NAMES[index % TIER_NAMES.length]!;
  const random = Random.of(seed, "evidence", length, tier, index);
  const reporting = random.randint(TIERS[tier][0], TIERS[tier][1]);
  const count = Math.max(reporting + LEAST_OTHERS, Math.round(length / PAPER_TOKENS));
  const target = drawMethod(random, []);
  const others: Method[] = [];
  for (let i = 0; i < Math.min(count, 40); i += 1) others.push(drawMethod(random, [target, ...others]));
  const claim: Claim = {
    method: target.name,
    measure: random.randint(0, MEASURES.length - 1),
    direction: random.choice(["lowers", "raises"] as const),
  };
  const kinds = random.shuffle(
    Array.from({ length: count }, (_, i) =>
      i < reporting ? "reports" : random.random() < NEAR_SHARE ? "near" : "other",
    ),
  );
  const used = new Set<string>();
  let left = length;
  const written = kinds.map((kind, i) => {
    const paperId = drawId(random, used);
    const paper = writePaper({
      claim,
      target,
      others,
      kind,
      used,
      random,
      tokens: Math.floor(left / (count - i)),
    });
    left -= countTokens(paperText(paper));
    return { ...paper, paperId };
  });
  return {
    id: `evidence-${length}-${options.tier ?? "all"}-${seed}-${index}`,
    tier,
    claim,
    papers: written.map(({ paperId, title, abstract, text }) => ({ paperId, title, abstract, text })),
    evidence: written.flatMap(({ paperId, gold }) =>
      gold.length > 0 ? [{ paperId, selections: gold.map((text) => ({ text })) }] : [],
    ),
  };
}

/** The problem of a task. */
function problemOf({ id, tier, claim, papers, evidence }: EvidenceTask, length: number): Problem {
  const context = Object.fromEntries(papers.map((paper) => [paper.paperId, paperText(paper)]));
  return {
    task: {
      id,
      dataset: "evidence",
      question: claimQuestion(claimText(claim)),
      context,
      contextTokens: Object.values(context).reduce((sum, text) => sum + countTokens(text), 0),
      metadata: { length, tier, papers: papers.length },
    },
    reference: {
      taskId: id,
      answers: evidence.flatMap(({ selections }) => selections.map(({ text }) => text)),
      metadata: goldMetadata({ papers: context, evidence }),
    },
  };
}

interface PaperPlan {
  readonly claim: Claim;
  readonly target: Method;
  readonly others: readonly Method[];
  readonly kind: "reports" | "near" | "other";
  readonly used: Set<string>;
  readonly random: Random;
  readonly tokens: number;
}

/** A paper of about so many tokens, and never of more. `gold`: the passages that report the claim. */
function writePaper(plan: PaperPlan): Omit<Paper, "paperId"> & { readonly gold: readonly string[] } {
  const { claim, target, others, kind, used, random } = plan;
  const own = kind === "other" ? random.choice(others) : target;
  const rival = random.choice(others);
  const gold: string[] = [];
  const name = () => (random.random() < 0.5 ? own.name : own.short);
  /** Reports once what no other sentence of the task says in the same words. */
  const report = (finding: Omit<Finding, "method">, named = name()): string => {
    for (;;) {
      const sentence = reportSentence({ method: own.name, ...finding }, named, drawSet(random), random);
      if (used.has(sentence)) continue;
      used.add(sentence);
      return sentence;
    }
  };
  const supports = (): string => {
    const sentence = report(claim);
    gold.push(sentence);
    return sentence;
  };
  const elsewhere = () => (claim.measure + random.randint(1, MEASURES.length - 1)) % MEASURES.length;
  const measure = kind === "other" ? claim.measure : elsewhere();
  const direction = random.choice(["lowers", "raises"] as const);
  const results = [
    ...(kind === "reports" ? Array.from({ length: random.randint(1, 2) }, supports) : []),
    // What comes close: another measure, no change, another method.
    report({ measure, direction }),
    ...(kind === "near" ? [report({ measure: claim.measure, direction: null })] : []),
    ...(random.random() < 0.5 ? [report({ measure: claim.measure, direction }, rival.name)] : []),
    idleSentence(claim, name(), drawSet(random), random),
  ];
  const title = `${random.choice(TITLES)} ${own.name} ${random.choice(SUBJECTS)}`;
  const inAbstract = kind === "reports" && random.random() < 0.5 ? [supports()] : [];
  const abstract = [`We study ${own.name} (${own.short}).`, ...inAbstract, fillerSentence(random)].join(" ");
  const parts: readonly string[][] = [
    [`We ask what ${own.name} (${own.short}) is good for, and compare it with ${rival.name}.`],
    [],
    random.shuffle(results),
    [],
  ];
  const assembled = () =>
    parts.map((sentences, i) => `## ${SECTIONS[i]!}\n${sentences.join(" ")}`).join("\n\n");
  const sizeOf = () => countTokens(paperText({ title, abstract, text: assembled() }));
  // Sentences at random places, as many as fit: first by their own tokens, then by those of the whole.
  let room = plan.tokens - sizeOf();
  const added: { readonly part: string[]; readonly sentence: string }[] = [];
  while (room > 0) {
    const sentence = fillerSentence(random);
    room -= countTokens(` ${sentence}`);
    const part = random.choice(parts);
    part.splice(random.randint(part === parts[0] ? 1 : 0, part.length), 0, sentence);
    added.push({ part, sentence });
  }
  while (added.length > 0 && sizeOf() > plan.tokens) {
    const { part, sentence } = added.pop()!;
    part.splice(part.indexOf(sentence), 1);
  }
  return { title, abstract, text: assembled(), gold };
}

const SECTIONS = ["Introduction", "Method", "Results", "Discussion"] as const;
const TITLES = ["Notes on", "A Study of", "What We Learned from", "Measuring", "The Uses of", "On"];
const SUBJECTS = [
  "in Small Systems",
  "at Scale",
  "in Practice",
  "under Load",
  "for Long Inputs",
  "on a Budget",
];

/** An id in the form of a preprint's, which no other paper of the task has. */
function drawId(random: Random, used: Set<string>): string {
  for (;;) {
    const month = String(random.randint(1, 12)).padStart(2, "0");
    const id = `${random.randint(31, 39)}${month}.${random.randint(10000, 99999)}`;
    if (used.has(id)) continue;
    used.add(id);
    return id;
  }
}
