/** How BullMQ says that a lease was lost. */

/** Its codes for a job that is gone, has no lock, is not under way, or has another one's lock. */
const LOST: ReadonlySet<number> = new Set([-1, -2, -3, -6]);

/** False where somebody else has the job by now, or it is gone. */
export async function ifStillHeld(moved: Promise<unknown>): Promise<boolean> {
  try {
    await moved;
    return true;
  } catch (error) {
    if (LOST.has((error as { code?: number }).code ?? 0)) return false;
    throw error;
  }
}
