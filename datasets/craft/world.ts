/** The world of crafting: an inventory that the whole tree of episodes shares, and the three tools of TextCraft-Synth. */
import { z } from "zod";
import { defineWorld, worldTool, type World } from "../../src/episode/world/world.ts";
import type { Json, JsonObject } from "../../src/types.ts";
import { scaled } from "./plan.ts";
import { type RecipeBook, recipesOf } from "./recipes.ts";

/** The state: what is there, what is wanted, and by which recipes things are made. */
interface Workshop {
  inventory: Map<string, number>;
  readonly targets: ReadonlyMap<string, number>;
  readonly recipes: { readonly seed: number; readonly itemsPerTier: number };
}

const counts = z.record(z.string(), z.number());
const whole = z.number().int().positive();
const made = z.object({ seed: z.number().int().nonnegative(), itemsPerTier: whole });
const saved = z.object({ inventory: counts, targets: counts, recipes: made });

/** What a craft may name at most; the message of a failure lists all of it. */
const MOST_NAMED = 1000;

const craft = worldTool({
  description:
    'Crafts an item, such as craft({"m0_ore": 2}, ("m0_i1", 6)): `ingredients` is all that is taken, and `target` is the item with the number that comes out, a multiple of what the recipe gives. Returns what was crafted, or begins with "Error:".',
  parameters: z.object({
    ingredients: z.record(z.string(), z.json()),
    target: z.array(z.json()).max(2),
  }),
  run: (state: Workshop, { ingredients, target }) => crafted(state, ingredients, target),
});

const getInfo = worldTool({
  description:
    "Tells of each item whether it can be crafted, by which recipes, how deep they go, and how many of it there are.",
  parameters: z.object({ items: z.array(z.string()).max(MOST_NAMED) }),
  run: (state: Workshop, { items }) => items.map((item) => infoOf(state, item)),
});

const viewInventory = worldTool({
  description: "The inventory: how many there are of each item.",
  parameters: z.object({}),
  // Sorted, since a restored inventory must not show in which order things came into it.
  run: ({ inventory }: Workshop) =>
    Object.fromEntries([...inventory].toSorted(([a], [b]) => (a < b ? -1 : 1))),
});

/** The world of crafting. It scores 1 if an answer was given and every target is in the inventory, else 0, as published. */
export const craftWorld: World = defineWorld<Workshop>({
  name: "craft",
  create: ({ metadata }) => workshopOf(metadata),
  tools: { craft, get_info: getInfo, view_inventory: viewInventory },
  snapshot: ({ inventory, targets, recipes }) => ({
    inventory: Object.fromEntries(inventory),
    targets: Object.fromEntries(targets),
    recipes: { ...recipes },
  }),
  restore: (snapshot) => workshopOf(snapshot),
  score: ({ inventory, targets }, answer) =>
    Number(
      answer !== null && answer !== "" && [...targets].every(([item, n]) => (inventory.get(item) ?? 0) >= n),
    ),
});

function workshopOf(from: Json): Workshop {
  const { inventory, targets, recipes } = saved.parse(from);
  return {
    inventory: new Map(Object.entries(inventory)),
    targets: new Map(Object.entries(targets)),
    recipes,
  };
}

function infoOf({ inventory, recipes }: Workshop, item: string): JsonObject {
  const book: RecipeBook = recipesOf(recipes);
  const recipe = book.recipes.get(item);
  return {
    item,
    can_craft: recipe !== undefined,
    is_base: book.base.has(item),
    in_inventory: inventory.get(item) ?? 0,
    crafting_depth: book.depths.get(item) ?? 0,
    recipes: recipe ? [{ ingredients: { ...recipe.ingredients }, result_count: recipe.resultCount }] : [],
  };
}

/** Crafts, or says what is wrong in the order in which the published environment looks. */
function crafted(state: Workshop, given: Readonly<Record<string, Json>>, target: readonly Json[]): string {
  const [item, count, ...rest] = target;
  if (typeof item !== "string" || rest.length > 0 || target.length !== 2)
    return "Error: target must be a tuple of an item's name and a count";
  if (!isWhole(count)) return `Error: the target's count must be a whole number over 0, got ${shown(count)}`;
  if (Object.keys(given).length > MOST_NAMED) return "Error: too many ingredients";
  for (const [name, each] of Object.entries(given))
    if (!isWhole(each))
      return `Error: the count of ${name} must be a whole number over 0, got ${shown(each)}`;
  const recipe = recipesOf(state.recipes).recipes.get(item);
  if (!recipe) return `Error: No recipe found for ${item}`;
  if (count % recipe.resultCount !== 0)
    return `Error: the count ${count} of ${item} is not divisible by ${recipe.resultCount}, which one execution of its recipe gives`;
  const taken = scaled(recipe.ingredients, count / recipe.resultCount);
  for (const [name, needed] of Object.entries(taken)) {
    if (given[name] === undefined) return `Error: Missing ingredient ${name}: need ${needed}`;
    if (given[name] !== needed)
      return `Error: Wrong amount of ${name}: need ${needed}, got ${shown(given[name])}`;
  }
  const extra = Object.keys(given).filter((name) => taken[name] === undefined);
  if (extra.length > 0) return `Error: Ingredients that the recipe does not take: ${extra.join(", ")}`;
  const short = Object.entries(taken).filter(([name, needed]) => (state.inventory.get(name) ?? 0) < needed);
  if (short.length > 0)
    return `Error: Not enough in the inventory: ${short
      .map(([name, needed]) => `${name}: need ${needed}, have ${state.inventory.get(name) ?? 0}`)
      .join(", ")}`;
  for (const [name, needed] of Object.entries(taken)) {
    const left = state.inventory.get(name)! - needed;
    if (left > 0) state.inventory.set(name, left);
    else state.inventory.delete(name);
  }
  state.inventory.set(item, (state.inventory.get(item) ?? 0) + count);
  return `Successfully crafted ${count} ${item}`;
}

function isWhole(value: Json | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}

function shown(value: Json | undefined): string {
  return JSON.stringify(value ?? null).slice(0, 80);
}
