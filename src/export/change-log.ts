/** Tells beside an export what was mended in its texts: a line of JSON a change, so that each of them can be looked at. */
import { appendFileSync } from "node:fs";
import { encryptedLine } from "../data/encryption.ts";
import { wellFormedValue } from "./well-formed.ts";
import type { Change } from "./repair.ts";

/** A change with its place. `before` and `after` are the whole text of the turn's completion. */
export interface Mended extends Change {
  /** Of the episode, which may be a child. */
  readonly rolloutId: string;
  readonly turn: number;
}

/** Characters that are held before they are written. */
const HELD = 1_000_000;

/** The file is begun with the first change; where there is none there is no file. */
export class ChangeLog {
  readonly #path: string;
  #waiting = "";
  #count = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** How many changes were told so far. */
  get count(): number {
    return this.#count;
  }

  /** @param canary of an encrypted set, whose texts no file of ours holds in plain */
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
