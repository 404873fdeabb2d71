/** Published scores of other systems, shown beside what is measured here and never mixed with it. */

/** One method's score on one benchmark, as printed. */
export interface PublishedScore {
  /** The environment of the score's benchmark. */
  readonly environment: string;
  readonly method: string;
  /** The closest policy here; null if there is none. */
  readonly policy: string | null;
  /** The name of its source in `PUBLISHED_SOURCES`. */
  readonly source: SourceName;
  readonly setting: PublishedSetting;
  /** From 0 to 100. */
  readonly score: number;
  /** Mean dollars per question; null if the source gives none. */
  readonly dollars: number | null;
}

/** On what a score was measured; null for what the source does not say. */
export interface PublishedSetting {
  /** Tokens of the contexts, as printed. */
  readonly tokens: string | null;
  /** The fewest and the most of them, in tokens. */
  readonly range: readonly [number, number] | null;
  /** How many questions. */
  readonly n: number | null;
  /** How many documents a context has. */
  readonly documents: number | null;
  /** The data set within the benchmark. */
  readonly data: string | null;
}

/** Where the scores are printed: authors, title, and what of it was read. */
export const PUBLISHED_SOURCES = {
  rlm: "Zhang, Kraska, Khattab, Recursive Language Models, arXiv 2512.24601 v3 (May 2026); RLM and its baselines without a model's name: GPT-5 with GPT-5-mini sub-calls",
  oasys:
    "mit-oasys/rlm-qwen3-30b-a3b-v0.1, model card: Qwen3-30B-A3B-Instruct-2507 in the RLM harness, mean reward",
  rah: "RAH, arXiv 2606.13643, abstract",
  srlm: "SRLM, arXiv 2603.15653, abstract",
  longcot: "LongCoT's paper, and Zhang, Khattab, RLMs on LongCoT (2026), a blog post: LongCoT-mini",
  rao: "RAO, arXiv 2605.06639, TextCraft-Synth: a 4B model trained for it, 8K window; as other pages quote it",
  dspy: "raw.works, LongCoT, a benchmark worthy of an RLM's attention (2026), a blog post: LongCoT-mini",
} as const;
export type SourceName = keyof typeof PUBLISHED_SOURCES;

const UNSAID: PublishedSetting = { tokens: null, range: null, n: null, documents: null, data: null };
const K = 1024;

/** The settings of the RLM paper. */
const PAPER: Readonly<Record<string, PublishedSetting>> = {
  "code-qa": { ...UNSAID, tokens: "23K–4.2M", range: [23_000, 4_200_000] },
  "browsecomp-plus": {
    ...UNSAID,
    tokens: "6M–11M",
    range: [6_000_000, 11_000_000],
    n: 150,
    documents: 1000,
  },
  oolong: { ...UNSAID, tokens: "131K", range: [128 * K, 128 * K], n: 50, data: "trec_coarse" },
  "oolong-pairs": { ...UNSAID, tokens: "32K", range: [32 * K, 32 * K], n: 20 },
};
/** The settings of the model card. */
const CARD: Readonly<Record<string, PublishedSetting>> = {
  "code-qa": { ...UNSAID, n: 50 },
  "browsecomp-plus": { ...UNSAID, n: 150, documents: 50 },
  oolong: { ...PAPER.oolong!, tokens: "132k" },
  "oolong-pairs": PAPER["oolong-pairs"]!,
};
const COT: Readonly<Record<string, PublishedSetting>> = { longcot: { ...UNSAID, n: 500 } };

/** One method, with its scores in the order of the environments of its settings; null for one that the source lacks. */
interface Row {
  readonly source: SourceName;
  readonly settings: Readonly<Record<string, PublishedSetting>>;
  readonly method: string;
  readonly policy: string | null;
  readonly scores: readonly number[];
  readonly dollars?: readonly (number | null)[];
}

const paper = { source: "rlm", settings: PAPER } as const;
const card = { source: "oasys", settings: CARD } as const;

