/** The layouts of data files that the gym reads, told by their columns. */

export interface Layout {
  readonly name: string;
  /** Columns that every file of this layout has. */
  readonly columns: readonly string[];
  /** The environment that plays it, and the option that names the file. */
  readonly environment: string;
  readonly option: string;
}

/** The more particular ones first. */
const LAYOUTS: readonly Layout[] = [
  {
    name: "OOLONG-Pairs over oolong-synth's windows",
    columns: ["context_window_text", "context_window_text_with_labels", "predicate", "question", "answer"],
    environment: "oolong-pairs",
    option: "file",
  },
  {
    name: "oolong-synth",
    columns: ["context_window_text", "context_window_text_with_labels", "question", "answer", "task_group"],
    environment: "oolong",
    option: "file",
  },
  {
    name: "oolong-real",
    columns: ["context_window_text", "question_type", "question", "answer"],
    environment: "oolong-real",
    option: "file",
  },
  {
    name: "LongBench-v2",
    columns: ["_id", "domain", "choice_A", "choice_D", "answer", "context"],
    environment: "code-qa",
    option: "file",
  },
  {
    name: "RULER",
    columns: ["input", "outputs", "length"],
    environment: "s-niah",
    option: "ruler",
  },
  {
    name: "BrowseComp, encrypted",
    columns: ["problem", "answer", "problem_topic", "canary"],
    environment: "browsecomp",
    option: "file",
  },
  {
    name: "BrowseComp-Plus",
    columns: ["query_id", "query", "answer", "gold_docs", "evidence_docs", "negative_docs"],
    environment: "browsecomp-plus",
    option: "file",
  },
  {
    name: "BrowseComp-Plus' corpus",
    columns: ["docid", "text", "url"],
    environment: "browsecomp-plus",
    option: "corpus",
  },
  { name: "labelled texts", columns: ["text", "label"], environment: "oolong", option: "source" },
];

/** The layout of a file with these columns; null where it is none that the gym knows. */
export function layoutOf(columns: readonly string[]): Layout | null {
  return LAYOUTS.find((layout) => layout.columns.every((column) => columns.includes(column))) ?? null;
}
