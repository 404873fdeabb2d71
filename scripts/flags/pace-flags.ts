/** The flags that limit the rate of requests to a model server, and the governor that enforces them. */
import type { InferredOptionTypes, Options } from "yargs";
import { UsageError } from "../../src/errors.ts";
import { Governor } from "../../src/models/governor.ts";
import { LocalPace, type Pace } from "../../src/models/pace.ts";
import type { PaceName } from "../../src/queue/processes/messages.ts";

export const SERVER_FLAGS = {
  "requests-per-minute": {
    type: "number",
    describe: "requests per minute to model servers, by the whole run with all its workers",
  },
  "tokens-per-minute": {
    type: "number",
    describe: "tokens per minute, prompts and completions, by the whole run with all its workers",
  },
} satisfies Record<string, Options>;

export type ServerFlags = InferredOptionTypes<typeof SERVER_FLAGS>;

type Rates = Partial<ServerFlags>;

/** A governor with the rates of the flags, for all models of a command. Throws `UsageError` for an invalid rate. */
export function governorFrom(flags: Rates): Governor {
  return new Governor(pacesOf(flags, (perMinute) => new LocalPace(perMinute)));
}

/** @param paceOf makes the limiter of a rate; `name` says what it counts */
export function pacesOf(flags: Rates, paceOf: (perMinute: number, name: PaceName) => Pace) {
  const made = (flag: keyof ServerFlags, name: PaceName) => {
    const perMinute = flags[flag];
    if (perMinute === undefined) return null;
    if (!(perMinute > 0)) throw new UsageError(`--${flag}: expected a number above 0, got ${perMinute}`);
    return paceOf(perMinute, name);
  };
  return { requests: made("requests-per-minute", "requests"), tokens: made("tokens-per-minute", "tokens") };
}
