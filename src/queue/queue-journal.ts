/** What happened to the jobs of a queue, in order: `journal.jsonl` in a run's folder. */
import { AppendLog } from "../files/append-log.ts";

/** `begun` and `ended` concern the coordinator, the others a job. `lost`: the holder fell silent. */
export interface JournalEvent {
  readonly event: "begun" | "leased" | "done" | "retried" | "failed" | "lost" | "ended";
  readonly job?: string;
  readonly attempt?: number;
  readonly worker?: string;
  readonly kind?: string;
  readonly message?: string;
}

/** Writes down what happens to jobs. */
export interface QueueJournal {
  write(event: JournalEvent): Promise<void>;
  close(): Promise<void>;
}

/** A journal that is not kept. */
export const NO_JOURNAL: QueueJournal = { write: async () => {}, close: async () => {} };

/**
 * Opens or creates the journal. Appends lines without waiting for the disk: the records decide which episodes have
 * ended, and they are on disk before the journal says `done`.
 */
export async function openJournal(path: string): Promise<QueueJournal> {
  const log = await AppendLog.open(path, { sync: false });
  return {
    write: (event) => log.append({ ...event, wallClock: { at: new Date().toISOString() } }),
    close: () => log.close(),
  };
}
