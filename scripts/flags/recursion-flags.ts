/** The flags that limit how deep calls may go, and how many may run at once. */
import type { InferredOptionTypes, Options } from "yargs";
import { DEFAULT_CALLS_IN_FLIGHT } from "../../src/episode/lineage.ts";
import { CallLimit } from "../../src/models/call-limit.ts";
import { wholeNumber } from "./values.ts";

export const RECURSION_FLAGS = {
  "max-depth": {
    type: "number",
    default: 1,
    describe: "how deep calls may go: 0 none, 1 plain sub-calls, 2 rlm_query begins episodes of its own",
  },
  "calls-in-flight": {
    type: "number",
    default: DEFAULT_CALLS_IN_FLIGHT,
    describe: "sub-model calls that one episode and its children may run at once",
  },
  "run-calls-in-flight": {
    type: "number",
    default: 256,
    describe: "sub-model calls that the whole run may run at once, shared fairly among its episodes",
  },
} satisfies Record<string, Options>;

/** The environment's settings that the flags ask for. Throws `UsageError` that names the flag. */
export function recursionFrom(flags: InferredOptionTypes<typeof RECURSION_FLAGS>) {
  return {
    maxDepth: wholeNumber(flags["max-depth"], "--max-depth", 0),
    callsInFlight: wholeNumber(flags["calls-in-flight"], "--calls-in-flight", 1),
    runLimit: new CallLimit(wholeNumber(flags["run-calls-in-flight"], "--run-calls-in-flight", 1)),
  };
}
