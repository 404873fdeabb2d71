/** The wording of OOLONG-Pairs' questions. */
import { monthName } from "../oolong/calendar.ts";
import { type Condition, PAIR_LABELS, type Predicate } from "./predicates.ts";

/** The question of a predicate, with the labels and the form of the answer. */
export function pairsQuestion([first, second]: Predicate): string {
  const where = second
    ? `one user has ${countsInWords(first)}, and the other user has ${countsInWords(second)}`
    : bothInWords(first);
  return (
    `In the above data, list all pairs of user IDs (no duplicate pairs, list lower ID first) where ${where}. ` +
    `Each instance has one of these labels, which the data does not show and its meaning tells: ${PAIR_LABELS.join(", ")}. ` +
    `In your answer, list all pairs in the format (user_id_1, user_id_2), separated by newlines.`
  );
}

function bothInWords({ anyOf = [], allOf }: Condition): string {
  const any = `both users have at least one instance with the label ${anyOf.map(quoted).join(" or ")}`;
  if (!allOf) return any;
  const bound =
    allOf.after === undefined ? `before ${longDate(allOf.before ?? "")}` : `after ${longDate(allOf.after)}`;
  return `${any}, and all instances with the label ${quoted(allOf.label)} of both users are ${bound}`;
}

function countsInWords({ counts = {} }: Condition): string {
  return Object.entries(counts)
    .map(([label, bound]) => `${numberInWords(bound)} with the label ${quoted(label)}`)
    .join(" and ");
}

function numberInWords(bound: string): string {
  const wanted = Number(bound.slice(2));
  const number = wanted === 1 ? "one" : wanted === 2 ? "two" : String(wanted);
  return `${bound.startsWith("==") ? "exactly" : "at least"} ${number} instance${wanted === 1 ? "" : "s"}`;
}

function quoted(label: string): string {
  return `'${label}'`;
}

function longDate(date: string): string {
  const [year, month, day] = date.split("-").map(Number);
  return `${monthName(month as number)} ${day}, ${year}`;
}
