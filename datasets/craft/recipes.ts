/**
 * The recipes of TextCraft-Synth (Recursive Agent Optimization, arXiv 2605.06639; github.com/ApGa/platoon, plugins/textcraft): five
 * domains of materials in thirteen tiers, drawn by CPython's generator. The published tasks name items but no recipes, so that
 * these must be the same, draw by draw.
 */
import { Random } from "../../src/random.ts";

/** How an item is made: what one execution takes, and how many it gives. */
export interface Recipe {
  readonly ingredients: Readonly<Record<string, number>>;
  readonly resultCount: number;
}

/** All recipes of one seed. */
export interface RecipeBook {
  /** By the item that they make. Every item that can be crafted has one. */
  readonly recipes: ReadonlyMap<string, Recipe>;
  readonly base: ReadonlySet<string>;
  /** How many crafts an item is away from base materials at most; 0 for those. */
  readonly depths: ReadonlyMap<string, number>;
  /** The items by depth, from 0. */
  readonly byDepth: readonly (readonly string[])[];
}

/** The seed and the size of the published recipes. */
export const PUBLISHED_RECIPES = { seed: 42, itemsPerTier: 25 } as const;

/** The greatest depth of an item. */
export const MAX_DEPTH = 12;

/** The letters of the domains: metal, crystal, organic, arcane, tech. */
const DOMAINS = ["m", "c", "o", "a", "t"] as const;
type Domain = (typeof DOMAINS)[number];
const PREFIXES = 10;

/** Of the tiers from 1: how many ingredients at least, and the bounds of how many items come out. */
const TIERS: readonly (readonly [ingredients: number, least: number, most: number])[] = [
  [1, 2, 4],
  [2, 2, 3],
  [2, 1, 2],
  [2, 1, 2],
  [2, 1, 2],
  [2, 1, 1],
  [2, 1, 1],
  [3, 1, 1],
  [3, 1, 1],
  [3, 1, 1],
  [3, 1, 1],
  [4, 1, 1],
];
const MOST_INGREDIENTS = 6;

/** Items that combine domains, by name, which begins with the tier. */
const CROSS_DOMAIN: readonly (readonly [name: string, tier: number, domains: string])[] = [
  ["x10_mc", 10, "mc"],
  ["x10_ot", 10, "ot"],
  ["x10_am", 10, "am"],
  ["x10_ct", 10, "ct"],
  ["x11_mct", 11, "mct"],
  ["x11_oam", 11, "oam"],
  ["x11_act", 11, "act"],
  ["x11_tca", 11, "tca"],
  ["x12_mcat", 12, "mcat"],
  ["x12_oacm", 12, "oacm"],
  ["x12_tcoa", 12, "tcoa"],
  ["x12_all", 12, "mcoat"],
];

const drawn = new Map<string, RecipeBook>();

/** The recipes of a seed. They are drawn once. */
export function recipesOf({
  seed,
  itemsPerTier,
}: {
  readonly seed: number;
  readonly itemsPerTier: number;
}): RecipeBook {
  const key = `${seed}/${itemsPerTier}`;
  const known = drawn.get(key) ?? new Drawing(seed).all(itemsPerTier);
  drawn.set(key, known);
  return known;
}

class Drawing {
  readonly #random: Random;
  readonly #recipes = new Map<string, Recipe>();
  readonly #base = new Set<string>();
  readonly #depths = new Map<string, number>();
  readonly #byDepth: string[][] = Array.from({ length: MAX_DEPTH + 1 }, () => []);
  /** Base materials stand here as often as they were named, which makes them as much likelier to be drawn. */
  readonly #byDomain = new Map<Domain, string[][]>();

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  all(itemsPerTier: number): RecipeBook {
    for (const domain of DOMAINS) this.#drawDomain(domain, itemsPerTier);
    for (const [name, tier, domains] of CROSS_DOMAIN) this.#drawAcross(name, tier, domains);
    return { recipes: this.#recipes, base: this.#base, depths: this.#depths, byDepth: this.#byDepth };
  }

  #drawDomain(domain: Domain, itemsPerTier: number): void {
    const own: string[][] = Array.from({ length: MAX_DEPTH + 1 }, () => []);
    this.#byDomain.set(domain, own);
    for (let i = 0; i < itemsPerTier; i += 1) {
      const prefix = `${domain}${i % PREFIXES}`;
      const name = domain === "m" || domain === "c" ? `${prefix}_ore` : `raw_${prefix}`;
      this.#base.add(name);
      this.#depths.set(name, 0);
      this.#byDepth[0]!.push(name);
      own[0]!.push(name);
    }
    for (const [index, rule] of TIERS.entries()) {
      const tier = index + 1;
      const items = Math.max(1, itemsPerTier - Math.floor(tier / 3));
      for (let i = 0; i < items; i += 1) {
        const plain = `${domain}${i % PREFIXES}_i${tier}${tier >= 6 ? `_${tier}` : ""}`;
        const name = this.#depths.has(plain) ? `${plain}_${i}` : plain;
        const recipe = this.#drawRecipe(tier, own, rule);
        if (recipe === null) continue;
        this.#add(name, tier, recipe);
        own[tier]!.push(name);
      }
    }
  }

  #add(name: string, tier: number, recipe: Recipe): void {
    if (!this.#recipes.has(name)) this.#recipes.set(name, recipe);
    this.#depths.set(name, tier);
    this.#byDepth[tier]!.push(name);
  }

  #drawRecipe(
    tier: number,
    own: readonly string[][],
    [least, low, high]: (typeof TIERS)[number],
  ): Recipe | null {
    const random = this.#random;
    const possible: { readonly item: string; readonly weight: number }[] = [];
    for (let t = Math.max(0, tier - 2); t < tier; t += 1)
      for (const item of own[t]!) possible.push({ item, weight: 1 / (tier - t + 1) });
    if (tier >= 4) {
      const from = Math.max(0, tier - 4);
      const across = from + random.below(tier - 2 - from);
      if (own[across]!.length > 0)
        possible.push({ item: random.choice(own[across]!), weight: 1 / (tier - across + 1) });
    }
    if (possible.length === 0) return null;
    const wanted = least + random.randint(0, Math.min(2, Math.floor(tier / 3)));
    const selected: string[] = [];
    for (let n = Math.min(wanted, possible.length, MOST_INGREDIENTS); n > 0; n -= 1) {
      const limit = random.random() * possible.reduce((sum, { weight }) => sum + weight, 0);
      let passed = 0;
      const at = possible.findIndex(({ weight }) => (passed += weight) >= limit);
      if (at === -1) continue;
      selected.push(possible[at]!.item);
      possible.splice(at, 1);
    }
    const ingredients: Record<string, number> = {};
    for (const item of selected) ingredients[item] = random.randint(1, tier <= 4 ? 2 : 1);
    return { ingredients, resultCount: random.randint(low, high) };
  }

  #drawAcross(name: string, tier: number, domains: string): void {
    const ingredients: Record<string, number> = {};
    for (const domain of domains) {
      const own = this.#byDomain.get(domain as Domain)!;
      const tiers = [tier - 3, tier - 2, tier - 1].filter((t) => t >= 1 && own[t]!.length > 0);
      if (tiers.length === 0) continue;
      const item = this.#random.choice(own[tiers[0]!]!);
      ingredients[item] = this.#random.randint(1, 2);
    }
    if (Object.keys(ingredients).length >= 2) this.#add(name, tier, { ingredients, resultCount: 1 });
  }
}
