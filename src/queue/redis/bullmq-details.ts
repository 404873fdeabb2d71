/** Names jobs on Redis. */
import { createHash } from "node:crypto";

/** Depends only on the run, its configuration and the rollout; hashed, because BullMQ refuses whole numbers and colons as ids. */
export function jobIdOf(run: string, configSha256: string, rolloutId: string): string {
  const digest = createHash("sha256").update(JSON.stringify([run, rolloutId, configSha256]));
  return `r${digest.digest("hex").slice(0, 40)}`;
}
