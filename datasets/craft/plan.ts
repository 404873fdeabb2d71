/** Plans of crafts: what must be crafted in which order, and how much of which base material that takes. */
import type { RecipeBook } from "./recipes.ts";

/** Counts by item. */
export type Counts = Readonly<Record<string, number>>;

/** One craft of a plan, in the form of the published `gold_trajectory`: all that it takes, and all that it gives. */
export interface PlannedCraft {
  readonly item: string;
  readonly ingredients: Counts;
  readonly count: number;
}

/**
 * The fewest crafts that lead from an inventory to the targets, from the lowest items to the highest; null if the inventory does
 * not suffice, or if an item has no recipe.
 */
export function planOf(book: RecipeBook, targets: Counts, inventory: Counts): PlannedCraft[] | null {
  const needed = new Map(Object.entries(targets));
  const depthOf = (item: string) => book.depths.get(item) ?? 0;
  const planned: PlannedCraft[] = [];
  // Ingredients are always lower than what they make, so that an item's need is known once all higher ones are planned.
  for (;;) {
    const missing = [...needed].filter(([item, count]) => count > (inventory[item] ?? 0));
    if (missing.length === 0) return planned.toReversed();
    const [item, count] = missing.reduce((high, one) => (depthOf(one[0]) > depthOf(high[0]) ? one : high));
    const recipe = book.recipes.get(item);
    if (!recipe) return null;
    const crafts = Math.ceil((count - (inventory[item] ?? 0)) / recipe.resultCount);
    const ingredients = scaled(recipe.ingredients, crafts);
    planned.push({ item, ingredients, count: crafts * recipe.resultCount });
    needed.delete(item);
    for (const [ingredient, taken] of Object.entries(ingredients))
      needed.set(ingredient, (needed.get(ingredient) ?? 0) + taken);
  }
}

/** Counts times a number. */
export function scaled(counts: Counts, factor: number): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).map(([item, count]) => [item, count * factor]));
}

/** The base materials that the published tasks provide: as if each craft gave one item alone, and so more than enough. */
export function baseMaterialsOf(book: RecipeBook, targets: Counts): Record<string, number> {
  const known = new Map<string, Counts>();
  const ofOne = (item: string): Counts => {
    const found = known.get(item);
    if (found) return found;
    const recipe = book.recipes.get(item);
    const counts = recipe ? sumOf(Object.entries(recipe.ingredients), ofOne) : { [item]: 1 };
    known.set(item, counts);
    return counts;
  };
  return sumOf(Object.entries(targets), ofOne);
}

function sumOf(
  items: readonly (readonly [string, number])[],
  ofOne: (item: string) => Counts,
): Record<string, number> {
  const total: Record<string, number> = {};
  for (const [item, count] of items)
    for (const [base, each] of Object.entries(ofOne(item))) total[base] = (total[base] ?? 0) + each * count;
  return total;
}
