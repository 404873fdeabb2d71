/** Classifies infrastructure faults: which may be temporary, so that another attempt makes sense, and which every later episode would hit. */
import { ModelError, type ModelErrorKind } from "../errors.ts";
import type { InfraError, Trajectory } from "../trajectory.ts";
import { callsOfTree } from "../cost/totals.ts";

const PASSING: ReadonlySet<string> = new Set<ModelErrorKind>(["overloaded", "timeout", "malformed"]);

/** True for a failed interpreter, and for a model's fault from which its server may recover. */
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
/** Hopeless until an episode has ended well: a server that worked before may work again. */
const HOPELESS_AT_FIRST: ReadonlySet<string> = new Set<ModelErrorKind>(["malformed", "overloaded"]);

export interface FaultWatch {
  /** The last fault, in one line. */
  readonly last: string | null;
  /** True if the run should stop, since no later episode can escape the fault. */
  stops(trajectory: Trajectory): boolean;
  /** Records an ended episode. Throws `ModelError` if the run should stop. */
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

/** True for a fault that a simulated model made up: its other calls need not fail. */
function isSimulated(trajectory: Trajectory): boolean {
  const { error, tape } = trajectory;
  const failed = callsOfTree(trajectory).find((call) => call.error === error?.message);
  return tape?.subModels.some(({ name, simulated }) => simulated && name === failed?.model) ?? false;
}

function kindOf(error: Trajectory["error"]): string {
  return /^(?:policy|model)_(.+)$/.exec(error?.kind ?? "")?.[1] ?? "";
}
