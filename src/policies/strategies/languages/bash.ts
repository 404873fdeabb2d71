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

/** The whole context, with an empty line between its files. */
const wholeOf = (context: ContextSummary) =>
  context.type === "str"
    ? "cat context.txt"
    : `awk 'FNR == 1 && NR > 1 { print "" } { print }' ${filesOf(context)}`;

/** BM25 in awk, over pieces of a text or whole files. */
const RANK = String.raw`
function add(piece,    count, words, j) {
  N++; text[N] = piece; len[N] = split(piece, words, " ")
  count = split(tolower(piece), words, /[^a-z0-9_]+/); total += len[N]
  for (j = 1; j <= count; j++) if (words[j] in want) { if (!((N, words[j]) in c)) df[words[j]]++; c[N, words[j]]++ }
}
BEGIN { n = split(terms, list, " "); for (i = 1; i <= n; i++) want[list[i]] = 1 }
size == 0 && FNR == 1 && NR > 1 { add(held); held = "" }
{
  line = $0
  while (size > 0 && length(line) >= size) { if (held != "") add(held); held = ""; add(substr(line, 1, size)); line = substr(line, size + 1) }
  if (size > 0 && held != "" && length(held) + length(line) >= size) { add(held); held = "" }
  held = held line "\n"
}
END {
  if (held != "") add(held)
  for (i = 1; i <= N; i++) {
    for (k in want) if ((i, k) in c)
      score[i] += log(1 + (N - df[k] + 0.5) / (df[k] + 0.5)) * c[i, k] / (c[i, k] + 0.9 * (0.6 + 0.4 * len[i] * N / total))
  }
  for (b = 1; b <= best; b++) {
    top = 0
    for (i = 1; i <= N; i++) if (!(i in taken) && (top == 0 || score[i] > score[top])) top = i
    if (top == 0) break
    taken[top] = 1; print substr(text[top], 1, shown) "\n"
  }
}`.trim();

/** Chunks in files of their own, which end at line ends; documents that fit into one stay whole. */
const CUT = String.raw`
function keep() { if (held == "") return; file = sprintf("chunks/%05d", ++n); print held > file; close(file); held = "" }
function put(part, sep) {
  if (held != "" && length(held) + length(part) >= size) keep()
  held = (held == "" ? "" : held sep) part
}
function lines(text,    list, count, i) {
  count = split(text, list, "\n")
  for (i = 1; i <= count; i++) {
    while (length(list[i]) > size) { keep(); held = substr(list[i], 1, size); keep(); list[i] = substr(list[i], size + 1 - overlap) }
    put(list[i], "\n")
  }
}
function add(document) { if (length(document) > size) lines(document); else put(document, "\n\n") }
FNR == 1 && NR > 1 { add(doc); doc = "" }
{ doc = (FNR == 1 ? "" : doc "\n") $0 }
END { add(doc); keep() }`.trim();

/** The code in bash. */
export const BASH_CODE: StrategyCode = {
  findAll: (pattern, context) => `${matches(pattern, filesOf(context))} | ${DISTINCT} > hits
wc -l < hits; head -10 hits`,
  answerHits: `${JOINED} hits | answer`,
  askWhole: (instruction, chars, context, model) =>
    replyTo(instruction, `${wholeOf(context)} | head -c ${chars}`, model),
  answerReply: "answer < reply",
  rank: (
    { query, pieceChars, best, shownChars },
    context,
  ) => `awk -v terms=${bashLiteral(termsOf(query).join(" "))} -v size=${context.type === "str" ? pieceChars : 0} -v best=${best} -v shown=${shownChars} '${RANK}' ${filesOf(context)} > found
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
awk -v size=${chunkChars} -v overlap=${overlapChars} '${CUT}' ${filesOf(context)}
files=(chunks/*)
for ((i = 0; i < \${#files[@]}; i += ${batchSize})); do
  llm_batch${named(model)} -0 "$instruction" -f "\${files[@]:i:${batchSize}}"
done | sed 's/\\x00/\\n/g' > replies
echo \${#files[@]} replies, such as; head -3 replies | cut -c1-60`,
  valuesOf: (
    pattern,
  ) => `${matches(pattern, "replies")} | sed 's/\\.*$//; s/, /\\n/g' | ${DISTINCT} | ${JOINED} > result
head -c 200 result`,
  showReplies: (pattern) => `${matches(pattern, "replies")} | ${DISTINCT}`,
  askReplies: (instruction, without) => `grep -viF ${bashLiteral(without)} replies | ${DISTINCT} > notes
head -c ${NOTES_CHARS} notes | llm ${bashLiteral(instruction)} > result && head -c 200 result`,
  answerResult: "answer < result",
};
