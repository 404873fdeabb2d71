/** The handles of one episode: calls that its code started without waiting for them. */
import type { HandleQuestion } from "../../repl/call-terms.ts";
import type { HostReply } from "../../repl/repl.ts";
import type { HandleSight } from "../../trajectory.ts";

/** What a started call is to its handle. */
export interface Started {
  /** Resolves when the call has ended, whatever became of it; never rejects. */
  readonly ended: Promise<void>;
  /** Books what the call did and cost, and gives its reply. Called once, after it has ended. */
  book(): Promise<HostReply>;
  /** Ends the call before its time. */
  cancel(): void;
}

interface Handle extends Started {
  /** Null until code has seen that it ended. Until then nothing of it counts, so that a replay need not be as fast. */
  reply: HostReply | null;
  /** Its place in the order of ending; null while it runs. */
  endedAs: number | null;
  wasCancelled: boolean;
  /** How often code has asked in vain. */
  polls: number;
}

/** The longest wait for the answer to `done()`, in milliseconds. */
const LONGEST_POLL_MS = 1000;
const CANCELLED: HostReply = { error: "the handle was cancelled", kind: "HandleError" };

/** What the host saw of handles in the turns of a record; undefined where nothing is recorded. */
export type RecordedSights = (turn: number) => readonly HandleSight[] | undefined;

/**
 * The handles. When a call ends depends on clocks, so what code saw of that is recorded, and a replay waits for what was seen. A call is
 * booked, with its cost and its children, when code sees that it has ended.
 */
export class Handles {
  readonly #handles: Handle[] = [];
  readonly #recorded: RecordedSights;
  readonly #turn: () => number;
  #sights: HandleSight[] = [];
  #ended = 0;
  /** The place in the recorded sights of the current turn. */
  #next = { turn: -1, index: 0, times: 0 };

  constructor(turn: () => number, recorded: RecordedSights) {
    this.#turn = turn;
    this.#recorded = recorded;
  }

  /** The number of the next handle. */
  get nextId(): number {
    return this.#handles.length;
  }

  /** The handles that code has not seen ended, by their numbers. */
  get open(): readonly number[] {
    return this.#handles.flatMap(({ reply }, id) => (reply === null ? [id] : []));
  }

  /** What code saw in the turn that ends now; undefined if it saw nothing. */
  takeSights(): readonly HandleSight[] | undefined {
    const sights = this.#sights;
    this.#sights = [];
    return sights.length > 0 ? sights : undefined;
  }

  /** Adds a call that has started, and returns its number. */
  add(started: Started): number {
    const handle: Handle = { ...started, reply: null, endedAs: null, wasCancelled: false, polls: 0 };
    void started.ended.then(() => (handle.endedAs = this.#ended++));
    return this.#handles.push(handle) - 1;
  }

  /** Answers a question of code. */
  async answer({ op, ids, seconds }: HandleQuestion): Promise<HostReply> {
    const unknown = ids.find((id) => this.#handles[id] === undefined);
    if (unknown !== undefined || ids.length === 0)
      return { error: `there is no handle ${unknown ?? ""} in this episode`, kind: "HandleError" };
    const [id] = ids as [number];
    if (op === "result") return await this.#book(id);
    if (op === "wait") return { replies: [await this.#first(ids, seconds)] };
    return { replies: [String(op === "done" ? await this.#isDone(id) : await this.#cancel(id))] };
  }

  /** Waits for all that still run, and books them. */
  async bookAll(): Promise<void> {
    for (const id of this.open) await this.#book(id);
  }

  /** Ends what still runs with the episode, books it, and returns the numbers of the handles that nobody waited for. */
  async finish(): Promise<readonly number[]> {
    const { open } = this;
    // A recorded call ends where the record says.
    if (this.#recorded(this.#turn()) === undefined)
      for (const id of open) if (this.#handles[id]!.endedAs === null) this.#handles[id]!.cancel();
    await this.bookAll();
    return open;
  }

  /** The handles of a branch of the episode. Throws nothing: a branch is made when no handle is open. */
  fork(turn: () => number, recorded: RecordedSights): Handles {
    const copy = new Handles(turn, recorded);
    copy.#handles.push(...this.#handles.map((handle) => ({ ...handle })));
    return copy;
  }

  async #isDone(id: number): Promise<boolean> {
    const handle = this.#handles[id]!;
    if (handle.reply !== null) return true;
    const recorded = this.#nextRecorded();
    if (recorded === null) await waited(handle.ended, Math.min(LONGEST_POLL_MS, 2 ** handle.polls++));
    const ended = recorded?.ended ?? handle.endedAs !== null;
    this.#see({ handle: id, ended });
    if (ended) await this.#book(id);
    return ended;
  }

  /** The first of them that has ended; an empty text if none has in time. */
  async #first(ids: readonly number[], seconds: number | undefined): Promise<string> {
    const known = ids.find((id) => this.#handles[id]!.reply !== null);
    if (known !== undefined) return String(known);
    const recorded = this.#nextRecorded();
    if (recorded === null) {
      const any = Promise.race(ids.map((id) => this.#handles[id]!.ended));
      await (seconds === undefined ? any : waited(any, seconds * 1000));
    }
    const first = recorded ? recorded.handle : this.#firstEnded(ids);
    this.#see({ handle: first, ended: first !== null });
    if (first === null || !ids.includes(first)) return "";
    await this.#book(first);
    return String(first);
  }

  #firstEnded(ids: readonly number[]): number | null {
    const ended = ids.filter((id) => this.#handles[id]!.endedAs !== null);
    return ended.toSorted((a, b) => this.#handles[a]!.endedAs! - this.#handles[b]!.endedAs!)[0] ?? null;
  }

  /** Cancels, and returns whether it was running. */
  async #cancel(id: number): Promise<boolean> {
    const handle = this.#handles[id]!;
    if (handle.reply !== null) return false;
    const recorded = this.#nextRecorded();
    const ended = recorded?.ended ?? handle.endedAs !== null;
    this.#see({ handle: id, ended });
    if (!ended) {
      handle.wasCancelled = true;
      if (recorded === null) handle.cancel();
    }
    await this.#book(id);
    return !ended;
  }

  async #book(id: number): Promise<HostReply> {
    const handle = this.#handles[id]!;
    if (handle.reply !== null) return handle.reply;
    await handle.ended;
    const reply = await handle.book();
    handle.reply = handle.wasCancelled ? CANCELLED : reply;
    return handle.reply;
  }

  #see(sight: HandleSight): void {
    const last = this.#sights.at(-1);
    if (last && last.handle === sight.handle && !last.ended && !sight.ended)
      this.#sights[this.#sights.length - 1] = { ...last, times: (last.times ?? 1) + 1 };
    else this.#sights.push(sight);
  }

  /** What the record saw at this place; null in an episode that is played for the first time. */
  #nextRecorded(): HandleSight | null {
    const turn = this.#turn();
    if (this.#next.turn !== turn) this.#next = { turn, index: 0, times: 0 };
    const sight = this.#recorded(turn)?.[this.#next.index];
    if (!sight) return null;
    this.#next.times += 1;
    if (this.#next.times >= (sight.times ?? 1)) this.#next = { turn, index: this.#next.index + 1, times: 0 };
    return sight;
  }
}

/** Waits for a promise, or for some milliseconds. */
async function waited(ended: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([ended, late]);
  clearTimeout(timer);
}
