/** Refuses values of flags that the parser accepts: empty, not a number, or given twice. */
import { UsageError } from "../../src/errors.ts";

/** Flags and arguments that may be given more than once. */
const REPEATABLE: ReadonlySet<string> = new Set([
  "filter",
  "policy",
  "policies",
  "runs",
  "context",
  "diff",
  "redact",
  "files",
  "stop-reason",
  "rollouts",
]);

/** Throws `UsageError` that names the flag. */
export function checkValues(flags: Record<string, unknown>): true {
  for (const [name, value] of Object.entries(flags)) {
    if (name === "_" || name === "$0") continue;
    if (Number.isNaN(value)) throw new UsageError(`--${name}: expected a number`);
    if (value === "") throw new UsageError(`--${name}: expected a value`);
    if (Array.isArray(value) && !REPEATABLE.has(name))
      throw new UsageError(`--${name}: given more than once`);
  }
  return true;
}
