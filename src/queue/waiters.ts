/** Callers that wait for their turn, in order of arrival; each then checks whether there is anything for it. */
import { untilAborted } from "../until-aborted.ts";

export class Waiters {
  readonly #asleep = new Set<() => void>();

  wakeOne(): void {
    const [look] = this.#asleep;
    if (look === undefined) return;
    this.#asleep.delete(look);
    look();
  }

  wakeAll(): void {
    for (const look of this.#asleep) look();
    this.#asleep.clear();
  }

  /** Resolves when it is this caller's turn to check. On abort, throws the signal's reason and passes the turn on. */
  async turn(signal?: AbortSignal): Promise<void> {
    let look = () => {};
    const woken = new Promise<void>((resolve) => {
      look = resolve;
      this.#asleep.add(look);
    });
    try {
      await (signal ? untilAborted(signal, () => woken) : woken);
    } catch (error) {
      if (!this.#asleep.delete(look)) this.wakeOne();
      throw error;
    }
  }
}
