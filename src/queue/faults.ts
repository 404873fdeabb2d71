/** Which faults of the machinery may pass, so that another attempt at the episode makes sense. */
import type { ModelErrorKind } from "../errors.ts";
import type { InfraError } from "../trajectory.ts";

const PASSING: ReadonlySet<string> = new Set<ModelErrorKind>(["overloaded", "timeout", "malformed"]);

/** True of an interpreter that failed, and of a model's fault that its server may get over. */
export function mayPass({ kind }: InfraError): boolean {
  if (kind === "repl") return true;
  const ofModel = /^(?:policy|model)_(.+)$/.exec(kind)?.[1];
  return ofModel !== undefined && PASSING.has(ofModel);
}
