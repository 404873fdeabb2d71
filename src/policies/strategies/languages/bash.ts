/** The strategies in bash. */
import { bashLiteral } from "../../../languages/bash/language.ts";
import type { ContextSummary } from "../../../types.ts";
import { NOTES_CHARS, type StrategyCode, termsOf } from "./code.ts";

/** The context's files, as words of a command. */
export function filesOf({ type, items }: ContextSummary): string {
  if (type === "str") return "context.txt";
  if (type === "list") return items === undefined ? "context/*.txt" : "context.jsonl";
  return "context.json";
}

const JOINED = `awk '{ printf "%s%s", sep, $0; sep = ", " }'`;
const DISTINCT = "awk '!seen[$0]++'";
const matches = (pattern: string, files: string) => `rg -oNI -r '$1' -e ${bashLiteral(pattern)} ${files}`;
const named = (model: string | undefined) => (model === undefined ? "" : ` -m ${bashLiteral(model)}`);
const replyTo = (instruction: string, input: string, model?: string) =>
  `${input} | llm${named(model)} ${bashLiteral(instruction)} > reply && head -c 200 reply`;

/** Prints the context's parts, each with a line of one control character behind it, since awk does not tell whether a last line ends. */
const partsOf = (context: ContextSummary) =>
  `for file in ${filesOf(context)}; do cat "$file"; printf '\\n\\001\\n'; done`;

/** The whole context, with an empty line between its files, in the variable `text`. No character has more than three bytes. */
const setText = (context: ContextSummary, chars: number) =>
  `text=$(for file in ${filesOf(context)}; do cat "$file"; printf '\\n\\n'; done | head -c ${3 * chars + 2}; printf x)
text=\${text%x}; text=\${text%$'\\n\\n'}`;

/** Functions of awk: `part` gets each part of the context whole, and `pieces` cuts one at line ends, as in other languages. */
const PIECES = String.raw`
function pieces(doc,    start, piece) {
  for (start = 1; start <= length(doc); start += length(piece)) {
    piece = substr(doc, start, size)
    if (start + size <= length(doc) && match(piece, /[^]*\n/)) piece = substr(piece, 1, RLENGTH)
    put(piece)
  }
}
$0 == "\001" { part(doc); doc = ""; lines = 0; next }
{ doc = (lines++ ? doc "\n" : "") $0 }`.trim();

/** BM25 in awk, over pieces of a text or whole files. */
const RANK = String.raw`
function put(piece,    count, words, word, j) {
  text[++N] = piece; len[N] = gsub(/ /, " ", piece) + 1; total += len[N]
  count = split(tolower(piece), words, /[^\p{L}\p{N}_]+/)
  for (j = 1; j <= count; j++) if ((word = words[j]) in want) {
    if (!((N, word) in c)) { df[word]++; order[N, ++kinds[N]] = word }
    c[N, word]++
  }
}
function part(doc) { if (size > 0) pieces(doc); else put(doc) }
BEGIN { n = split(terms, list, " "); for (i = 1; i <= n; i++) want[list[i]] = 1 }
END {
  for (i = 1; i <= N; i++) for (j = 1; j <= kinds[i]; j++) {
    word = order[i, j]
    score[i] += log(1 + (N - df[word] + 0.5) / (df[word] + 0.5)) * c[i, word] / (c[i, word] + 0.9 * (0.6 + 0.4 * len[i] / (total / N)))
  }
  for (b = 1; b <= best && b <= N; b++) {
    top = 0
    for (i = 1; i <= N; i++) if (!(i in taken) && (top == 0 || score[i] > score[top])) top = i
    taken[top] = 1; printf "%s%s", sep, substr(text[top], 1, shown); sep = "\n\n"
  }
}`.trim();

/** Chunks in files of their own. With an overlap they are slices of the whole text; without one, documents that fit stay whole. */
const CUT = String.raw`
function keep(chunk) { file = sprintf("chunks/%05d", ++n); printf "%s", chunk > file; close(file) }
function put(piece) {
  if (held != "" && length(held) + length(piece) + 2 > size) { keep(held); held = "" }
  held = (held == "" ? "" : held "\n\n") piece
}
function part(doc) { if (overlap > 0) whole = (count++ ? whole "\n\n" : "") doc; else pieces(doc) }
END {
  if (held != "") keep(held)
  for (at = 1; at <= length(whole); at += size) keep(substr(whole, at, size + overlap))
}`.trim();

const awk = (program: string, options: string, context: ContextSummary) =>
  `{ ${partsOf(context)}; } | awk ${options} '${program}
${PIECES}'`;

/** The code in bash. */
export const BASH_CODE: StrategyCode = {
  findAll: (pattern, context) => `${matches(pattern, filesOf(context))} | ${DISTINCT} > hits
wc -l < hits; head -10 hits`,
  answerHits: `${JOINED} hits | answer`,
  askWhole: (instruction, chars, context, model) =>
    `${setText(context, chars)}
${replyTo(instruction, `printf %s "\${text:0:${chars}}"`, model)}`,
  answerReply: "answer < reply",
  rank: (
    { query, pieceChars, best, shownChars },
    context,
  ) => `${awk(RANK, `-v terms=${bashLiteral(termsOf(query).join(" "))} -v size=${context.type === "str" ? pieceChars : 0} -v best=${best} -v shown=${shownChars}`, context)} > found
wc found; head -c 200 found`,
  askFound: (instruction, _, __, model) => replyTo(instruction, "cat found", model),
  map: (
    { instruction, chunkChars, overlapChars, batchSize, headingEnd, model },
    context,
  ) => `instruction=${bashLiteral(instruction)}${
    headingEnd === undefined
      ? ""
      : `\nhead=$(cat ${filesOf(context)}); instruction+=$'\\n\\n'"\${head%%${bashLiteral(headingEnd)}*}"`
  }
rm -rf chunks; mkdir chunks
${awk(CUT, `-v size=${chunkChars} -v overlap=${overlapChars}`, context)}
files=(chunks/*)
for ((i = 0; i < \${#files[@]}; i += ${batchSize})); do
  llm_batch${named(model)} -0 "$instruction" -f "\${files[@]:i:${batchSize}}"
done | sed 's/\\x00/\\n/g' > replies
echo \${#files[@]} replies, such as; head -3 replies | cut -c1-60`,
  valuesOf: (
    pattern,
  ) => `${matches(pattern, "replies")} | sed 's/\\.*$//; s/, /\\n/g' | ${DISTINCT} | ${JOINED} > result
head -c 200 result`,
  showReplies: (pattern, { from, count }) =>
    `${matches(pattern, "replies")} | ${DISTINCT} | tail -n +${from + 1} | head -n ${count}`,
  askReplies: (instruction, without) => `grep -viF ${bashLiteral(without)} replies | ${DISTINCT} > notes
head -c ${NOTES_CHARS} notes | llm ${bashLiteral(instruction)} > result && head -c 200 result`,
  answerResult: "answer < result",
};
