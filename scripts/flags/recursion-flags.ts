/** The flags that say how deep calls may go, and how many may be under way. */
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
    describe: "sub-model calls at a time of one episode and its children",
  },
  "run-calls-in-flight": {
    type: "number",
    default: 256,
    describe: "sub-model calls at a time of the whole run, which go round its episodes",
  },
} satisfies Record<string, Options>;

/** What the flags mean for an environment. Throws `UsageError` that names the flag. */
export function recursionFrom(flags: InferredOptionTypes<typeof RECURSION_FLAGS>) {
  return {
    maxDepth: wholeNumber(flags["max-depth"], "--max-depth", 0),
    callsInFlight: wholeNumber(flags["calls-in-flight"], "--calls-in-flight", 1),
    runLimit: new CallLimit(wholeNumber(flags["run-calls-in-flight"], "--run-calls-in-flight", 1)),
  };
}
