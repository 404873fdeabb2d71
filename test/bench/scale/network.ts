/** A discrete-event simulation of a closed network of queues: a fixed number of episodes go round, from one to the next of its stations. */
import { Random } from "../../../src/random.ts";

/** Servers with one line before them, first come, first served. */
export interface Station {
  readonly name: string;
  readonly servers: number;
  /** Serves all that wait at once in the time of one, as a flush of a disk does. Default: false. */
  readonly batch?: boolean;
}

/**
 * A stay at a station, or a wait that needs none, such as for a model. In seconds. With `on`, a server of the second station is
 * needed for the stay, too, as a thread needs a core.
 */
export type Step =
  | { readonly at: string; readonly seconds: number; readonly on?: string }
  | { readonly wait: number };

/** What to simulate. */
export interface Network {
  readonly stations: readonly Station[];
  /** Episodes at a time. */
  readonly population: number;
  /** The steps of the next episode that this member of the population plays. */
  readonly episode: (member: number, random: Random) => readonly Step[];
  readonly seed?: number;
}

/** What came of it. The first tenth of the episodes does not count, since the lines are empty at first. */
export interface Outcome {
  readonly perSecond: number;
  /** Seconds from the begin to the end of an episode, in the mean. */
  readonly seconds: number;
  /** The share of its servers' time that each station is busy. */
  readonly busy: Readonly<Record<string, number>>;
  /** The station that is busy most. */
  readonly binds: string;
}

/** Simulates until so many episodes have ended. */
export function simulate({ stations, population, episode, seed = 0 }: Network, episodes: number): Outcome {
  const random = new Random(seed);
  const lines = new Map(stations.map((station) => [station.name, new Line(station)]));
  const events = new Events();
  const warmUp = Math.floor(episodes / 10);
  let ended = 0;
  let since = 0;
  let total = 0;
  let now = 0;

  const begin = (member: number) => {
    const at = now;
    const steps = episode(member, random);
    const goOn = (next: number): void => {
      const step = steps[next];
      if (step === undefined) return end(member, at);
      if ("wait" in step) return events.add(now + step.wait, () => goOn(next + 1));
      const core = step.on === undefined ? null : lines.get(step.on)!;
      lines.get(step.at)!.enter({ seconds: step.seconds, core, done: () => goOn(next + 1) }, now, events);
    };
    goOn(0);
  };
  const end = (member: number, at: number) => {
    ended += 1;
    if (ended === warmUp) {
      since = now;
      total = 0;
      for (const line of lines.values()) line.forget(now);
    }
    total += now - at;
    begin(member);
  };
  for (let member = 0; member < population; member += 1) begin(member);
  for (let event = events.next(); ; event = events.next()) {
    now = event.at;
    event.happen(now);
    if (ended >= episodes) break;
  }
  const busy = Object.fromEntries([...lines].map(([name, line]) => [name, line.busyShare(now)]));
  const [binds] = Object.entries(busy).reduce((most, one) => (one[1] > most[1] ? one : most));
  const counted = ended - warmUp;
  return { perSecond: counted / (now - since), seconds: total / counted, busy, binds };
}

interface Waiting {
  readonly seconds: number;
  readonly core: Line | null;
  readonly done: (now: number) => void;
}

/** A station at work. */
class Line {
  readonly #station: Station;
  readonly #waiting: Waiting[] = [];
  #first = 0;
  #serving = 0;
  #busy = 0;
  #since = 0;
  #changedAt = 0;

  constructor(station: Station) {
    this.#station = station;
  }

  enter(waiting: Waiting, now: number, events: Events): void {
    this.#waiting.push(waiting);
    this.#serve(now, events);
  }

  #serve(now: number, events: Events): void {
    while (this.#serving < this.#station.servers && this.#first < this.#waiting.length) {
      const together = this.#take();
      this.#count(now, 1);
      const seconds = Math.max(...together.map((one) => one.seconds));
      const end = (at: number) => {
        this.#count(at, -1);
        for (const { done } of together) done(at);
        this.#serve(at, events);
      };
      const [{ core }] = together as [Waiting, ...Waiting[]];
      if (core === null) events.add(now + seconds, end);
      else core.enter({ seconds, core: null, done: end }, now, events);
    }
  }

  #take(): readonly Waiting[] {
    const last = this.#station.batch ? this.#waiting.length : this.#first + 1;
    const together = this.#waiting.slice(this.#first, last);
    this.#first = last;
    // The line's beginning is dropped now and then, since dropping each one would move all others.
    if (this.#first === this.#waiting.length || this.#first > 1024) {
      this.#waiting.splice(0, this.#first);
      this.#first = 0;
    }
    return together;
  }

  #count(now: number, change: 1 | -1): void {
    this.#busy += this.#serving * (now - this.#changedAt);
    this.#changedAt = now;
    this.#serving += change;
  }

  forget(now: number): void {
    this.#count(now, 1);
    this.#count(now, -1);
    this.#busy = 0;
    this.#since = now;
  }

  busyShare(now: number): number {
    this.#count(now, 1);
    this.#count(now, -1);
    return this.#busy / ((now - this.#since) * this.#station.servers);
  }
}

interface Event {
  readonly at: number;
  readonly order: number;
  readonly happen: (now: number) => void;
}

/** What will happen, in a binary heap by time; of two at one time, the one that was added first. */
class Events {
  readonly #heap: Event[] = [];
  #added = 0;

  add(at: number, happen: Event["happen"]): void {
    const heap = this.#heap;
    const event = { at, order: (this.#added += 1), happen };
    let place = heap.length;
    heap.push(event);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (isBefore(heap[parent]!, event)) break;
      heap[place] = heap[parent]!;
      place = parent;
    }
    heap[place] = event;
  }

  /** Takes out the next event. */
  next(): Event {
    const heap = this.#heap;
    const [first] = heap;
    if (first === undefined) throw new Error("nothing happens any more");
    const last = heap.pop()!;
    if (heap.length > 0) {
      let place = 0;
      for (let child = 1; child < heap.length; child = 2 * place + 1) {
        if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
        if (isBefore(last, heap[child]!)) break;
        heap[place] = heap[child]!;
        place = child;
      }
      heap[place] = last;
    }
    return first;
  }
}

function isBefore(one: Event, other: Event): boolean {
  return one.at === other.at ? one.order < other.order : one.at < other.at;
}

/** A time with an exponential distribution. */
export function exponential(mean: number, random: Random): number {
  return -mean * Math.log(1 - random.random());
}
