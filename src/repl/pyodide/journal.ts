/** What an episode did since its state was saved last. Run again, it does the same, so that not every block pays for a save. */
import type { Block } from "./run-block.ts";

/** A block with the replies it got from models (texts answer the same again). */
export interface JournalEntry {
  readonly block: Block;
  readonly replies: Uint8Array[];
}

// Running the journal again must stay cheap, and saving must stay rare: a save is due when the journal is worth this much.
const MAX_BLOCKS = 1024;
const MAX_MS = 100;
const SAVES_WORTH = 20;

export class Journal {
  #entries: JournalEntry[] = [];
  #ms = 0;

  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  add(entry: JournalEntry, ms: number): void {
    this.#entries.push(entry);
    this.#ms += ms;
  }

  clear(): void {
    this.#entries = [];
    this.#ms = 0;
  }

  /** Whether running it again would cost more than saving, which took `saveMs` the last time. */
  isSaveDue(saveMs: number): boolean {
    return this.#ms > Math.max(MAX_MS, SAVES_WORTH * saveMs) || this.#entries.length >= MAX_BLOCKS;
  }
}
