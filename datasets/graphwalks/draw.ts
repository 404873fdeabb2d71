/** Draws random directed graphs of a size in tokens, and an operation on each. */
import { countTokens } from "../../src/cost/tokens.ts";
import type { Random } from "../../src/random.ts";
import { EDGES_HEADING, type Edge, type Operation, resultOf, writeEdge } from "./graph.ts";

/** What kind of graph, and what is asked of it. */
export interface GraphOptions {
  /** The most tokens of the list of edges. */
  readonly length: number;
  /** Edges that leave a node, on average. */
  readonly degree: number;
  /** How many nodes; as many as the edges allow if absent. */
  readonly nodes?: number;
  /** The depth of a breadth-first search. */
  readonly depth: number;
}

/** A graph as a list of edges, which fits into `length` tokens. */
export interface Graph {
  readonly edges: readonly Edge[];
  readonly tokens: number;
}

const ID_BITS = 40;
const ID_CHARS = 10;
/** About the tokens of a line: two names of ten hexadecimal digits, an arrow and the line's end. */
const LINE_TOKENS = 15;
/** A search that begins at a node without successors asks nothing; this many beginnings are tried. */
const MOST_BEGINNINGS = 50;

/**
 * A graph whose edges are drawn one by one, without repetition, until the list is full. The tokens of a list are those of its
 * lines, since no token goes over a line's end.
 */
export function drawGraph({ length, degree, nodes }: GraphOptions, random: Random): Graph {
  // Every line but the last has an end.
  const room = length - countTokens(`${EDGES_HEADING}\n`) + countTokens("\n");
  const names = new NodeNames(nodes ?? Math.max(2, Math.ceil(room / LINE_TOKENS / degree)), random);
  const edges: Edge[] = [];
  const drawn = new Set<string>();
  const most = names.size * names.size;
  let tokens = 0;
  while (drawn.size < most) {
    const edge: Edge = [names.at(random.below(names.size)), names.at(random.below(names.size))];
    const line = writeEdge(edge);
    if (drawn.has(line)) continue;
    const lineTokens = countTokens(`${line}\n`);
    if (tokens + lineTokens > room) break;
    drawn.add(line);
    edges.push(edge);
    tokens += lineTokens;
  }
  return { edges, tokens: length - room + tokens };
}

/** An operation on a graph; a search has a result where some of its beginnings have one. */
export function drawOperation(
  type: Operation["type"],
  { edges }: Graph,
  depth: number,
  random: Random,
): { operation: Operation; result: string[] } {
  const nodeOf = () => random.choice(edges)[random.below(2)]!;
  if (type === "parents") {
    const operation: Operation = { type, node: nodeOf() };
    return { operation, result: resultOf(operation, edges) };
  }
  for (let tried = 1; ; tried += 1) {
    const operation: Operation = { type, node: nodeOf(), depth };
    const result = resultOf(operation, edges);
    if (result.length > 0 || tried === MOST_BEGINNINGS) return { operation, result };
  }
}

/** Names of nodes: ten hexadecimal digits, all different, drawn when they are first asked for. */
class NodeNames {
  readonly #names: string[] = [];
  readonly #taken = new Set<string>();
  readonly #random: Random;
  readonly size: number;

  constructor(size: number, random: Random) {
    this.size = size;
    this.#random = random;
  }

  at(index: number): string {
    return (this.#names[index] ??= this.#draw());
  }

  #draw(): string {
    for (;;) {
      const name = this.#random.getrandbits(ID_BITS).toString(16).padStart(ID_CHARS, "0");
      if (this.#taken.has(name)) continue;
      this.#taken.add(name);
      return name;
    }
  }
}
