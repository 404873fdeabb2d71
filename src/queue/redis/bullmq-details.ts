/** What a job is called on Redis. */
import { createHash } from "node:crypto";

/** Depends on the run, its configuration and the rollout alone; whole numbers and colons are no ids for BullMQ. */
export function jobIdOf(run: string, configSha256: string, rolloutId: string): string {
  const digest = createHash("sha256").update(JSON.stringify([run, rolloutId, configSha256]));
  return `r${digest.digest("hex").slice(0, 40)}`;
}
