/** Which users satisfy which side of a predicate: the gold of a pairs question, without listing the pairs. */
import type { Line } from "../oolong/window.ts";
import type { Condition, Predicate } from "./predicates.ts";

/** What the conditions ask about a user. */
interface Profile {
  count: number;
  firstDate: string;
  lastDate: string;
}
type ByLabel = ReadonlyMap<string, Readonly<Profile>>;
/** Profiles by user and label. */
export type Profiles = ReadonlyMap<string, ByLabel>;

/** The users of either side; the same ids twice if both users must satisfy one condition. */
export interface EligibleUsers {
  readonly first: readonly string[];
  readonly second: readonly string[];
}

/** Counts and dates of every user's labels. */
export function profiles(lines: readonly Line[]): Profiles {
  const users = new Map<string, Map<string, Profile>>();
  for (const { user, label, date } of lines) {
    const labels = users.get(user) ?? new Map<string, Profile>();
    users.set(user, labels);
    const profile = labels.get(label) ?? { count: 0, firstDate: date, lastDate: date };
    labels.set(label, profile);
    profile.count += 1;
    if (date < profile.firstDate) profile.firstDate = date;
    if (date > profile.lastDate) profile.lastDate = date;
  }
  return users;
}

/** The users that satisfy either side, in ascending order of their ids. */
export function eligibleUsers(users: Profiles, [first, second = first]: Predicate): EligibleUsers {
  const ascending = [...users].toSorted(([a], [b]) => Number(a) - Number(b));
  const satisfying = (condition: Condition) =>
    ascending.filter(([, labels]) => satisfies(labels, condition)).map(([user]) => user);
  return { first: satisfying(first), second: satisfying(second) };
}

function satisfies(labels: ByLabel, { anyOf, counts = {}, allOf }: Condition): boolean {
  const count = (label: string) => labels.get(label)?.count ?? 0;
  if (anyOf && !anyOf.some((label) => count(label) > 0)) return false;
  for (const [label, bound] of Object.entries(counts)) {
    const wanted = Number(bound.slice(2));
    if (bound.startsWith("==") ? count(label) !== wanted : count(label) < wanted) return false;
  }
  const dates = allOf && labels.get(allOf.label);
  if (!dates) return true;
  if (allOf.after !== undefined && dates.firstDate <= allOf.after) return false;
  return allOf.before === undefined || dates.lastDate < allOf.before;
}
