// @ts-check
/**
 * Lets an interpreter's thread give way to the host's, which all episodes share: a thread that is woken would else take the
 * processor from the one that wakes it, in the middle of its work.
 */
import { readlinkSync } from "node:fs";
import { constants, setPriority } from "node:os";
import path from "node:path";

const thread = ownThread();

/** The number of this thread, by which Linux takes priorities; null elsewhere. */
function ownThread() {
  if (process.platform !== "linux") return null;
  try {
    return Number(path.basename(readlinkSync("/proc/thread-self")));
  } catch {
    return null;
  }
}

/** Lowers the priority of this thread. Does nothing where that is not possible for one thread. */
export function giveWay() {
  if (thread === null) return;
  try {
    setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // A sandbox around this process may forbid it; then all threads are alike, as elsewhere.
  }
}
