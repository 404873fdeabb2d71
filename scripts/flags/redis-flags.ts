/** The flags of a run whose queue is on Redis. */
import type { Options } from "yargs";
import { UsageError } from "../../src/errors.ts";

export const REDIS_FLAGS = {
  redis: {
    type: "string",
    describe:
      "redis://[:password@]host[:port][/db]: queue the episodes there, for workers of other machines too",
  },
  run: { type: "string", describe: "the run's name on Redis (default: that of its folder)" },
  "lease-seconds": {
    type: "number",
    default: 30,
    describe: "on Redis: a worker that is silent for so long loses its episodes to others",
  },
} satisfies Record<string, Options>;

/** The URL of the flag; where the flag is given without one, that in REDIS_URL, so that no password stands in a command. */
export function redisUrl(flag: string | undefined): string | undefined {
  if (flag !== "") return flag;
  const url = process.env.REDIS_URL;
  if (url === undefined || url === "") throw new UsageError("--redis: give a URL, or set REDIS_URL");
  return url;
}
