/** Rows as the run's page holds them. */
import type { PageRow } from "../src/view/page-shapes.ts";

/** A row with its number in the run. */
export interface NumberedRow extends PageRow {
  readonly number: number;
}