const ROWS: readonly Row[] = [
  {
    ...paper,
    method: "base model",
    policy: "direct",
    scores: [24, 0, 44, 0.1],
    dollars: [0.13, null, 0.14, 0.16],
  },
  {
    ...paper,
    method: "CodeAct + BM25",
    policy: "bm25",
    scores: [22, 51, 38, 24.7],
    dollars: [0.06, 0.71, 0.61, 0.75],
  },
  {
    ...paper,
    method: "compaction",
    policy: "compaction",
    scores: [58, 70.5, 46, 0.1],
    dollars: [1.31, 0.57, 0.13, 0.13],
  },
  {
    ...paper,
    method: "RLM depth 0",
    policy: null,
    scores: [58, 88, 36, 43.9],
    dollars: [0.18, 0.44, 0.37, 0.69],
  },
  {
    ...paper,
    method: "RLM depth 1",
    policy: "rlm:1",
    scores: [62, 91.3, 56, 58],
    dollars: [0.11, 0.99, 0.43, 0.33],
  },
  {
    ...paper,
    method: "RLM depth 3",
    policy: null,
    scores: [58, 92, 58, 76],
    dollars: [0.15, 0.51, 0.51, 0.39],
  },
  { ...paper, method: "RLM depth 1, Qwen3-Coder-480B", policy: "rlm:1", scores: [56, 44.7, 48, 23.1] },
  { ...paper, method: "Qwen3-8B", policy: "direct", scores: [4, 0, 0, 0.1] },
  { ...paper, method: "RLM, Qwen3-8B", policy: "rlm:1", scores: [26, 2, 24, 4.3] },
  { ...paper, method: "RLM, Qwen3-8B trained for it", policy: "rlm:1", scores: [32, 14, 32, 5.2] },
  { ...card, method: "RLM, Qwen3-30B-A3B", policy: "rlm:1", scores: [22, 11.6, 33.8, 42.9] },
  { ...card, method: "RLM, Qwen3-30B-A3B told to plan", policy: "rlm:1", scores: [38, 18.7, 24, 41.2] },
  {
    ...card,
    method: "RLM, Qwen3-30B-A3B trained, told to plan",
    policy: "rlm:1",
    scores: [42, 29.7, 47.2, 45],
  },
  ...(
    [
      ["Codex, GPT-5", 71.75],
      ["RAH, Codex with GPT-5", 81.36],
      ["RAH, Sonnet 4.5", 89.77],
    ] as const
  ).map(([method, score]): Row => ({
    source: "rah",
    settings: { oolong: { ...UNSAID, tokens: "up to 4M", range: [0, 4096 * K], n: 199, data: "files" } },
    method,
    policy: null,
    scores: [score],
  })),
  ...(
    [
      ["RLM, Qwen3-Coder", 37.1],
      ["SRLM, Qwen3-Coder", 59.7],
    ] as const
  ).map(([method, score]): Row => ({
    source: "srlm",
    settings: { "browsecomp-plus": UNSAID },
    method,
    policy: null,
    scores: [score],
  })),
  ...Object.entries({ easy: 100, medium: 96, hard: 88 }).map(([data, score]): Row => ({
    source: "rao",
    settings: { craft: { ...UNSAID, data } },
    method: `RAO, 4B (${data})`,
    policy: "recursive",
    scores: [score],
  })),
  { source: "longcot", settings: COT, method: "GPT-5.2", policy: null, scores: [38.7] },
  { source: "longcot", settings: COT, method: "RLM, GPT-5.2", policy: null, scores: [65.6] },
  { source: "dspy", settings: COT, method: "Sonnet 4.5", policy: null, scores: [2.6], dollars: [31 / 500] },
  {
    source: "dspy",
    settings: COT,
    method: "dspy.RLM, Sonnet 4.5",
    policy: null,
    scores: [45.4],
    dollars: [621 / 500],
  },
];

/** The published scores of an environment's benchmark; empty if no source has any. */
export function publishedScores(environment: string): PublishedScore[] {
  return ROWS.flatMap(({ source, settings, method, policy, scores, dollars }) => {
    const column = Object.keys(settings).indexOf(environment);
    const setting = settings[environment];
    if (setting === undefined) return [];
    return {
      environment,
      method,
      policy,
      source,
      setting,
      score: scores[column]!,
      dollars: dollars?.[column] ?? null,
    };
  });
}

/** What was measured here on one kind of tasks. */
export interface MeasuredSetting {
  /** The tables' name of the tasks, such as `browsecomp-plus 1000 documents`. */
  readonly tasks: string;
  /** Tokens of each task's context. */
  readonly contextTokens: readonly number[];
}

/** How much shorter and longer contexts may be than the printed ones: models count tokens each in their own way. */
const [SHORTER, LONGER] = [0.75, 1.25];

/** In which respects what was measured differs from a published setting, as far as its source states it; empty if in none. */
export function differencesFrom(
  { tokens: printed, range, n, documents, data }: PublishedSetting,
  { tasks, contextTokens }: MeasuredSetting,
): string[] {
  const stated = /(\d+) documents\b/.exec(tasks)?.[1];
  const differs = {
    tokens:
      printed !== null &&
      range !== null &&
      contextTokens.some((tokens) => tokens < range[0] * SHORTER || tokens > range[1] * LONGER),
    n: n !== null && contextTokens.length !== n,
    documents: documents !== null && Number(stated) !== documents,
    data: data !== null && !tasks.split(/[ ,]/).includes(data),
  };
  return Object.entries(differs).flatMap(([respect, isOther]) => (isOther ? [respect] : []));
}
