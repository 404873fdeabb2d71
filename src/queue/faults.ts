/** Faults of the machinery: which may pass, so that another attempt makes sense, and which no later episode can escape. */
import { ModelError, type ModelErrorKind } from "../errors.ts";
import type { InfraError, Trajectory } from "../trajectory.ts";
import { callsOfTree } from "../cost/totals.ts";

const PASSING: ReadonlySet<string> = new Set<ModelErrorKind>(["overloaded", "timeout", "malformed"]);

/** True of an interpreter that failed, and of a model's fault that its server may get over. */
export function mayPass({ kind }: InfraError): boolean {
  if (kind === "repl") return true;
  const ofModel = /^(?:policy|model)_(.+)$/.exec(kind)?.[1];
  return ofModel !== undefined && PASSING.has(ofModel);
}

const HOPELESS: ReadonlySet<string> = new Set<ModelErrorKind>([
  "unreachable",
  "loading",
  "auth",
  "quota",
  "not_found",
]);
/** Hopeless as long as no episode has ended well: a server that did its work before may do it again. */
const HOPELESS_AT_FIRST: ReadonlySet<string> = new Set<ModelErrorKind>(["malformed", "overloaded"]);

export interface FaultWatch {
  /** What the last fault was, in one line. */
  readonly last: string | null;
  /** True where the run had better stop, since no later episode can escape the fault. */
  stops(trajectory: Trajectory): boolean;
  /** Takes note of an ended episode. Throws `ModelError` where the run had better stop. */
  see(trajectory: Trajectory): void;
}

export function faultWatch(): FaultWatch {
  let last: string | null = null;
  let worked = false;
  const stops = (trajectory: Trajectory) => {
    const kind = kindOf(trajectory.error);
    return HOPELESS.has(kind) || (!worked && HOPELESS_AT_FIRST.has(kind) && !isSimulated(trajectory));
  };
  return {
    get last() {
      return last;
    },
    stops,
    see(trajectory) {
      const { error, calls } = trajectory;
      worked ||= error === null && calls.some((call) => call.usageSource !== "simulated");
      if (error === null) return;
      last = error.message;
      if (stops(trajectory)) throw new ModelError(error.message, { kind: kindOf(error) as ModelErrorKind });
    },
  };
}

/** True of a fault that a simulated model made up: others of its calls are not doomed to it. */
function isSimulated(trajectory: Trajectory): boolean {
  const { error, tape } = trajectory;
  const failed = callsOfTree(trajectory).find((call) => call.error === error?.message);
  return tape?.subModels.some(({ name, simulated }) => simulated && name === failed?.model) ?? false;
}

function kindOf(error: Trajectory["error"]): string {
  return /^(?:policy|model)_(.+)$/.exec(error?.kind ?? "")?.[1] ?? "";
}
