/** Names jobs on Redis. */
import { createHash } from "node:crypto";

/** A job's id, which depends only on the run, its configuration and the rollout; a hash, because BullMQ refuses ids that are whole numbers or have colons. */
export function jobIdOf(run: string, configSha256: string, rolloutId: string): string {
  const digest = createHash("sha256").update(JSON.stringify([run, rolloutId, configSha256]));
  return `r${digest.digest("hex").slice(0, 40)}`;
}
