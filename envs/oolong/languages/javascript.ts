/** Counts OOLONG's lines in JavaScript. */
import type { Tally, TallyCode } from "./tally-code.ts";

const quoted = (value: unknown) => JSON.stringify(value);

const KEYS: Readonly<Record<Tally["by"], (limit: string) => string>> = {
  label: () => "row.label",
  user: () => "row.user",
  date: () => "row.date",
  "month and label": () => 'row.date.slice(0, 7) + "][" + row.label',
  "side and label": (limit) =>
    `(row.date < ${quoted(limit)} ? "before" : row.date > ${quoted(limit)} ? "after" : "on") + "][" + row.label`,
  "user and label": () => 'row.user + "][" + row.label',
};

export const JAVASCRIPT_TALLY: TallyCode = (tally, source) => {
  const { by, users, month, between, label, limit = "", most, ofCounts } = tally;
  const wanted = [
    users && `${quoted(users)}.includes(row.user)`,
    month && `row.date.slice(5, 7) === ${quoted(month)}`,
    between && `row.date >= ${quoted(between[0])} && row.date <= ${quoted(between[1])}`,
    label !== undefined && `row.label === ${quoted(label)}`,
  ].filter(Boolean);
  const pattern =
    source === "replies"
      ? String.raw`/Date: (.+?) \|\| User: (\d+) \|\| Label: (.+)/g`
      : String.raw`/^Date: (.+?) \|\| User: (\d+) \|\| /gm`;
  return `const months = "JanFebMarAprMayJunJulAugSepOctNovDec";
const day = (text) => {
  const named = /^(\\w{3})\\w*\\.? (\\d+), (\\d{4})/.exec(text);
  if (!named) return text.replace(/^(\\d+)\\/(\\d+)\\/(\\d+)$/, "$3-$1-$2");
  return [named[3], String(months.indexOf(named[1]) / 3 + 1).padStart(2, "0"), named[2].padStart(2, "0")].join("-");
};
const said = ${source === "replies" ? 'replies.join("\\n")' : 'typeof context === "string" ? context : context.join("\\n")'};
const rows = Array.from(said.matchAll(${pattern}), ([, date, user, label = "?"]) => ({ date: day(date), user, label: label.trim() }))${
    wanted.length === 0 ? "" : `\n  .filter((row) => ${wanted.join(" && ")})`
  };
const countBy = (values) => [...values.reduce((counts, value) => counts.set(value, (counts.get(value) ?? 0) + 1), new Map())];
const counts = countBy(rows.map((row) => ${KEYS[by](limit)})).sort((a, b) => b[1] - a[1]);
for (const [key, count] of ${ofCounts ? "countBy(counts.map((one) => one[1]))" : "counts"}.slice(0, ${most})) console.log("[" + key + "]=" + count);`;
};
