/** Recognizes BullMQ's reports of a lost lease. */

/** BullMQ's codes for a job that is gone, has no lock, is not running, or has another worker's lock. */
const LOST: ReadonlySet<number> = new Set([-1, -2, -3, -6]);

/** False if another worker has the job by now, or it is gone. */
export async function ifStillHeld(moved: Promise<unknown>): Promise<boolean> {
  try {
    await moved;
    return true;
  } catch (error) {
    if (LOST.has((error as { code?: number }).code ?? 0)) return false;
    throw error;
  }
}
