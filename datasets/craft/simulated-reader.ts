/**
 * How the simulated model chooses the next step of crafting: it plans over the recipes and the inventory that its prompt tells,
 * as far as it does not overlook them. What it overlooks it looks up again, so that a long log costs steps.
 */
import { z } from "zod";
import type { Finding, SliceReader } from "../../src/models/simulated/slice-reader.ts";
import { DONE, HELPERS_MARK, INFO_MARK, INVENTORY_MARK, LOG_MARK, STEP_MARK } from "./wording.ts";

/** Items of at least this depth are left to helpers, if they are not deeper than half of what is wanted. */
const HELPED_DEPTH = 3;
/** Items that are looked up in one step at most. */
const MOST_LOOKED_UP = 6;

const infoForm = z.object({
  item: z.string(),
  crafting_depth: z.number(),
  recipes: z.array(
    z.object({ ingredients: z.record(z.string(), z.number()), result_count: z.number().positive() }),
  ),
});
const inventoryForm = z.record(z.string(), z.number());

type Info = z.output<typeof infoForm>;
type Fact = { readonly info: Info } | { readonly inventory: Readonly<Record<string, number>> };

/** Reads prompts that ask for the next step of crafting. */
export const craftReader: SliceReader<Fact> = {
  name: "craft",
  read(prompt) {
    const start = prompt.indexOf(STEP_MARK);
    const log = prompt.indexOf(LOG_MARK);
    if (start === -1 || log === -1) return null;
    const targets = targetsIn(prompt.slice(start, log));
    if (targets === null) return null;
    const hasHelpers = prompt.slice(start, log).includes(`\n${HELPERS_MARK}\n`);
    return {
      findings: factsIn(prompt, log),
      answer: (facts) => nextStep(targets, facts, hasHelpers),
    };
  },
};

/** The items of a goal, such as `Craft the following items: 2x m0_i3`; null if there is none. */
export function targetsIn(text: string): Map<string, number> | null {
  const goal = /Craft the following items: (.+)/.exec(text)?.[1];
  if (goal === undefined) return null;
  return new Map([...goal.matchAll(/(\d+)x (\S+?)(?=,|\s|$)/g)].map(([, n, item]) => [item!, Number(n)]));
}

/** The facts of the log. Of inventories only the last one counts; of an item every telling is a chance to see it. */
function factsIn(prompt: string, log: number): Finding<Fact>[] {
  const found: Finding<Fact>[] = [];
  let last: Finding<Fact> | null = null;
  let at = log;
  for (const line of prompt.slice(log).split("\n")) {
    const position = at / prompt.length;
    at += line.length + 1;
    const info = line.startsWith(INFO_MARK) ? infoForm.safeParse(jsonOf(line.slice(INFO_MARK.length))) : null;
    if (info?.success) found.push({ position, value: { info: info.data } });
    const held = line.startsWith(INVENTORY_MARK)
      ? inventoryForm.safeParse(jsonOf(line.slice(INVENTORY_MARK.length)))
      : null;
    if (held?.success) last = { position, value: { inventory: held.data } };
  }
  return last ? [...found, last] : found;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Goes from the highest item down, as in a plan, since what is higher needs what is lower: looks up what is unknown, leaves the
 * highest item at half of the way down to a helper if there are helpers, and otherwise crafts the lowest item that is missing.
 */
function nextStep(targets: ReadonlyMap<string, number>, facts: readonly Fact[], hasHelpers: boolean): string {
  const infos = new Map(
    facts.flatMap((fact) => ("info" in fact ? [[fact.info.item, fact.info] as const] : [])),
  );
  const inventory = facts.flatMap((fact) => ("inventory" in fact ? [fact.inventory] : [])).at(-1);
  if (!inventory) return `look ${[...targets.keys()].slice(0, 1).join(", ")}`;
  const held = (item: string) => inventory[item] ?? 0;
  const needed = new Map(targets);
  const unknown: string[] = [];
  const half = Math.ceil(
    Math.max(...[...targets.keys()].map((item) => infos.get(item)?.crafting_depth ?? 0)) / 2,
  );
  const isHelped = (depth: number) => depth >= HELPED_DEPTH && depth <= Math.max(HELPED_DEPTH, half);
  let [left, lowest]: (string | null)[] = [null, null];
  for (;;) {
    const missing = [...needed].filter(([item, count]) => count > held(item));
    const [item, count] = missing.toSorted(([a], [b]) => depthOf(infos, b) - depthOf(infos, a))[0] ?? [];
    if (item === undefined || count === undefined) break;
    needed.delete(item);
    const info = infos.get(item);
    const recipe = info?.recipes[0];
    if (!info) unknown.push(item);
    if (!info || !recipe) continue;
    if (hasHelpers && !targets.has(item) && isHelped(info.crafting_depth)) {
      left ??= `have ${count} ${item}`;
      continue;
    }
    const crafts = Math.ceil((count - held(item)) / recipe.result_count);
    lowest = `craft ${crafts * recipe.result_count} ${item}`;
    for (const [name, each] of Object.entries(recipe.ingredients))
      needed.set(name, (needed.get(name) ?? 0) + each * crafts);
  }
  if (unknown.length > 0) return `look ${unknown.slice(0, MOST_LOOKED_UP).join(", ")}`;
  return left ?? lowest ?? DONE;
}

/** An item of which nothing is known may be anything, and comes first. */
function depthOf(infos: ReadonlyMap<string, Info>, item: string): number {
  return infos.get(item)?.crafting_depth ?? Infinity;
}
