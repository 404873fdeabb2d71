/** Loads a user's own policy from a module that exports `policy`. */
import { UsageError } from "../../src/errors.ts";
import type { OraclePolicy, Policy } from "../../src/policies/policy.ts";
import { loadModule } from "./load-module.ts";

/** True for a name that is a file of code, such as `./mine.ts`. */
export function isPolicyFile(name: string): boolean {
  return /\.[cm]?[jt]s$/.test(name);
}

/** `file`: a TypeScript or JavaScript module that exports `policy`: a policy, or a function that makes one. Throws `UsageError`. */
export async function loadPolicy(file: string): Promise<Policy | OraclePolicy> {
  const { policy } = await loadModule(file, "--policy");
  const made: unknown = typeof policy === "function" ? await policy() : policy;
  if (isPolicy(made)) return made;
  throw new UsageError(
    `--policy ${file}: expected an export named policy, which has a name and start, or a function that makes one`,
  );
}

function isPolicy(value: unknown): value is Policy | OraclePolicy {
  if (typeof value !== "object" || value === null) return false;
  return "name" in value && typeof value.name === "string" && ("start" in value || "knowing" in value);
}
