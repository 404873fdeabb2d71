/** The shape of ids that clients choose: of sessions, episodes and requests. */
import { z } from "zod";

/**
 * Ids come back in headers, logs and terminals, where control characters would be obeyed, and in URLs, which cannot hold half of a
 * surrogate pair.
 */
export const clientId = z
  .string()
  .max(255)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, "expected no control characters, and no half of a surrogate pair");
