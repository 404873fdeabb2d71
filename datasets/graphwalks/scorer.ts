/**
 * F1 over sets of nodes, as NeMo Gym's `resources_servers/graphwalks` computes it. The code on the data card of
 * openai/graphwalks means the same, but as printed it leaves "Final Answer: [" in the first node, and gives 1 to an answer
 * that shares no node with the gold.
 */
import type { Reference, Scorer } from "../../src/types.ts";
import { capped } from "../capped.ts";
import { strip, WHITE_SPACE } from "../python-text.ts";

const LABEL = new RegExp(`Final Answer:${WHITE_SPACE}*\\[`);
const QUOTES = "\"'`";
/** What an answer may hold besides the gold's nodes: words before its last line. */
const ROOM_CHARS = 400;

/** F1 of the nodes in the last line that is not empty; 0 if that line has no list, 1 if the list and the gold are empty. */
export const nodesF1: Scorer = (answer, { answers }) => f1(listedNodes(answer), answers);

/** The same, but a list without "Final Answer:" counts too, and so do names in quotes. */
export const lenientF1: Scorer = (answer, { answers }) => f1(listedLoosely(answer), answers);

/** `nodesF1` for training: 0 for an answer longer than the gold's nodes and some words. */
export const trainingScore: Scorer = capped(nodesF1, mostChars);

function mostChars({ answers }: Reference): number {
  return ROOM_CHARS + 2 * answers.reduce((sum, node) => sum + node.length + 2, 0);
}

function f1(listed: readonly string[] | null, answers: readonly string[]): number {
  if (listed === null) return 0;
  const [predicted, gold] = [new Set(listed), new Set(answers)];
  if (predicted.size === 0 || gold.size === 0) return Number(predicted.size === gold.size);
  const hits = [...predicted].filter((node) => gold.has(node)).length;
  if (hits === 0) return 0;
  const [precision, recall] = [hits / predicted.size, hits / gold.size];
  return (2 * precision * recall) / (precision + recall);
}

/** What stands between the first label and the last bracket, so that an answer of many labels is read once. */
function listedNodes(answer: string): string[] | null {
  const line = lastLine(answer);
  const end = line.lastIndexOf("]");
  const label = end < 0 ? null : LABEL.exec(line.slice(0, end));
  return label === null ? null : itemsOf(line.slice(label.index + label[0].length, end));
}

function listedLoosely(answer: string): string[] | null {
  const line = lastLine(answer);
  const [start, end] = [line.lastIndexOf("["), line.lastIndexOf("]")];
  if (start < 0 || end < start) return null;
  return itemsOf(line.slice(start + 1, end)).map(unquoted);
}

function unquoted(item: string): string {
  const quote = item[0]!;
  return item.length > 1 && QUOTES.includes(quote) && item.endsWith(quote) ? item.slice(1, -1) : item;
}

function itemsOf(list: string): string[] {
  return list
    .split(",")
    .map(strip)
    .filter((item) => item !== "");
}

function lastLine(answer: string): string {
  const stripped = strip(answer);
  return stripped.slice(stripped.lastIndexOf("\n") + 1);
}
