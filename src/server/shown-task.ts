/** The name under which clients see a task. The id of a generated task contains its seed, from which the gold could be made again. */
import { createHmac, randomBytes } from "node:crypto";

/** A key of this process, so that nobody can try seeds until a name matches. */
const KEY = randomBytes(32);
const SHOWN_DIGITS = 16;

/** The same name for the same task while the server runs. The record, named by `rollout_id`, has the task's own id. */
export function shownTask(id: string): string {
  return createHmac("sha256", KEY).update(id).digest("hex").slice(0, SHOWN_DIGITS);
}
