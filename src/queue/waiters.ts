/** Callers that wait for their turn, in order of arrival; each then checks whether there is anything for it. */
import { untilAborted } from "../until-aborted.ts";

export class Waiters {
  readonly #asleep = new Set<() => void>();

  wakeOne(): void {
    const [wake] = this.#asleep;
    if (wake === undefined) return;
    this.#asleep.delete(wake);
    wake();
  }

  wakeAll(): void {
    for (const wake of this.#asleep) wake();
    this.#asleep.clear();
  }

  /** Resolves when it is this caller's turn to check. On abort, throws the signal's reason and passes the turn on. */
  async turn(signal?: AbortSignal): Promise<void> {
    let wake = () => {};
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
      this.#asleep.add(wake);
    });
    try {
      await (signal ? untilAborted(signal, () => woken) : woken);
    } catch (error) {
      if (!this.#asleep.delete(wake)) this.wakeOne();
      throw error;
    }
  }
}
