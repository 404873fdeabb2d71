/** The world of one tree of episodes: its state, the order of the calls that change it, and its hashes. */
import { createHash } from "node:crypto";
import { expectJson } from "../../data/context.ts";
import { RecordingError, WorldError } from "../../errors.ts";
import type { ToolReply } from "../../repl/tool-calls.ts";
import type { HostToolCall, WorldMark } from "../../trajectory.ts";
import type { Json, Task } from "../../types.ts";
import { NOT_IN_TIME, resultOf, toldOf } from "../tools/tool-result.ts";
import type { World } from "./world.ts";

/**
 * The reply to a call of a world's tool, with the call's place in the order of all calls of the tree. `isCut`: the time of its
 * episode was over before the tool ended, or before its turn came, so that it changed nothing.
 */
export type WorldReply = ToolReply & { readonly worldCall: number; readonly isCut?: true };

/** A call of a record that a replay makes again; one that was cut changes nothing again. */
export type RecordedWorldCall = Pick<HostToolCall, "name" | "args" | "isCut">;

/** No episode's time ends a recorded call: where one was cut, the record says so. */
const NEVER = new AbortController().signal;

interface WorldOfTask {
  readonly world: World;
  readonly task: Task;
  readonly recorded: readonly RecordedWorldCall[];
}

/**
 * A world in use. Calls of tools run one after the other, in the order in which they arrive or, in a replay, in which they are
 * recorded, so that the state after each is known by its number.
 *
 * In a replay the world makes the recorded calls itself, as far as an episode asks for a reply or a state. So no episode waits for
 * another one, which may itself wait for the interpreter that the first one holds.
 */
export class RunningWorld {
  readonly #world: World;
  readonly #task: Task;
  /** In a replay: the calls of the record, in their order. */
  readonly #recorded: readonly RecordedWorldCall[];
  #state: unknown;
  /** Whether a tool failed on the state, which is then made anew for the next call. */
  #isSpoilt = false;
  /** The last state as JSON, to put it back if a tool fails. */
  #kept: string;
  /** The hash of the state at the beginning, and after each call. */
  readonly #hashes: string[];
  /** How many calls have begun. */
  #begun: number;
  /** The end of the last call that has begun. Never rejects. */
  #last: Promise<void> = Promise.resolve();
  /** Recorded calls that were made before their episode asked for them, by their numbers. */
  readonly #ahead = new Map<number, Promise<WorldReply>>();

  private constructor(of: WorldOfTask, state: unknown, kept: string, hashes: readonly string[]) {
    this.#world = of.world;
    this.#task = of.task;
    this.#recorded = of.recorded;
    this.#state = state;
    this.#kept = kept;
    this.#hashes = [...hashes];
    this.#begun = hashes.length - 1;
  }

  /**
   * The world of a task at its beginning. `recorded`: the calls that a replay makes again, in their order. Throws `WorldError` if it
   * cannot be made.
   */
  static begin(
    world: World,
    task: Task,
    seed: number,
    recorded: readonly RecordedWorldCall[] = [],
  ): RunningWorld {
    const state = during(world, "create", () => world.create(task, seed));
    const kept = snapshotOf(world, state);
    return new RunningWorld({ world, task, recorded }, state, kept, [hashOf(kept)]);
  }

  get name(): string {
    return this.#world.name;
  }

