/** Says what is wrong with a value that a schema refuses: the field, and what was expected there. */
import type { z } from "zod";

interface Problem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** The first problem, as `field: what was expected`; `whole` stands for the field if the value as a whole is meant. */
export function schemaProblem({ issues }: z.ZodError, whole: string): string {
  const { path, message } = problemOf(issues[0]!);
  return `${path.map(String).join(".") || whole}: ${message}`;
}

/** Of a value that may have several shapes, the problem of the one that fits furthest, or else all that were expected. */
function problemOf(issue: z.core.$ZodIssue): Problem {
  if (issue.code !== "invalid_union") return issue;
  const shapes = issue.errors.flatMap(([first]) => (first ? [problemOf(first)] : []));
  const [deepest] = shapes.toSorted((one, other) => other.path.length - one.path.length);
  if (deepest === undefined)
    return { path: issue.path, message: "expected one of the kinds that the format has" };
  if (deepest.path.length > 0) return { path: [...issue.path, ...deepest.path], message: deepest.message };
  const expected = shapes.flatMap(({ message }) => /expected ([^,]*)/.exec(message)?.[1] ?? []);
  return { path: issue.path, message: `expected ${[...new Set(expected)].join(" or ")}` };
}
