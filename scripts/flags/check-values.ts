/** Refuses values of flags that the parser accepts: empty, not a number, given twice, or a URL with a secret in it. */
import { UsageError } from "../../src/errors.ts";
import { plainUrl } from "../../src/http/plain-url.ts";

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
  "stop",
  "sub-stop",
  "judge-stop",
  "environments",
]);

/** Flags of servers' URLs. They are checked even where they are not used, since manifests hold all flags. */
const OF_SERVERS = /^(?:[a-z]+-)?base-url$|^(?:gateway|upstream)$/;

/** Throws `UsageError` that names the flag. */
export function checkValues(flags: Record<string, unknown>): true {
  for (const [name, value] of Object.entries(flags)) {
    if (name === "_" || name === "$0") continue;
    if (Number.isNaN(value)) throw new UsageError(`--${name}: expected a number`);
    if (value === "") throw new UsageError(`--${name}: expected a value`);
    if (Array.isArray(value) && !REPEATABLE.has(name))
      throw new UsageError(`--${name}: given more than once`);
    if (OF_SERVERS.test(name) && typeof value === "string") plainUrl(value, `--${name}`);
  }
  return true;
}