  /** Whether the world has a tool of this name. */
  has(tool: string): boolean {
    return Object.hasOwn(this.#world.tools, tool);
  }

  /** The number of calls so far, and the hash of the state after them. */
  get mark(): WorldMark {
    const calls = this.#hashes.length - 1;
    return { calls, sha256: this.#hashes[calls]! };
  }

  /** The state as JSON. */
  get snapshot(): Json {
    return JSON.parse(this.#kept) as Json;
  }

  /** An independent copy of the current state, with its own order of calls from here on. */
  fork(): RunningWorld {
    const state = restored(this.#world, this.#kept);
    const of = { world: this.#world, task: this.#task, recorded: this.#recorded };
    return new RunningWorld(of, state, this.#kept, this.#hashes);
  }

  /**
   * Runs a tool. Errors of the tool become errors in the code, and leave the state as it was. `at` is the recorded number of the
   * call, whose reply is that of the recorded call. Throws `RecordingError` for a number that was not recorded.
   */
  async call(tool: string, args: Json, signal: AbortSignal, at?: number): Promise<WorldReply | ToolReply> {
    const known = this.#world.tools[tool]!;
    const parsed = known.parameters.safeParse(args);
    if (!parsed.success) {
      const issues = parsed.error.issues.map(
        ({ path, message }) => `${path.join(".") || "arguments"}: ${message}`,
      );
      return { error: `${tool}(): ${issues.join("; ")}`, kind: "type" };
    }
    if (at !== undefined) this.#makeRecorded(at + 1);
    const number = at ?? this.#aheadOf(tool, args);
    if (number === undefined) return await this.#begin(tool, args, signal);
    const reply = this.#ahead.get(number);
    if (!reply) throw new RecordingError(`world ${this.name}: call ${number} was made twice`);
    this.#ahead.delete(number);
    return await reply;
  }

  /** The mark after a recorded number of calls. Throws `RecordingError` if there were fewer. */
  async markAt(calls: number): Promise<WorldMark> {
    this.#makeRecorded(calls);
    await this.#last;
    return { calls, sha256: this.#hashes[calls]! };
  }

  /** Makes the recorded calls up to this number of calls. */
  #makeRecorded(calls: number): void {
    while (this.#begun < calls) {
      const next = this.#recorded[this.#begun];
      if (!next || !this.has(next.name))
        throw new RecordingError(`world ${this.name}: call ${this.#begun} of its tools was not recorded`);
      this.#ahead.set(this.#begun, this.#begin(next.name, next.args, NEVER, next.isCut));
    }
  }

  /**
   * The number of an equal call that was made ahead. Where an episode goes on after its recorded turns, a child of it may be about to
   * make a call that is part of the state already.
   */
  #aheadOf(tool: string, args: Json): number | undefined {
    return [...this.#ahead.keys()].find((number) => {
      const { name, args: recorded } = this.#recorded[number]!;
      return name === tool && JSON.stringify(recorded) === JSON.stringify(args);
    });
  }

  /**
   * Begins a call after those that have begun. It ends at the latest when the signal aborts, even if the tool does not heed that or
   * its turn has not come: then it changes nothing.
   */
  #begin(tool: string, args: Json, signal: AbortSignal, isCut = false): Promise<WorldReply> {
    const worldCall = this.#begun;
    this.#begun += 1;
    let isOpen = true;
    let settle: (reply: WorldReply) => void;
    const ended = new Promise<WorldReply>((resolve) => {
      settle = resolve;
    });
    const end = (reply: ToolReply & Pick<WorldReply, "isCut">) => {
      isOpen = false;
      signal.removeEventListener("abort", cut);
      settle({ ...reply, worldCall });
    };
    const cut = () => end({ error: `${tool}(): ${NOT_IN_TIME}`, kind: "other", isCut: true });
    if (isCut || signal.aborted) cut();
    else if (signal !== NEVER) signal.addEventListener("abort", cut, { once: true });
    this.#last = this.#last.then(async () => {
      if (isOpen) {
        const made = await Promise.race([ended, this.#made(tool, args, signal)]);
        // What a tool does later, it does to a state that nobody uses any more.
        if (isOpen && "outcome" in made) end(this.#taken(tool, made.outcome));
        else this.#isSpoilt = true;
      }
      this.#hashes.push(hashOf(this.#kept));
    });
    return ended;
  }

  /** Runs a tool on the state, and tells what came of it. Never rejects. */
  async #made(tool: string, args: Json, signal: AbortSignal): Promise<{ readonly outcome: Outcome }> {
    const called = this.#world.tools[tool]!;
    try {
      if (this.#isSpoilt) this.#state = restored(this.#world, this.#kept);
      this.#isSpoilt = false;
      const value = await called.run(this.#state, called.parameters.parse(args), {
        task: this.#task,
        signal,
      });
      return { outcome: { value } };
    } catch (error) {
      return { outcome: { error } };
    }
  }

  /** The reply to a call that has ended, whose state is kept unless it failed. */
  #taken(tool: string, outcome: Outcome): ToolReply {
    try {
      if ("error" in outcome) throw outcome.error;
      const result = resultOf(outcome.value, true);
      this.#kept = snapshotOf(this.#world, this.#state);
      return { result };
    } catch (error) {
      this.#isSpoilt = true;
      return { error: `${tool}(): ${toldOf(error)}`, kind: "other" };
    }
  }
}

/** What came of running a tool. */
type Outcome = { readonly value: Json } | { readonly error: unknown };

/** The state of a snapshot. Throws `WorldError` if the world does not take it. */
export function restored(world: World, snapshot: string): unknown {
  return during(world, "restore", () => world.restore(JSON.parse(snapshot) as Json));
}

/** The state as JSON with sorted keys, so that equal states have equal texts. Throws `WorldError`. */
export function snapshotOf(world: World, state: unknown): string {
  const snapshot = during(world, "snapshot", () => {
    const value: unknown = world.snapshot(state);
    expectJson(value, "the snapshot");
    return value;
  });
  return JSON.stringify(sorted(snapshot));
}

/** The hash of a state's JSON. */
export function hashOf(snapshot: string): string {
  return createHash("sha256").update(snapshot).digest("hex");
}

function sorted(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value as Readonly<Record<string, Json>>);
  return Object.fromEntries(
    entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item)]),
  );
}

function during<T>(world: World, method: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new WorldError(`world ${world.name}: ${method} failed: ${toldOf(error)}`, { cause: error });
  }
}
