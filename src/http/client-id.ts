/** The shape of ids that clients choose: of sessions, episodes and requests. */
import { z } from "zod";

/** Ids come back in headers, logs and terminals, where control characters would be obeyed. */
export const clientId = z
  .string()
  .max(255)
  .regex(/^\P{Cc}*$/u, "expected no control characters");
