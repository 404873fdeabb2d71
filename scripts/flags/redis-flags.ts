/** The flags of a run with its queue on Redis. */
import type { Options } from "yargs";
import { UsageError } from "../../src/errors.ts";

export const REDIS_FLAGS = {
  redis: {
    type: "string",
    describe:
      "redis://[:password@]host[:port][/db]: queue the episodes there, so that workers on other machines can join",
  },
  run: { type: "string", describe: "the run's name on Redis (default: that of its folder)" },
  "lease-seconds": {
    type: "number",
    default: 30,
    describe: "on Redis: a worker that is silent for this long loses its episodes to others",
  },
} satisfies Record<string, Options>;

/** The flag's URL, or the one in REDIS_URL if the flag has no value, so that a command need not contain a password. */
export function redisUrl(flag: string | undefined): string | undefined {
  if (flag !== "") return flag;
  const url = process.env.REDIS_URL;
  if (url === undefined || url === "") throw new UsageError("--redis: give a URL, or set REDIS_URL");
  return url;
}
