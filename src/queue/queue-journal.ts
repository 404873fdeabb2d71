/** What happened to the jobs of a queue, in the order in which it happened: `journal.jsonl` in a run's folder. */
import { AppendLog } from "../files/append-log.ts";

/** `begun` and `ended` are of the coordinator; the others of a job. `lost`: its holder fell silent. */
export interface JournalEvent {
  readonly event: "begun" | "leased" | "done" | "retried" | "failed" | "lost" | "ended";
  readonly job?: string;
  readonly attempt?: number;
  readonly worker?: string;
  readonly kind?: string;
  readonly message?: string;
}

/** Takes down what happens to jobs. */
export interface QueueJournal {
  write(event: JournalEvent): Promise<void>;
  close(): Promise<void>;
}

/** A journal that nobody reads. */
export const NO_JOURNAL: QueueJournal = { write: async () => {}, close: async () => {} };

/**
 * Opens the journal or makes it. Lines are appended without waiting for the disk: records are the truth about what
 * ended, and are on disk before the journal says `done`.
 */
export async function openJournal(path: string): Promise<QueueJournal> {
  const log = await AppendLog.open(path, { sync: false });
  return {
    write: (event) => log.append({ ...event, wallClock: { at: new Date().toISOString() } }),
    close: () => log.close(),
  };
}
