import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { craftTaskAt, craftTasks, type CraftOptions } from "../../../datasets/craft/craft.ts";
import { loadCraft } from "../../../datasets/craft/load.ts";
import { planOf } from "../../../datasets/craft/plan.ts";
import { craftRows } from "../../../datasets/craft/publish.ts";
import { MAX_DEPTH, PUBLISHED_RECIPES, recipesOf } from "../../../datasets/craft/recipes.ts";
import { craftWorld } from "../../../datasets/craft/world.ts";
import { checkWorld } from "../../../src/env/check-world.ts";
import { RunningWorld } from "../../../src/episode/world/running-world.ts";
import { problemAt } from "../../../src/data/dataset.ts";
import type { Json, Problem } from "../../../src/types.ts";

const folder = mkdtempSync(join(tmpdir(), "rlm-gym-craft-"));
afterAll(() => rmSync(folder, { recursive: true }));

const book = recipesOf(PUBLISHED_RECIPES);
const optionsOf = (least: number, most: number, seed = 0, targets = 1): CraftOptions => ({
  depths: { least, most },
  targets,
  recipes: PUBLISHED_RECIPES,
  seed,
});
const { signal } = new AbortController();

async function problemsIn(file: string): Promise<Problem[]> {
  const problems: Problem[] = [];
  for await (const problem of loadCraft({ files: [file] })) problems.push(problem);
  return problems;
}

function fileOf(name: string, rows: Iterable<unknown>): string {
  const file = join(folder, name);
  writeFileSync(file, [...rows].map((row) => JSON.stringify(row)).join("\n"));
  return file;
}

describe("recipes", () => {
  // The hashes are of what the published generator's draws are in CPython 3.11.
  it.each([
    [42, 25, 1402, "6f552f64e70abd6c6cc32c50e9b58baf6d939dab75127fb9d18c2a1a0605c0e6"],
    [7, 3, 107, "1fff98ded0bfd1063339f6c9622fdd78172177c9616b23d97da60c5e6a395231"],
  ])(
    "of seed %i with %i items a tier are those of the published generator",
    (seed, itemsPerTier, size, sha256) => {
      const { recipes } = recipesOf({ seed, itemsPerTier });
      const drawn = Object.fromEntries(
        [...recipes].map(([item, one]) => [item, [one.ingredients, one.resultCount]]),
      );
      expect(recipes.size).toBe(size);
      expect(createHash("sha256").update(JSON.stringify(drawn)).digest("hex")).toBe(sha256);
    },
  );

  it("take lower items alone, so that every plan ends", () => {
    for (const [item, { ingredients }] of book.recipes)
      for (const name of Object.keys(ingredients))
        expect(book.depths.get(name)!).toBeLessThan(book.depths.get(item)!);
  });
});

describe("tasks", () => {
  it("have a plan at every depth that leads to the targets, craft by craft", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: MAX_DEPTH }),
        fc.nat(),
        fc.integer({ min: 1, max: 3 }),
        async (depth, seed, targets) => {
          const { task, reference } = await problemAt(craftTasks(optionsOf(depth, depth, seed, targets)), 0);
          const world = RunningWorld.begin(craftWorld, task, 0);
          for (const { item, ingredients, count } of reference.metadata.plan as unknown as ReturnType<
            typeof planOf
          > &
            object) {
            const reply = await world.call(
              "craft",
              { ingredients: { ...ingredients }, target: [item, count] },
              signal,
            );
            expect(reply).toMatchObject({ result: expect.stringMatching(/^Successfully crafted/) as string });
          }
          const state = craftWorld.restore(world.snapshot);
          expect(craftWorld.score(state, "crafted", reference)).toBe(1);
          expect(craftWorld.score(state, null, reference)).toBe(0);
          expect(craftWorld.score(craftWorld.create(task, 0), "crafted", reference)).toBe(0);
        },
      ),
      { numRuns: 8 },
    );
  });

  it("depend on their options and index alone", () => {
    expect(craftTaskAt(optionsOf(4, 6), book, 3)).toEqual(craftTaskAt(optionsOf(4, 6), book, 3));
    expect(craftTaskAt(optionsOf(4, 6), book, 3).depth).toBe(4);
    expect(craftTaskAt(optionsOf(4, 6, 1), book, 3)).not.toEqual(craftTaskAt(optionsOf(4, 6), book, 3));
  });

  it("survive the way through the published layout", async () => {
    const file = fileOf("tasks.jsonl", craftRows(optionsOf(2, 12), 11));
    const read = await problemsIn(file);
    const made = await Promise.all(read.map((_, index) => problemAt(craftTasks(optionsOf(2, 12)), index)));
    expect(read).toEqual(made);
  });

  it("of a file name the row and the field that is wrong", async () => {
    const [row] = craftRows(optionsOf(2, 2), 1);
    const misc = row!.misc as { readonly [key: string]: Json };
    const wrong = (name: string, fields: object) => problemsIn(fileOf(name, [{ ...row, ...fields }]));
    await expect(wrong("a.jsonl", { misc: { ...misc, target_items: {} } })).rejects.toThrow(
      /a\.jsonl line 1: column "misc": .*target_items.*at least one target/,
    );
    await expect(
      wrong("b.jsonl", {
        goal: "Craft the following items: 1x tea",
        misc: { ...misc, target_items: { tea: 1 } },
      }),
    ).rejects.toThrow(/b\.jsonl line 1: column "misc": no recipe makes "tea"/);
    await expect(wrong("c.jsonl", { goal: "Craft a cup" })).rejects.toThrow(
      /c\.jsonl line 1: column "goal": expected/,
    );
  });
});

