/** Published scores of other systems, shown beside what is measured here and never mixed with it. */

/** One method's score on one benchmark, as printed. */
export interface PublishedScore {
  /** The environment of the score's benchmark. */
  readonly environment: string;
  readonly method: string;
  /** The closest policy here; null if there is none. */
  readonly policy: string | null;
  /** Tokens of the contexts, as printed. */
  readonly tokens: string;
  /** From 0 to 100. */
  readonly score: number;
  /** Mean dollars per question; null if the source gives none. */
  readonly dollars: number | null;
}

/** The source of the scores: authors, title, and the version that was read. */
export const PUBLISHED_SOURCE =
  "Zhang, Kraska, Khattab, Recursive Language Models, arXiv 2512.24601 v3 (May 2026): GPT-5 with GPT-5-mini sub-calls";

/** The environments of the columns, and the tokens of their contexts. */
const COLUMNS = [
  ["code-qa", "23K–4.2M"],
  ["browsecomp-plus", "6M–11M"],
  ["oolong", "131K"],
  ["oolong-pairs", "32K"],
] as const;

const ROWS = [
  { method: "base model", policy: "direct", scores: [24, 0, 44, 0.1], dollars: [0.13, null, 0.14, 0.16] },
  { method: "CodeAct + BM25", policy: "bm25", scores: [22, 51, 38, 24.7], dollars: [0.06, 0.71, 0.61, 0.75] },
  {
    method: "compaction",
    policy: "compaction",
    scores: [58, 70.5, 46, 0.1],
    dollars: [1.31, 0.57, 0.13, 0.13],
  },
  { method: "RLM depth 0", policy: null, scores: [58, 88, 36, 43.9], dollars: [0.18, 0.44, 0.37, 0.69] },
  { method: "RLM depth 1", policy: "rlm:1", scores: [62, 91.3, 56, 58], dollars: [0.11, 0.99, 0.43, 0.33] },
  { method: "RLM depth 3", policy: null, scores: [58, 92, 58, 76], dollars: [0.15, 0.51, 0.51, 0.39] },
];

/** The published scores of an environment's benchmark; empty if the source has none. */
export function publishedScores(environment: string): PublishedScore[] {
  const column = COLUMNS.findIndex(([name]) => name === environment);
  const [, tokens = ""] = COLUMNS[column] ?? [];
  if (column === -1) return [];
  return ROWS.map(({ method, policy, scores, dollars }) => ({
    environment,
    method,
    policy,
    tokens,
    score: scores[column]!,
    dollars: dollars[column] ?? null,
  }));
}
