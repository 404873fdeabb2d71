/** Gives records and the gateway's sessions unique names, whatever clients call their episodes, and however often. */

/** A name is cut to this length before a number is added, so that it stays within the 255 characters that a client may send. */
const CUT_CHARS = 240;

/** Names rollouts after their episodes. If a name is used again, a number is added to it. */
export class RolloutNames {
  readonly #given = new Map<string, number>();
  readonly #isRecorded: (rolloutId: string) => boolean;

  /** @param isRecorded true for a rollout that was recorded before this server began */
  constructor(isRecorded: (rolloutId: string) => boolean = () => false) {
    this.#isRecorded = isRecorded;
  }

  next(episodeId: string): string {
    for (let count = (this.#given.get(episodeId) ?? 0) + 1; ; count += 1) {
      const name = count === 1 ? episodeId : `${episodeId.slice(0, CUT_CHARS)}~${count}`;
      if (this.#isRecorded(name) || (count > 1 && this.#given.has(name))) continue;
      this.#given.set(episodeId, count);
      if (count > 1) this.#given.set(name, 1);
      return name;
    }
  }
}
