/** What the strategies ask a sub-model about crafting, step by step, and how the simulated one finds the parts again. */

/** The first words of the prompt. */
export const STEP_MARK = "You craft items, one step at a time.";
/** What a helper may be asked for, in prompts of those who have helpers. */
export const HELPERS_MARK = "have N item";
/** Before the log of what was done so far. */
export const LOG_MARK = "Done so far, and what came of it:";
/** Before the inventory after a step. */
export const INVENTORY_MARK = "inventory: ";
/** Before what get_info said of an item. */
export const INFO_MARK = "info: ";
/** Before how many levels of helpers there still are, in a child's question. */
export const LEVELS_MARK = "Levels of helpers below you: ";
/** The step after the last one. */
export const DONE = "done";

/** The prompt without its goal and log. `helpers`: whether items can be left to others. */
export function stepInstruction(helpers: boolean): string {
  const help = helpers
    ? `\n${HELPERS_MARK}\n  leaves the making of an item that takes many steps to a helper`
    : "";
  return `${STEP_MARK} Reply with the next step alone, in one line:
look item, item
  tells the recipes of items
craft N item
  executes the recipe of an item until N more are there; its ingredients must be in the inventory${help}
${DONE}
  once everything is there, or if it cannot be made`;
}
