/** Policies in code for GraphWalks: one follows the edges itself, the others have sub-models read the graph step by step. */
import type { Operation } from "../../datasets/graphwalks/graph.ts";
import { LIST_ARRIVING, LIST_LEAVING } from "../../datasets/graphwalks/simulated-reader.ts";
import { answerLine, readOperation } from "../../datasets/graphwalks/wording.ts";
import type { Policy, PolicyStart } from "../../src/policies/policy.ts";
import { codeIn, STRATEGY_LANGUAGES } from "../../src/policies/strategies/languages/by-language.ts";
import type { StrategyCode } from "../../src/policies/strategies/languages/code.ts";
import { shownReplies } from "../../src/policies/strategies/languages/shown.ts";
import { delegation, hierarchy, isLong, placesIn } from "../../src/policies/strategies/meta.ts";
import { PACKED, setText } from "../../src/policies/strategies/pieces.ts";
import {
  ANSWER_WITH_RESULT,
  type Move,
  pythonString,
  type Script,
  scriptedPolicy,
} from "../../src/policies/strategies/scripted.ts";
import { isLazy } from "../../src/repl/lazy-context.ts";
import type { ContextSummary, Observation } from "../../src/types.ts";

/** The size of a part of the graph that one sub-call reads, in characters, and how many are sent at once. */
const PART_CHARS = 20_000;
const BATCH = 20;

/** How sub-models write the edges that they find. */
const HOW = "\nWrite each on a line of its own, as it stands below. If there is none, say so.";

/** Reads the edges in code, carries out the operation, and never asks a sub-model. */
export function walk(): Policy {
  return scriptedPolicy(
    "walk",
    walking((context) => (isLazy(context) ? IN_PLACE : IN_CODE)),
  );
}

/**
 * Has sub-models read every part of the graph, once for each step of a search: they list the edges that leave the nodes reached
 * last, or those that lead to the node whose parents are asked for.
 */
export function readSteps(name: string, ask: "llm_query_batched" | "rlm_query_batched"): Policy {
  const inPython = walking(() => bySubModels(ask));
  if (ask === "rlm_query_batched") return scriptedPolicy(name, inPython);
  const script: Script = function* (start, random) {
    const code = codeIn(start.language);
    yield* code ? stepsIn(code, start) : inPython(start, random);
  };
  return scriptedPolicy(name, script, STRATEGY_LANGUAGES);
}

/** In other languages than Python a turn lists the edges that sub-models found, and what to ask next is decided here. */
function* stepsIn(
  code: StrategyCode,
  { observation: { question, context } }: PolicyStart,
): Generator<Move, void, Observation> {
  const operation = readOperation(question);
  if (operation === null) return;
  const asked = function* (instruction: string): Generator<Move, [string, string][], Observation> {
    const mapping = { chunkChars: PART_CHARS, overlapChars: 0, batchSize: BATCH };
    yield { code: code.map({ ...mapping, instruction: instruction + HOW }, context) };
    const lines = yield* shownReplies(code, String.raw`(\S+ -> \S+)`, " -> ");
    return lines.flatMap((line) =>
      Array.from(line.matchAll(/(\S+) -> (\S+)/g), ([, from = "", to = ""]): [string, string] => [from, to]),
    );
  };
  const { node } = operation;
  if (operation.type === "parents") {
    const edges = yield* asked(LIST_ARRIVING + node);
    const starts = edges.filter(([from, to]) => to === node && from !== node).map(([from]) => from);
    yield { answer: answerLine([...new Set(starts)]) };
    return;
  }
  const seen = new Set([node]);
  let frontier = [node];
  for (let step = 0; step < operation.depth && frontier.length > 0; step++) {
    const starts = new Set(frontier);
    const edges = yield* asked(LIST_LEAVING + frontier.join(", "));
    frontier = [...new Set(edges.filter(([from]) => starts.has(from)).map(([, to]) => to))].filter(
      (one) => !seen.has(one),
    );
    for (const one of frontier) seen.add(one);
  }
  yield { answer: answerLine(frontier) };
}

/**
 * The same through a hierarchy of episodes, so many levels deep: the lowest ones ask about parts of the graph, or, where it is a lazy
 * text, about what surrounds the places that name a node.
 */
export function metaSteps(levels: number): Policy {
  return hierarchy(
    levels,
    walking((context) => `${delegation(levels)}\n${byChildren(context)}`),
  );
}

