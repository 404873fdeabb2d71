/** Lists the repairs of an export's texts in a file beside it, one line of JSON per change, so that each can be checked. */
import { appendFileSync } from "node:fs";
import { encryptedLine } from "../../data/encryption.ts";
import { wellFormedValue } from "../well-formed.ts";
import type { Change } from "./repair.ts";

/** A change and the turn it was made in. `before` and `after` are the whole text of the turn's completion. */
export interface Mended extends Change {
  /** Of the episode, which may be a child. */
  readonly rolloutId: string;
  readonly turn: number;
}

/** Characters to collect before writing. */
const HELD = 1_000_000;

/** Creates the file when the first change is added. If nothing was changed, no file is written. */
export class ChangeLog {
  readonly #path: string;
  #waiting = "";
  #count = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** The number of changes so far. */
  get count(): number {
    return this.#count;
  }

  /** @param canary of an encrypted set, whose texts are never written in plain text */
  add(change: Mended, canary: string | null): void {
    const { rolloutId, turn, rule, before, after } = change;
    const told = wellFormedValue({ rolloutId, turn, rule, before, after }, () => {});
    this.#waiting += `${JSON.stringify(encryptedLine(told as object, canary))}\n`;
    this.#count += 1;
    if (this.#waiting.length > HELD) this.flush();
  }

  flush(): void {
    if (this.#waiting === "") return;
    appendFileSync(this.#path, this.#waiting);
    this.#waiting = "";
  }
}
