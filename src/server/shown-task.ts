/** The name of a task as clients see it. A generated task's own id holds the seed of its data set, from which its gold can be made again. */
import { createHmac, randomBytes } from "node:crypto";

/** Of this process, so that nobody can try seeds until a name fits. */
const KEY = randomBytes(32);
const SHOWN_DIGITS = 16;

/** The same name for the same task for as long as the server runs; the record under `rollout_id` has the task's own id. */
export function shownTask(id: string): string {
  return createHmac("sha256", KEY).update(id).digest("hex").slice(0, SHOWN_DIGITS);
}
