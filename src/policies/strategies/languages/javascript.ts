/** The strategies in JavaScript. */
import { NOTES_CHARS, type StrategyCode, termsOf } from "./code.ts";

const quoted = (text: string) => JSON.stringify(text);

const PARTS = `const parts = (typeof context === "string" ? [context] : Object.values(context)).map((one) => typeof one === "string" ? one : JSON.stringify(one));
const text = parts.join("\\n\\n");`;

const PIECES_OF = `function piecesOf(text, size) {
  const made = [];
  for (let start = 0; start < text.length; start += made.at(-1).length) {
    const piece = text.slice(start, start + size);
    const whole = start + size < text.length ? piece.slice(0, piece.lastIndexOf("\\n") + 1) : piece;
    made.push(whole || piece);
  }
  return made;
}`;

const named = (model: string | undefined) => (model === undefined ? "" : `, { model: ${quoted(model)} }`);

const SHOW_REPLY = "console.log(reply.slice(0, 200));";
const SHOW_RESULT = "console.log(result.slice(0, 200));";

/** The code in JavaScript. */
export const JAVASCRIPT_CODE: StrategyCode = {
  findAll: (pattern) => `${PARTS}
const pattern = new RegExp(${quoted(pattern)}, "g");
const hits = [...new Set(parts.flatMap((part) => Array.from(part.matchAll(pattern), (match) => match[1])))];
console.log(hits.length, "distinct hits:", hits.slice(0, 10));`,
  answerHits: 'FINAL(hits.join(", "));',
  askWhole: (instruction, chars, _, model) => `${PARTS}
const reply = llm_query(${quoted(instruction)} + "\\n\\n" + text.slice(0, ${chars})${named(model)});
${SHOW_REPLY}`,
  answerReply: "FINAL(reply);",
  rank: ({ query, pieceChars, best, shownChars }) => `${PARTS}
${PIECES_OF}
const pieces = typeof context === "string" ? piecesOf(context, ${pieceChars}) : parts;
const terms = new Set(${quoted(termsOf(query).join(" "))}.split(" "));
const counts = pieces.map((piece) => {
  const count = new Map();
  for (const [word] of piece.toLowerCase().matchAll(/[\\p{L}\\p{N}_]+/gu)) if (terms.has(word)) count.set(word, (count.get(word) ?? 0) + 1);
  return count;
});
const lengths = pieces.map((piece) => piece.split(" ").length);
const mean = lengths.reduce((sum, n) => sum + n, 0) / Math.max(1, lengths.length);
const weight = new Map([...terms].map((term) => {
  const n = counts.filter((count) => count.has(term)).length;
  return [term, Math.log(1 + (pieces.length - n + 0.5) / (n + 0.5))];
}));
const score = (i) => [...counts[i]].reduce((sum, [term, n]) => sum + (weight.get(term) * n) / (n + 0.9 * (0.6 + (0.4 * lengths[i]) / mean)), 0);
const order = pieces.map((_, i) => [i, score(i)]).sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, ${best});
const found = order.map(([i]) => pieces[i].slice(0, ${shownChars}));
console.log(pieces.length, "pieces; the best:", order.map(([i, n]) => [i, Math.round(n * 100) / 100]));`,
  askFound: (
    instruction,
    _,
    __,
    model,
  ) => `const reply = llm_query(${quoted(instruction)} + "\\n\\n" + found.join("\\n\\n")${named(model)});
${SHOW_REPLY}`,
  map: ({ instruction, chunkChars, overlapChars, batchSize, headingEnd, model }) => `${PARTS}
${PIECES_OF}
const instruction = ${quoted(instruction)}${headingEnd === undefined ? "" : ` + "\\n\\n" + text.slice(0, Math.max(0, text.indexOf(${quoted(headingEnd)})))`};
const chunks = [];
${
  overlapChars > 0
    ? `for (let i = 0; i < text.length; i += ${chunkChars}) chunks.push(text.slice(i, i + ${chunkChars + overlapChars}));`
    : `for (const piece of parts.flatMap((part) => piecesOf(part, ${chunkChars})))
  if (chunks.length > 0 && chunks.at(-1).length + piece.length + 2 <= ${chunkChars}) chunks.push(chunks.pop() + "\\n\\n" + piece);
  else chunks.push(piece);`
}
const replies = [];
for (let i = 0; i < chunks.length; i += ${batchSize})
  replies.push(...llm_query_batched(chunks.slice(i, i + ${batchSize}).map((chunk) => instruction + "\\n\\n" + chunk)${named(model)}));
console.log(replies.length, "replies, such as", replies.slice(0, 3).map((reply) => reply.slice(0, 60)));`,
  valuesOf: (pattern) => `const pattern = new RegExp(${quoted(pattern)}, "g");
const values = replies.flatMap((reply) => Array.from(reply.matchAll(pattern), (match) => match[1].replace(/\\.+$/, "").split(", "))).flat();
const result = [...new Set(values)].join(", ");
${SHOW_RESULT}`,
  showReplies: (pattern, { from, count }) => `const pattern = new RegExp(${quoted(pattern)}, "g");
console.log([...new Set(replies.flatMap((reply) => Array.from(reply.matchAll(pattern), (match) => match[1])))].slice(${from}, ${from + count}).join("\\n"));`,
  askReplies: (
    instruction,
    without,
  ) => `const said = [...new Set(replies.map((reply) => reply.trim()))].filter((reply) => !reply.toLowerCase().includes(${quoted(without)}));
const result = llm_query(${quoted(instruction)} + "\\n\\n" + said.join("\\n\\n").slice(0, ${NOTES_CHARS}));
${SHOW_RESULT}`,
  answerResult: "FINAL(result);",
};
