/** Draws a world around a question, again and again until exactly one entity answers it. */
import { UsageError } from "../../src/errors.ts";
import type { Random } from "../../src/random.ts";
import { drawEntity, World } from "./entity.ts";
import { Names } from "./names.ts";
import { drawPattern, type Node, solve } from "./pattern.ts";
import { plant, type Planted, plantNearMisses } from "./plant.ts";
import type { Kind } from "./vocabulary.ts";

/** Documents that a question needs. */
const [MIN_EVIDENCE, MAX_EVIDENCE] = [2, 4];
/** Worlds to try before giving up. */
const ATTEMPTS = 100;
/** Near misses fill at most this share of the world. */
const NEAR_MISS_SHARE = 0.6;
/** The shares of the kinds among documents that have no part in the question. */
const SHARES: readonly (readonly [Kind, number])[] = [
  ["person", 0.4],
  ["work", 0.3],
  ["event", 0.2],
  ["place", 0.1],
];

export interface DrawnWorld {
  readonly world: World;
  readonly pattern: Node;
  readonly gold: Planted;
}

/**
 * A world in which exactly one entity fits the pattern. Its first `count` entities get documents; of the rest only the names
 * occur. `stream`: the random stream of an attempt.
 */
export function drawWorld(count: number, stream: (attempt: number) => Random): DrawnWorld {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const random = stream(attempt);
    const pattern = drawPattern(random.randint(MIN_EVIDENCE, MAX_EVIDENCE), random);
    const drawn = populate(pattern, count, random);
    if (solve(pattern, drawn.world).length === 1) return { ...drawn, pattern };
  }
  throw new UsageError(`browsecomp-like: no question over ${count} documents has a single answer`);
}

function populate(pattern: Node, count: number, random: Random): Pick<DrawnWorld, "world" | "gold"> {
  const world = new World();
  const names = new Names(random);
  const soil = { world, names, random };
  const gold = plant(pattern, soil);
  plantNearMisses(pattern, gold, Math.floor(count * NEAR_MISS_SHARE), soil);
  while (world.entities.length < count) world.add(drawEntity(drawKind(random), names, random));
  world.link(random, (kind) => drawEntity(kind, names, random));
  return { world, gold };
}

function drawKind(random: Random): Kind {
  let left = random.random();
  return (SHARES.find(([, share]) => (left -= share) < 0) ?? SHARES[0]!)[0];
}
