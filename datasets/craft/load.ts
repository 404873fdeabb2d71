/** Reads the published tasks of TextCraft-Synth: JSON Lines of `goal`, `max_steps`, `misc` and `id`. */
import { z } from "zod";
import type { Dataset } from "../../src/data/dataset.ts";
import { DataError } from "../../src/errors.ts";
import { schemaProblem } from "../../src/files/schema-problem.ts";
import type { Problem } from "../../src/types.ts";
import { readRows } from "../rows/read-rows.ts";
import { idField, readEach, type Row, type RowOptions, textField } from "../rows/row.ts";
import type { RecipeBook } from "./recipes.ts";
import { PUBLISHED_RECIPES, recipesOf } from "./recipes.ts";
import { goalOf, problemOf } from "./task.ts";
import { TIER_NAMES } from "./tiers.ts";

/** Which files to read, and by which recipes they were made. */
export interface LoadCraftOptions extends Pick<RowOptions, "onBadRow"> {
  readonly files: readonly string[];
  /** Default: the published ones. */
  readonly recipes?: { readonly seed: number; readonly itemsPerTier: number };
}

const count = z.number().int().positive().refine(Number.isSafeInteger, "expected a whole number up to 2^53");
const counts = z.record(z.string().min(1), count);
const misc = z.looseObject({
  target_items: counts.refine((items) => Object.keys(items).length > 0, "expected at least one target"),
  initial_inventory: counts,
  gold_trajectory: z.array(
    z.looseObject({ target: z.tuple([z.string(), count]), ingredients: counts, result_count: count }),
  ),
  difficulty: z.enum(TIER_NAMES),
  max_depth: count,
});

/** The tasks in the order of the files. Throws `DataError` with file, row and column, also for an item that has no recipe. */
export function loadCraft({ files, onBadRow, recipes = PUBLISHED_RECIPES }: LoadCraftOptions): Dataset {
  return {
    name: "craft",
    size: undefined,
    async *[Symbol.asyncIterator]() {
      const book = recipesOf(recipes);
      const rows = readRows(files, onBadRow ? { onBadRow } : {});
      const read = (row: Row) => readTask(row, book, recipes);
      for await (const { problem } of readEach(rows, onBadRow, read)) yield problem;
    },
  };
}

function readTask(row: Row, book: RecipeBook, recipes: NonNullable<LoadCraftOptions["recipes"]>) {
  const id = idField(row, "id");
  const goal = textField(row, "goal");
  const parsed = misc.safeParse(row.fields.misc);
  if (!parsed.success)
    throw new DataError(`${row.origin}: column "misc": ${schemaProblem(parsed.error, "the whole")}`);
  const {
    target_items: targets,
    initial_inventory: inventory,
    gold_trajectory,
    difficulty,
    max_depth,
  } = parsed.data;
  for (const item of Object.keys(targets))
    if (!book.recipes.has(item))
      throw new DataError(
        `${row.origin}: column "misc": no recipe makes ${JSON.stringify(item)}; the recipes of seed ${recipes.seed} with ${recipes.itemsPerTier} items a tier are of other items`,
      );
  if (goal !== goalOf(targets))
    throw new DataError(
      `${row.origin}: column "goal": expected ${JSON.stringify(goalOf(targets))}, as in "misc"`,
    );
  const plan = gold_trajectory.map(({ target: [item], ingredients, result_count }) => ({
    item,
    ingredients,
    count: result_count,
  }));
  const problem: Problem = problemOf({ id, targets, inventory, plan, depth: max_depth, difficulty, recipes });
  return { id, problem };
}
