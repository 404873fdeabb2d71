/** The parts of the invented world: people, works, towns and events that name each other. */
import type { Random } from "../../src/random.ts";
import type { Names } from "./names.ts";
import {
  FIRST_YEAR,
  type Kind,
  LAST_YEAR,
  type Link,
  LINKS,
  linksOf,
  TRAITS,
  type Trait,
  VALUES,
} from "./vocabulary.ts";

export interface Entity {
  readonly kind: Kind;
  readonly name: string;
  /** A year, or the index of one of `VALUES`. */
  readonly traits: Readonly<Partial<Record<Trait, number>>>;
  /** Set once, after all entities have their names. */
  readonly links: Partial<Record<Link, Entity>>;
}

/** An entity with random traits unless some are given, and no links yet. */
export function drawEntity(kind: Kind, names: Names, random: Random, traits: Entity["traits"] = {}): Entity {
  const drawn = Object.fromEntries(TRAITS[kind].map((trait) => [trait, drawValue(trait, random)]));
  return { kind, name: names.next(kind), traits: { ...drawn, ...traits }, links: {} };
}

export function drawValue(trait: Trait, random: Random): number {
  return trait === "year" ? random.randint(FIRST_YEAR, LAST_YEAR) : random.below(VALUES[trait].length);
}

/** All entities, and which entity names which. */
export class World {
  readonly entities: Entity[] = [];
  readonly #byKind: Record<Kind, Entity[]> = { person: [], work: [], place: [], event: [] };
  #naming: Map<Entity, Entity[]> | null = null;

  add(entity: Entity): Entity {
    this.entities.push(entity);
    this.#byKind[entity.kind].push(entity);
    return entity;
  }

  of(kind: Kind): readonly Entity[] {
    return this.#byKind[kind];
  }

  /** Gives every entity the links it lacks, each to a random entity; `make` creates one if there is none. */
  link(random: Random, make: (kind: Kind) => Entity): void {
    // The list grows during the loop: entities that `make` creates need links as well.
    for (const entity of this.entities)
      for (const link of linksOf(entity.kind)) {
        const [, kind] = LINKS[link];
        entity.links[link] ??= this.of(kind).length > 0 ? random.choice(this.of(kind)) : this.add(make(kind));
      }
  }

  /** The entities that name this one by the link; call it after all links are set. */
  naming(entity: Entity, link: Link): readonly Entity[] {
    this.#naming ??= this.#indexNaming();
    return (this.#naming.get(entity) ?? []).filter((other) => other.links[link] === entity);
  }

  #indexNaming(): Map<Entity, Entity[]> {
    const naming = new Map<Entity, Entity[]>();
    for (const entity of this.entities)
      for (const named of Object.values(entity.links)) {
        const list = naming.get(named);
        if (list) list.push(entity);
        else naming.set(named, [entity]);
      }
    return naming;
  }
}
