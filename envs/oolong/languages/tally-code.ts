/** What code counts of OOLONG's lines in each language. */

/** Which lines are counted, and by what. Days are YYYY-MM-DD. */
export interface Tally {
  readonly by: "label" | "user" | "date" | "month and label" | "side and label" | "user and label";
  readonly users?: readonly string[];
  /** Two digits. */
  readonly month?: string;
  readonly between?: readonly [string, string];
  readonly label?: string;
  /** The day that parts the sides `before` and `after`. */
  readonly limit?: string;
  /** How many counts are printed, from the largest on; those that are equal in the order of their first lines. */
  readonly most: number;
  /** Print of each count how many have it, in the place of the counts. */
  readonly ofCounts?: boolean;
}

/** Code that prints counts, one a line, as `[key]=count`; a key of two parts as `[first][second]=count`. */
export type TallyCode = (tally: Tally, source: "replies" | "context") => string;
