/** The environment of crafting, in the form of TextCraft-Synth: a world with an inventory, and targets many crafts away. */
import { z } from "zod";
import { craftTasks } from "../../datasets/craft/craft.ts";
import { loadCraft } from "../../datasets/craft/load.ts";
import { MAX_DEPTH, PUBLISHED_RECIPES } from "../../datasets/craft/recipes.ts";
import { craftReader } from "../../datasets/craft/simulated-reader.ts";
import { TIER_NAMES, TIERS } from "../../datasets/craft/tiers.ts";
import { craftWorld } from "../../datasets/craft/world.ts";
import { type Dataset, filter } from "../../src/data/dataset.ts";
import { defineEnvironment, type Strategies } from "../../src/env/define.ts";
import { UsageError } from "../../src/errors.ts";
import { randomPeeks } from "../../src/policies/strategies/random.ts";
import type { Potential } from "../../src/rewards/potential.ts";
import type { Reference } from "../../src/types.ts";
import {
  arrange,
  fileOptions,
  fileSource,
  partOptions,
  refuseWithFile,
  refuseWithoutFile,
  shuffleOption,
} from "../arrange.ts";
import { flat, planInCode, recursive } from "./strategies.ts";

const options = z.object({
  tier: z
    .enum(TIER_NAMES)
    .optional()
    .describe("how deep the targets are: easy 2-3, medium 4-6, hard 7-9, extreme 10-12 (default: easy)"),
  depth: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_DEPTH)
    .optional()
    .describe("one depth of all targets instead of a tier, from 1 to 12"),
  targets: z.coerce
    .number()
    .int()
    .min(1)
    .max(10)
    .optional()
    .describe("different targets of a task (default: 1)"),
  "recipe-seed": z.coerce
    .number()
    .int()
    .nonnegative()
    .default(PUBLISHED_RECIPES.seed)
    .describe("seed of the recipes"),
  "recipe-items": z.coerce
    .number()
    .int()
    .min(3)
    .max(200)
    .default(PUBLISHED_RECIPES.itemsPerTier)
    .describe("items of each kind in a tier of the recipes"),
  file: z.string().optional().describe("files of TextCraft-Synth, instead of tasks made here"),
  ...fileOptions,
  ...shuffleOption,
  ...partOptions,
});

const STRATEGIES = {
  solve: () => planInCode(),
  flat: () => flat(),
  recursive: () => recursive(),
  random: () => randomPeeks(),
} satisfies Strategies;

/** The items of a gold plan. */
function planIn({
  metadata,
}: Reference): readonly { item: string; ingredients: Record<string, number>; count: number }[] {
  return (metadata.plan ?? []) as unknown as ReturnType<typeof planIn>;
}

/** The share of the gold plan's items that have been crafted, by the episode or by a child. */
const craftedShare: Potential = (state, reference) => {
  if (!reference) return 0;
  const items = new Set(planIn(reference).map(({ item }) => item));
  const crafted = (episode: Pick<typeof state, "toolCalls" | "children">): string[] => [
    ...episode.toolCalls.flatMap(({ name, args, result }) => {
      const item = (args as { target?: readonly unknown[] }).target?.[0];
      const isMade = name === "craft" && typeof result === "string" && !result.startsWith("Error:");
      return isMade && typeof item === "string" ? [item] : [];
    }),
    ...episode.children.flatMap(crafted),
  ];
  const own = new Set(crafted(state).filter((item) => items.has(item)));
  return items.size === 0 ? 0 : own.size / items.size;
};

export const craft = defineEnvironment({
  name: "craft",
  summary:
    "craft items over a shared inventory by recipes up to twelve deep: TextCraft-Synth, made or from its files",
  options,
  strategies: STRATEGIES,
  progress: craftedShare,
  layouts: [{ name: "TextCraft-Synth", columns: ["goal", "max_steps", "misc"], option: "file" }],
  open: (given, seed) => {
    const badRows = new Set<string>();
    const { file, tier, depth } = given;
    if (tier !== undefined && depth !== undefined)
      throw new UsageError("craft: options tier and depth exclude each other");
    const problems = file === undefined ? made(given, seed) : read({ ...given, file }, badRows);
    return Promise.resolve({
      problems: arrange(problems, given),
      world: craftWorld,
      oracle: (reference) => ({ code: planInPython(reference) }),
      readers: [craftReader],
      badRows,
      limits: { maxTurns: 20, maxTokens: 2_000_000 },
      label: [
        "craft",
        depth === undefined ? (tier ?? (file === undefined ? "easy" : "files")) : `depth ${depth}`,
      ].join(" "),
    });
  },
});

type Options = z.output<typeof options>;

function made(given: Options, seed: number): Dataset {
  refuseWithoutFile("craft", given);
  const { tier = "easy", depth, targets = 1 } = given;
  const { leastDepth, mostDepth } = TIERS[tier];
  const depths = depth === undefined ? { least: leastDepth, most: mostDepth } : { least: depth, most: depth };
  return craftTasks({ depths, targets, recipes: recipesIn(given), seed });
}

function read(given: Options & { readonly file: string }, badRows: Set<string>): Dataset {
  refuseWithFile("craft", given, ["targets"]);
  const { tier, depth } = given;
  const tasks = loadCraft({ ...fileSource(given, badRows), recipes: recipesIn(given) });
  return filter(
    tasks,
    ({ task: { metadata } }) =>
      (tier === undefined || metadata.difficulty === tier) &&
      (depth === undefined || metadata.depth === depth),
  );
}

function recipesIn(given: Options) {
  return { seed: given["recipe-seed"], itemsPerTier: given["recipe-items"] };
}

/** The gold plan as code, with the answer. */
function planInPython(reference: Reference): string {
  const steps = planIn(reference).map(
    ({ item, ingredients, count }) =>
      `print(craft(${JSON.stringify(ingredients)}, (${JSON.stringify(item)}, ${count})))`,
  );
  return [...steps, 'FINAL("crafted")'].join("\n");
}
