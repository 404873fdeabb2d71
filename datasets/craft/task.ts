/** Tasks of crafting as problems: what the policy is told, what its world is made of, and the gold plan. */
import { createHash } from "node:crypto";
import { countTokens } from "../../src/cost/tokens.ts";
import type { JsonObject, Problem } from "../../src/types.ts";
import type { Counts, PlannedCraft } from "./plan.ts";
import { tierOf } from "./tiers.ts";

/** A task of crafting, made here or read from a file. */
export interface CraftTask {
  readonly id: string;
  readonly targets: Counts;
  readonly inventory: Counts;
  readonly plan: readonly PlannedCraft[];
  readonly depth: number;
  /** The tier; without it, the one of the depth. */
  readonly difficulty?: string;
  readonly recipes: { readonly seed: number; readonly itemsPerTier: number };
}

const QUESTION = `Craft the items that the context names. Ask get_info(items) for recipes, and craft(ingredients, target) with all that a recipe takes and all that it gives, such as craft({"m0_ore": 2}, ("m0_i1", 6)) for two executions of a recipe of one ore for three items. What you have is in view_inventory(). Once you have every target, answer with a word that says so.`;

/** The published wording of a goal, which a child gets, too. */
export function goalOf(targets: Counts): string {
  const items = Object.entries(targets).map(([item, count]) => `${count}x ${item}`);
  return `Craft the following items: ${items.join(", ")}`;
}

/** The problem of a task. Its gold is the plan, which only the oracle reads: the score is of the world. */
export function problemOf(task: CraftTask): Problem {
  const { id, targets, inventory, plan, depth, recipes } = task;
  const context = `${goalOf(targets)}\nYou begin with: ${goalOf(inventory).slice(goalOf({}).length)}`;
  return {
    task: {
      id,
      dataset: "craft",
      question: QUESTION,
      context,
      contextTokens: countTokens(context),
      metadata: {
        difficulty: task.difficulty ?? tierOf(depth),
        depth,
        targets: { ...targets },
        inventory: { ...inventory },
        recipes: { ...recipes },
        contextGroup: createHash("sha256").update(JSON.stringify(targets)).digest("hex"),
      },
    },
    reference: {
      taskId: id,
      answers: ["crafted"],
      metadata: {
        plan: plan.map((craft): JsonObject => ({ ...craft, ingredients: { ...craft.ingredients } })),
      },
    },
  };
}