describe("the world of crafting", () => {
  const inventory = { raw_o0: 5, m0_ore: 4 };
  const [item, recipe] = [...book.recipes].find(([name]) => name === "m0_i1")!;
  const [ore, each] = Object.entries(recipe.ingredients)[0]!;
  const task = {
    ...(craftTaskAtDepth1().task as Problem["task"]),
    metadata: {
      targets: { [item]: 1 },
      inventory: { ...inventory, [ore]: 9 },
      recipes: { ...PUBLISHED_RECIPES },
    },
  };
  const craft = async (ingredients: Json, target: Json, world = RunningWorld.begin(craftWorld, task, 0)) => {
    const reply = await world.call("craft", { ingredients, target }, signal);
    return "result" in reply ? reply.result : reply.error;
  };

  it("passes the checks of worlds", async () => {
    const calls = [
      { tool: "craft", args: { ingredients: { [ore]: each }, target: [item, recipe.resultCount] } },
      { tool: "view_inventory", args: {} },
      { tool: "get_info", args: { items: [item, "nothing"] } },
      { tool: "craft", args: { ingredients: {}, target: ["nothing", 1] } },
    ];
    await checkWorld(craftWorld, { task, reference: { taskId: "t", answers: [], metadata: {} } }, 0, calls);
  });

  it.each<[string, Json, Json, RegExp]>([
    ["a target that is not a pair", {}, ["m0_i1"], /^Error: target must be a tuple/],
    ["a count that is not positive", {}, ["m0_i1", 0], /^Error: the target's count must be/],
    ["a count that is not a number", {}, ["m0_i1", "2"], /^Error: the target's count must be/],
    ["an item without a recipe", {}, ["m0_ore", 1], /^Error: No recipe found for m0_ore/],
    [
      "a count that the recipe does not divide",
      { [ore]: each },
      ["m0_i1", recipe.resultCount * 2 - 1],
      /is not divisible by/,
    ],
    ["a missing ingredient", {}, ["m0_i1", recipe.resultCount], /^Error: Missing ingredient/],
    ["a wrong amount", { [ore]: each + 1 }, ["m0_i1", recipe.resultCount], /^Error: Wrong amount of/],
    [
      "an extra ingredient",
      { [ore]: each, raw_o0: 1 },
      ["m0_i1", recipe.resultCount],
      /does not take: raw_o0/,
    ],
    [
      "more than there is",
      { [ore]: each * 100 },
      ["m0_i1", recipe.resultCount * 100],
      /^Error: Not enough in the inventory/,
    ],
  ])("refuses %s", async (_, ingredients, target, message) => {
    expect(await craft(ingredients, target)).toMatch(message);
  });

  it("takes the ingredients and gives the item", async () => {
    const world = RunningWorld.begin(craftWorld, task, 0);
    expect(await craft({ [ore]: each }, [item, recipe.resultCount], world)).toBe(
      `Successfully crafted ${recipe.resultCount} ${item}`,
    );
    const view = await world.call("view_inventory", {}, signal);
    expect(view).toMatchObject({ result: { [item]: recipe.resultCount, [ore]: 9 - each } });
  });
});

function craftTaskAtDepth1() {
  return { task: { id: "t", dataset: "craft", question: "?", context: "c", contextTokens: 1 } };
}
