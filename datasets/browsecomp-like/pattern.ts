/** What a question asks for: an entity and the entities linked to it, each described by traits, so that only one answer fits. */
import type { Random } from "../../src/random.ts";
import type { Entity, World } from "./entity.ts";
import { drawValue } from "./entity.ts";
import { KINDS, type Kind, type Link, LINKS, TRAITS, type Trait } from "./vocabulary.ts";

/** A trait and its required value: the index of a value, or the first year of a decade. */
export interface Test {
  readonly trait: Trait;
  readonly value: number;
}

/** The part of a pattern that one document answers. */
export interface Node {
  readonly kind: Kind;
  readonly tests: readonly Test[];
  readonly edges: readonly Edge[];
}

/** `names`: the parent's document names the child; otherwise the child's names the parent. */
export interface Edge {
  readonly link: Link;
  readonly names: boolean;
  readonly node: Node;
}

interface Growing extends Node {
  readonly edges: Edge[];
}

/** How often a question asks for both traits of a document. */
const BOTH_TRAITS = 0.75;

/** A tree over this many documents in which no link occurs twice. */
export function drawPattern(documents: number, random: Random): Node {
  const root = drawNode(random.choice(KINDS), random);
  const nodes = [root];
  const free = new Set(Object.keys(LINKS) as Link[]);
  while (nodes.length < documents) {
    const parent = random.choice(nodes);
    const possible = [...free].filter((link) => LINKS[link].includes(parent.kind as never));
    if (possible.length === 0) continue;
    const link = random.choice(possible);
    const names = LINKS[link][0] === parent.kind;
    const node = drawNode(LINKS[link][names ? 1 : 0], random);
    parent.edges.push({ link, names, node });
    nodes.push(node);
    free.delete(link);
  }
  return root;
}

function drawNode(kind: Kind, random: Random): Growing {
  const traits = TRAITS[kind];
  const asked = random.random() < BOTH_TRAITS ? traits : [random.choice(traits)];
  const tests = asked.map((trait) => ({ trait, value: decadeOf(trait, drawValue(trait, random)) }));
  return { kind, tests, edges: [] };
}

/** The value that a test compares: the value itself, or a year's decade. */
export function decadeOf(trait: Trait, value: number): number {
  return trait === "year" ? Math.floor(value / 10) * 10 : value;
}

/** The nodes of a pattern, parents before children. */
export function nodesOf(node: Node): Node[] {
  return [node, ...node.edges.flatMap((edge) => nodesOf(edge.node))];
}

/** How many of a node's tests the traits fail. */
export function failures({ tests }: Pick<Node, "tests">, traits: Entity["traits"]): number {
  return tests.filter(({ trait, value }) => decadeOf(trait, traits[trait] ?? Number.NaN) !== value).length;
}

/** The entities of the world that fit the whole pattern. */
export function solve(pattern: Node, world: World): Entity[] {
  return world.of(pattern.kind).filter((entity) => fits(pattern, entity, world));
}

function fits(node: Node, entity: Entity, world: World): boolean {
  if (entity.kind !== node.kind || failures(node, entity.traits) > 0) return false;
  return node.edges.every(({ link, names, node: child }) => {
    const linked = names ? [entity.links[link]] : world.naming(entity, link);
    return linked.some((other) => other !== undefined && fits(child, other, world));
  });
}
