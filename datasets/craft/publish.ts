/** Writes tasks made here in the layout of TextCraft-Synth's files, which the loader reads. */
import type { JsonObject } from "../../src/types.ts";
import { craftTaskAt, type CraftOptions } from "./craft.ts";
import { recipesOf } from "./recipes.ts";
import { goalOf } from "./task.ts";
import { tierOf } from "./tiers.ts";

/** The steps that a published task allows. */
const MAX_STEPS = 75;

/** The first `count` tasks, with their plans as gold. */
export function* craftRows(options: CraftOptions, count: number): Generator<JsonObject> {
  const book = recipesOf(options.recipes);
  for (let index = 0; index < count; index += 1) {
    const { id, targets, inventory, plan, depth } = craftTaskAt(options, book, index);
    yield {
      goal: goalOf(targets),
      max_steps: MAX_STEPS,
      misc: {
        target_items: { ...targets },
        initial_inventory: { ...inventory },
        gold_trajectory: plan.map((craft) => ({
          action: "craft",
          target: [craft.item, craft.count / book.recipes.get(craft.item)!.resultCount],
          ingredients: { ...craft.ingredients },
          result_count: craft.count,
        })),
        difficulty: tierOf(depth),
        max_depth: depth,
        num_craft_steps: plan.length,
      },
      id,
    };
  }
}
