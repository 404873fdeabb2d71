/** Tasks of crafting made here, in the form of TextCraft-Synth: a target at a depth, and base materials that suffice for it. */
import { type Dataset, generated } from "../../src/data/dataset.ts";
import { Random } from "../../src/random.ts";
import { baseMaterialsOf, planOf } from "./plan.ts";
import { type RecipeBook, recipesOf } from "./recipes.ts";
import { type CraftTask, problemOf } from "./task.ts";
import { tierOf, TIERS } from "./tiers.ts";

/** Which tasks to make. */
export interface CraftOptions {
  /** The depths of the targets, both ends included; a target of each is drawn in turn. */
  readonly depths: { readonly least: number; readonly most: number };
  /** Different targets of one task. */
  readonly targets: number;
  readonly recipes: { readonly seed: number; readonly itemsPerTier: number };
  readonly seed: number;
}

/** An endless dataset; the task at an index depends on the options and the index only. */
export function craftTasks(options: CraftOptions): Dataset {
  const book = recipesOf(options.recipes);
  return generated("craft", (index) => problemOf(craftTaskAt(options, book, index)));
}

/** The task at an index. */
export function craftTaskAt(options: CraftOptions, book: RecipeBook, index: number): CraftTask {
  const { depths, seed, recipes } = options;
  const random = Random.of(seed, "craft", depths.least, depths.most, options.targets, index);
  const depth = depths.least + (index % (depths.most - depths.least + 1));
  const items = random.sample(book.byDepth[depth]!, Math.min(options.targets, book.byDepth[depth]!.length));
  const targets = Object.fromEntries(
    items.map((item) => [item, random.randint(1, TIERS[tierOf(depth)].mostCount)]),
  );
  const inventory: Record<string, number> = {};
  for (const [item, count] of Object.entries(baseMaterialsOf(book, targets)))
    inventory[item] = count + random.randint(0, Math.max(1, Math.floor(count / 2)));
  // Materials that nothing needs.
  const base = [...book.base];
  for (let extra = random.randint(1, 3); extra > 0; extra -= 1) {
    const item = random.choice(base);
    inventory[item] ??= random.randint(1, 5);
  }
  const plan = planOf(book, targets, inventory);
  if (plan === null) throw new RangeError(`craft: the materials of task ${index} do not suffice`);
  const id = `craft-${depths.least}-${depths.most}-${options.targets}-${recipes.seed}x${recipes.itemsPerTier}-${seed}-${index}`;
  return { id, targets, inventory, plan, depth, recipes };
}