/** @param lookup Python that defines `leaving(nodes)` and `arriving(node)`, which return lists of pairs of nodes */
function walking(lookup: (context: ContextSummary) => string): Script {
  return function* ({ observation: { question, context } }) {
    const operation = readOperation(question);
    if (operation === null) return;
    yield { code: `${EDGES_IN}\n${setText(context)}\n${lookup(context)}` };
    yield { code: operation.type === "bfs" ? search(operation) : parents(operation) };
    yield { code: ANSWER_WITH_RESULT };
  };
}

const EDGES_IN = String.raw`
import re

def edges_in(text):
    return re.findall(r"^(\S+) -> (\S+)[ \t\r]*$", text, re.MULTILINE)
`;

const IN_CODE = `
edges = [edge for part in parts for edge in edges_in(part)]
targets = {}
for start, end in edges:
    targets.setdefault(start, []).append(end)

def leaving(nodes):
    return [(start, end) for start in nodes for end in targets.get(start, [])]

def arriving(node):
    return [edge for edge in edges if edge[1] == node]

print(len(edges), "edges, such as", edges[:3])`;

/** The most edges that one search of a lazy text brings. */
const MOST_EDGES = 10_000;

/** Finds edges in a lazy text by its host's search, which reads all of it once for each step. */
const IN_PLACE = `
def leaving(nodes):
    return [edge for match in context.grep("^(?:" + "|".join(map(re.escape, nodes)) + r") -> \\S+", limit=${MOST_EDGES}) for edge in edges_in(match.line)]

def arriving(node):
    return [edge for match in context.grep(" -> " + re.escape(node) + "$", limit=${MOST_EDGES}) for edge in edges_in(match.line)]`;

/** Lets children list edges: of parts of the graph, or, of a long text, of what surrounds the places that name a node. */
function byChildren(context: ContextSummary): string {
  const chunks = isLong(context)
    ? `def chunks_for(pattern):
    ${placesIn(context, "pattern", MOST_EDGES).replaceAll("\n", "\n    ")}
    return chunks`
    : `${PACKED}

chunks = list(packed(parts, ${PART_CHARS}))

def chunks_for(pattern):
    return chunks`;
  return `${chunks}

def asked(instruction, pattern):
    return [edge for reply in delegate(instruction, chunks_for(pattern)) for edge in edges_in(reply)]

HOW = ${pythonString(HOW)}

def leaving(nodes):
    pattern = "^(?:" + "|".join(map(re.escape, nodes)) + ") -> "
    return asked(${pythonString(LIST_LEAVING)} + ", ".join(nodes) + HOW, pattern)

def arriving(node):
    return asked(${pythonString(LIST_ARRIVING)} + node + HOW, " -> " + re.escape(node) + "$")`;
}

function bySubModels(ask: string): string {
  return `${PACKED}

chunks = list(packed(parts, ${PART_CHARS}))

def asked(instruction):
    found = []
    for i in range(0, len(chunks), ${BATCH}):
        part = chunks[i : i + ${BATCH}]
        for reply in ${askAbout(ask)}:
            found += edges_in(reply)
    return found

HOW = ${pythonString(HOW)}

def leaving(nodes):
    return asked(${pythonString(LIST_LEAVING)} + ", ".join(nodes) + HOW)

def arriving(node):
    return asked(${pythonString(LIST_ARRIVING)} + node + HOW)

print(len(chunks), "parts; the first begins:", chunks[0][:100] if chunks else "")`;
}

function askAbout(ask: string): string {
  return ask === "llm_query_batched"
    ? 'llm_query_batched([instruction + "\\n\\n" + chunk for chunk in part])'
    : "rlm_query_batched([instruction] * len(part), part)";
}

function search({ node, depth }: Operation & { type: "bfs" }): string {
  return `
seen, frontier = {${pythonString(node)}}, [${pythonString(node)}]
for step in range(${depth}):
    reached = leaving(frontier) if frontier else []
    starts = set(frontier)
    frontier = list(dict.fromkeys(end for start, end in reached if start in starts and end not in seen))
    seen.update(frontier)
    print("step", step + 1, "reaches", len(frontier), "nodes")
${resultOf("frontier")}`;
}

function parents({ node }: Operation & { type: "parents" }): string {
  const name = pythonString(node);
  return `
nodes = list(dict.fromkeys(start for start, end in arriving(${name}) if end == ${name} and start != ${name}))
print(len(nodes), "parents")
${resultOf("nodes")}`;
}

function resultOf(nodes: string): string {
  return `result = "Final Answer: [" + ", ".join(${nodes}) + "]"`;
}
