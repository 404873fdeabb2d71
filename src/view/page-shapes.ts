/** What the page is sent: the shapes that the server, a written file and the browser share. */
import type { DepthRow } from "../runs/index-row.ts";
import type { AuditTrail } from "./audit-shapes.ts";
import type { EpisodeView } from "./episode-view.ts";

/** A run that the page can show. */
export interface PageRun {
  readonly name: string;
  readonly state: string;
  readonly planned: number;
  readonly ended: number;
  /** What is wrong with its file of records. */
  readonly problems: readonly string[];
  /** Set in a written file that does not hold every episode whole: how many it holds. */
  readonly whole?: number;
}

/** A row of the table; its number is its position. */
export interface PageRow {
  readonly rolloutId: string;
  readonly groupId: string;
  readonly environment: string;
  readonly policy: string;
  readonly taskId: string;
  readonly seed: number;
  readonly ended: string;
  readonly score: number | null;
  readonly reward: number | null;
  readonly turns: number;
  readonly calls: number;
  readonly tokens: number;
  readonly nanoDollars: number | null;
  readonly contextTokens: number;
  readonly coverage: number | null;
  readonly seconds: number;
  readonly simulated: boolean;
  readonly readsGold: boolean;
  readonly encrypted: boolean;
  readonly text: string;
  readonly from: string | null;
  readonly depths: readonly DepthRow[];
}

/** Rows from a number on. */
export interface PageRows {
  readonly run: PageRun;
  readonly rows: readonly PageRow[];
}

/** An episode with what stands around it in its run. */
export interface PageEpisode {
  readonly row: number;
  readonly episode: EpisodeView;
  /** In its group by GRPO's estimator; null for faults. */
  readonly advantage: number | null;
  /** Numbers of the rows of its group, itself included. */
  readonly group: readonly number[];
  /** What it was branched from; null where it was not, or that is in none of the runs. */
  readonly origin: { readonly run: number; readonly row: number } | null;
  /** Set where texts are hidden because the set is encrypted. */
  readonly hidden: boolean;
  /** The command that runs the record again and compares. */
  readonly replayCommand: string;
}

/** A stretch that was printed, or that sub-models saw, in a turn from 0. */
export interface CoveredRange {
  readonly start: number;
  readonly end: number;
  readonly turn: number;
  readonly kind: "printed" | "asked";
}

/** What of a context was read, and when. */
export interface PageCoverage {
  /** Of the whole, in `unit`s. */
  readonly length: number;
  readonly unit: "characters" | "bytes";
  readonly ranges: readonly CoveredRange[];
  /** Why it is not known; null where it is. */
  readonly problem: string | null;
}

/** A piece of a context. */
export interface PagePiece {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A task's gold, once it was asked for. */
export interface PageGold {
  readonly answers: readonly string[] | null;
}

/** An episode in a written file. */
export interface WrittenEpisode {
  readonly episode: PageEpisode;
  readonly coverage: PageCoverage;
  readonly audit: AuditTrail | null;
  readonly pieces: readonly PagePiece[];
  readonly gold: PageGold;
}

/** Everything that a written file holds. */
export interface WrittenPage {
  readonly runs: readonly PageRows[];
  /** By the number of the run and of the row, such as `0/12`. */
  readonly episodes: { readonly [key: string]: WrittenEpisode };
}
