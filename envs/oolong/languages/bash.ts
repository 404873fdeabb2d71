/** Counts OOLONG's lines in bash, by awk and sort. */
import { bashLiteral } from "../../../src/languages/bash/language.ts";
import type { Tally, TallyCode } from "./tally-code.ts";

const quoted = (text: string) => JSON.stringify(text);

const KEYS: Readonly<Record<Tally["by"], (limit: string) => string>> = {
  label: () => "label",
  user: () => "user",
  date: () => "date",
  "month and label": () => 'substr(date, 1, 7) "][" label',
  "side and label": (limit) =>
    `(date < ${quoted(limit)} ? "before" : date > ${quoted(limit)} ? "after" : "on") "][" label`,
  "user and label": () => 'user "][" label',
};

export const BASH_TALLY: TallyCode = (tally, source) => {
  const { by, users, month, between, label, limit = "", most, ofCounts } = tally;
  const wanted = [
    users && `(${users.map((user) => `user == ${quoted(user)}`).join(" || ")})`,
    month && `substr(date, 6, 2) == ${quoted(month)}`,
    between && `date >= ${quoted(between[0])} && date <= ${quoted(between[1])}`,
    label !== undefined && `label == ${quoted(label)}`,
  ].filter((one) => typeof one === "string" && one !== "");
  const lines =
    source === "replies"
      ? String.raw`/Date: .+ \|\| User: [0-9]+ \|\| Label: ./`
      : String.raw`/^Date: .+ \|\| User: [0-9]+ \|\| /`;
  const program = `function day(text,    part) {
  if (text ~ /^[0-9]+\\/[0-9]+\\/[0-9]+$/) { split(text, part, "/"); return part[3] "-" part[1] "-" part[2] }
  gsub(/[.,]/, "", text); split(text, part, " ")
  return sprintf("%s-%02d-%02d", part[3], (index("JanFebMarAprMayJunJulAugSepOctNovDec", substr(part[1], 1, 3)) + 2) / 3, part[2])
}
${lines} {
  line = $0; sub(/^.*Date: /, "", line); split(line, field, / [|][|] /)
  date = day(field[1]); user = substr(field[2], 7)
  label = ${source === "replies" ? 'substr(field[3], 8); sub(/[ \\t\\r]+$/, "", label)' : '"?"'}
  if (${wanted.length === 0 ? "1" : wanted.join(" && ")}) { key = ${KEYS[by](limit)}; if (!(key in times)) place[key] = NR; times[key]++ }
}
END { ${
    ofCounts
      ? 'for (key in times) having[times[key]]++; for (n in having) print having[n] "\\t0\\t" n'
      : 'for (key in times) print times[key] "\\t" place[key] "\\t" key'
  } }`;
  return `awk ${bashLiteral(program)} ${source === "replies" ? "replies" : "context.txt"} | sort -t $'\\t' -k1,1nr -k2,2n | head -n ${most} | awk -F '\\t' '{ print "[" $3 "]=" $1 }'`;
};
