/** File names for rollouts, whose ids may contain slashes. */
import { createHash } from "node:crypto";

/** Readable, and different for different ids; `ending` includes its dot. */
export function fileNameOf(rolloutId: string, ending: string): string {
  const readable = rolloutId.replaceAll(/[^\w.-]+/g, "_").slice(0, 80);
  const hash = createHash("sha256").update(rolloutId).digest("hex").slice(0, 10);
  return `${readable}-${hash}${ending}`;
}
