/** The coordinator's side of a run that several processes of this machine play: it hands out episodes and takes their records. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setImmediate as nextTurn } from "node:timers/promises";
import { RunError } from "../../errors.ts";
import type { Pace } from "../../models/pace.ts";
import type { Trajectory } from "../../trajectory.ts";
import type { JsonObject } from "../../types.ts";
import type { RolloutJob } from "../queue.ts";
import { type FromProcess, type PaceName, retold, type ToProcess } from "./messages.ts";

/** How to start the processes of a run, and what they share. */
export interface PlayersOptions {
  /** The program of a process, which calls `playForCoordinator`. */
  readonly entry: URL;
  /** What that program builds the run from: values that a structured clone keeps. */
  readonly settings: unknown;
  readonly processes: number;
  /** Whether contexts of encrypted data sets are written in plain text. */
  readonly plain: boolean;
  readonly paces?: Readonly<Record<PaceName, Pace | null>>;
  /** Called with each line that a process writes to stderr. */
  readonly onLine: (line: string) => void;
  /** Throws if a process would play other episodes than this run's. */
  readonly expectSame: (config: JsonObject) => void;
}

/** The process that played an episode has ended. Another one may play it. */
export class ProcessDied extends Error {
  override readonly name = "ProcessDied";
}

interface Play {
  readonly resolve: (record: Trajectory) => void;
  readonly reject: (error: Error) => void;
}

/** The processes that play a run. One that dies is replaced; its episodes end with `ProcessDied`. */
export class Players {
  readonly #options: PlayersOptions;
  readonly #members: (Member | null)[];
  #begun: Promise<void> | null = null;
  #haveBegun = false;
  #isClosed = false;

  /** No process starts before `begin`. */
  constructor(options: PlayersOptions) {
    this.#options = options;
    this.#members = Array.from({ length: options.processes }, () => null);
  }

  /** Starts the processes and waits until each has built the run. Throws what one of them threw. */
  static async start(options: PlayersOptions): Promise<Players> {
    const players = new Players(options);
    try {
      await players.begin();
      return players;
    } catch (error) {
      await players.close();
      throw error;
    }
  }

  /** Starts the processes, if they have not been started, and waits until each has built the run. Throws what one of them threw. */
  begin(): Promise<void> {
    return (this.#begun ??= this.#start());
  }

  /** Whether each process has built the run. Until then the coordinator itself plays. */
  get haveBegun(): boolean {
    return this.#haveBegun;
  }

  async #start(): Promise<void> {
    // To start processes holds this one up. What has just ended is told first.
    await nextTurn();
    await Promise.all(this.#members.map((_, place) => this.#member(place).ready));
    this.#haveBegun = true;
  }

  /**
   * The record of a job's episode, played by the process that has least to do. Throws the signal's reason, `ProcessDied`, and
   * what the process threw.
   */
  async play(job: RolloutJob, signal: AbortSignal): Promise<Trajectory> {
    signal.throwIfAborted();
    const places = this.#members.map((member, place) => ({ place, busy: member?.busy ?? 0 }));
    const { place } = places.reduce((least, one) => (one.busy < least.busy ? one : least));
    return await this.#member(place).play(job, signal);
  }

  /** Ends all processes. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#members.map(async (member) => member?.end()));
  }

  #member(place: number): Member {
    const found = this.#members[place];
    if (found && found.died === null) return found;
    if (this.#isClosed) throw new RunError("the run's processes have ended");
    return (this.#members[place] = new Member(this.#options));
  }
}

/** One process. */
class Member {
  died: ProcessDied | null = null;
  readonly ready: Promise<void>;
  readonly #child: ChildProcess;
  readonly #paces: PlayersOptions["paces"];
  readonly #plays = new Map<number, Play>();
  #next = 0;
  #isEnding = false;

  constructor({ entry, settings, processes, plain, paces, onLine, expectSame }: PlayersOptions) {
    this.#paces = paces;
    this.#child = fork(entry, { serialization: "advanced", stdio: ["ignore", "ignore", "pipe", "ipc"] });
    createInterface({ input: this.#child.stderr! }).on("line", onLine);
    this.ready = new Promise((resolve, reject) => {
      this.#child.on("message", (message) => {
        const heard = message as FromProcess;
        if (heard.type === "refused") return reject(retold(heard.error));
        if (heard.type !== "ready") return this.#hear(heard);
        try {
          expectSame(heard.config);
          resolve();
        } catch (error) {
          reject(error);
        }
      });
      this.#child.once("error", ({ message }) => reject(this.#die(message)));
      this.#child.once("exit", (code, signal) =>
        reject(this.#die(`it ended with ${signal ?? `code ${code}`}`)),
      );
    });
    // Those who play on it hear of a refusal, too.
    this.ready.catch(() => {});
    this.#send({ type: "begin", settings, processes, plain });
  }

  get busy(): number {
    return this.#plays.size;
  }

  async play(job: RolloutJob, signal: AbortSignal): Promise<Trajectory> {
    const play = (this.#next += 1);
    let cut = () => {};
    try {
      return await new Promise<Trajectory>((resolve, reject) => {
        this.#plays.set(play, { resolve, reject });
        cut = () => {
          this.#send({ type: "cut", play });
          reject(signal.reason as Error);
        };
        signal.addEventListener("abort", cut, { once: true });
        this.ready.then(() => this.#send({ type: "play", play, job }), reject);
      });
    } finally {
      signal.removeEventListener("abort", cut);
      this.#plays.delete(play);
    }
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    if (this.died !== null) return;
    const exited = once(this.#child, "exit");
    // A process ends when its channel closes. One that hangs in code of its own is killed.
    if (this.#child.connected) this.#child.disconnect();
    const late = setTimeout(() => this.#child.kill("SIGKILL"), MOST_ENDING_MS);
    await exited;
    clearTimeout(late);
  }

  #hear(heard: Exclude<FromProcess, { readonly type: "ready" | "refused" }>): void {
    switch (heard.type) {
      case "played":
        this.#plays.get(heard.play)?.resolve(JSON.parse(heard.record) as Trajectory);
        break;
      case "threw":
        this.#plays.get(heard.play)?.reject(retold(heard.error));
        break;
      case "book":
        void this.#book(heard.booking, heard.pace, heard.amount);
        break;
      case "giveBack":
        this.#paces?.[heard.pace]?.giveBack(heard.amount);
        break;
    }
  }

  async #book(booking: number, name: PaceName, amount: number): Promise<void> {
    const waitMs = (await this.#paces?.[name]?.book(amount)) ?? 0;
    this.#send({ type: "booked", booking, waitMs });
  }

  #send(message: ToProcess): void {
    if (!this.#child.connected) return;
    // The process may end while the message is under way; its exit says so.
    this.#child.send(message, () => {});
  }

  #die(what: string): ProcessDied {
    this.died ??= new ProcessDied(
      this.#isEnding ? "the run has ended" : `the process that played it died: ${what}`,
    );
    for (const { reject } of this.#plays.values()) reject(this.died);
    return this.died;
  }
}

const MOST_ENDING_MS = 5000;
