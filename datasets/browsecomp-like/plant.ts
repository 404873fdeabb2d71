/** Puts the answer of a question into a world, and entities that satisfy all of the question except one thing. */
import type { Random } from "../../src/random.ts";
import { drawEntity, drawValue, type Entity, type World } from "./entity.ts";
import type { Names } from "./names.ts";
import { decadeOf, type Node, nodesOf, type Test } from "./pattern.ts";
import type { Trait } from "./vocabulary.ts";

/** The entity that stands for each node of a pattern. */
export type Planted = ReadonlyMap<Node, Entity>;

interface Soil {
  readonly world: World;
  readonly names: Names;
  readonly random: Random;
}

/** How often a near miss shares with the gold what it can. */
const SHARED = 0.5;
/** The most near misses of one kind. */
const ROUNDS = 3;

/** Adds entities that fit the whole pattern. */
export function plant(pattern: Node, soil: Soil): Planted {
  return plantNode(pattern, null, new Map(), soil);
}

/** Adds near misses, evenly over what they miss, while the world has fewer than `most` entities. */
export function plantNearMisses(pattern: Node, gold: Planted, most: number, soil: Soil): void {
  const asked = soil.random.shuffle(nodesOf(pattern).flatMap(({ tests }) => tests));
  for (let round = 0; round < ROUNDS; round += 1)
    for (const wrong of asked) if (soil.world.entities.length < most) plantNode(pattern, wrong, gold, soil);
}

/** Adds the entities of a pattern, with one test failing; parts that the test does not touch may be the gold's. */
function plantNode(node: Node, wrong: Test | null, gold: Planted, soil: Soil): Planted {
  const { world, names, random } = soil;
  const traits = node.tests.map((test) => [test.trait, drawFor(test, test === wrong, random)] as const);
  const entity = world.add(
    drawEntity(node.kind, names, random, Object.fromEntries(traits) as Partial<Record<Trait, number>>),
  );
  const planted = new Map([[node, entity]]);
  for (const { link, names: isNamed, node: child } of node.edges) {
    const same = gold.get(child);
    const isTouched = nodesOf(child).some(({ tests }) => tests.includes(wrong as Test));
    if (isNamed && same && !isTouched && random.random() < SHARED) {
      entity.links[link] = same;
      continue;
    }
    const below = plantNode(child, wrong, gold, soil);
    const other = below.get(child)!;
    if (isNamed) entity.links[link] = other;
    else other.links[link] = entity;
    for (const [each, one] of below) planted.set(each, one);
  }
  return planted;
}

/** A value that passes the test, or one that fails it. */
function drawFor({ trait, value }: Test, fails: boolean, random: Random): number {
  if (!fails) return trait === "year" ? value + random.below(10) : value;
  for (;;) {
    const other = drawValue(trait, random);
    if (decadeOf(trait, other) !== value) return other;
  }
}
