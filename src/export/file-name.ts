/** Names of files for rollouts, whose ids may hold slashes. */
import { createHash } from "node:crypto";

/** Readable, and different for different ids; `ending` with its dot. */
export function fileNameOf(rolloutId: string, ending: string): string {
  const readable = rolloutId.replaceAll(/[^\w.-]+/g, "_").slice(0, 80);
  const hash = createHash("sha256").update(rolloutId).digest("hex").slice(0, 10);
  return `${readable}-${hash}${ending}`;
}
