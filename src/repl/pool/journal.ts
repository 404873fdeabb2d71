/** The blocks an episode ran since its last saved state. They can be run again, so that not every block pays for a save. */
import type { Block } from "./run-block.ts";

/** A block with the replies it got from models and tools. Lazy texts need none: they answer the same again. */
export interface JournalEntry {
  readonly block: Block;
  readonly replies: Uint8Array[];
}

// Running the journal again must stay cheap, and saving must stay rare. These bounds decide when a save is due.
const MAX_BLOCKS = 1024;
const MAX_MS = 100;
const SAVES_WORTH = 20;

/** The blocks of one episode since its last saved state. */
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

  /** Whether the journal has grown enough to save the state. `saveMs` is how long the last save took. */
  isSaveDue(saveMs: number): boolean {
    return this.#ms > Math.max(MAX_MS, SAVES_WORTH * saveMs) || this.#entries.length >= MAX_BLOCKS;
  }
}
