/** The world of one tree of episodes: its state, the order of the calls that change it, and its hashes. */
import { createHash } from "node:crypto";
import { expectContext } from "../../data/context.ts";
import { RecordingError, UsageError, WorldError } from "../../errors.ts";
import type { ToolReply } from "../../repl/tool-calls.ts";
import type { WorldMark } from "../../trajectory.ts";
import type { Json, Task } from "../../types.ts";
import type { World } from "./world.ts";

/** The reply to a call of a world's tool, with the call's place in the order of all calls of the tree. */
export type WorldReply = ToolReply & { readonly worldCall: number };

/**
 * A world in use. Calls of tools run one after the other, in the order in which they arrive or, in a replay, in which they are
 * recorded, so that the state after each is known by its number.
 */
export class RunningWorld {
  readonly #world: World;
  readonly #task: Task;
  #state: unknown;
  /** The last state as JSON, to put it back if a tool fails. */
  #kept: string;
  /** The hash of the state at the beginning, and after each call. */
  readonly #hashes: string[];
  /** The end of the last call that was begun. */
  #last: Promise<unknown> = Promise.resolve();
  /** Calls and marks of a replay that wait for their number. */
  #waiting: (() => void)[] = [];

  private constructor(world: World, task: Task, state: unknown, kept: string, hashes: readonly string[]) {
    this.#world = world;
    this.#task = task;
    this.#state = state;
    this.#kept = kept;
    this.#hashes = [...hashes];
  }

  /** The world of a task at its beginning. Throws `WorldError` if it cannot be made. */
  static begin(world: World, task: Task, seed: number): RunningWorld {
    const state = during(world, "create", () => world.create(task, seed));
    const kept = snapshotOf(world, state);
    return new RunningWorld(world, task, state, kept, [hashOf(kept)]);
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
    return new RunningWorld(this.#world, this.#task, state, this.#kept, this.#hashes);
  }

  /**
   * Runs a tool. Errors of the tool become errors in the code, and leave the state as it was. `at` is the recorded number of the
   * call: it waits until all calls before it have ended.
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
    if (at !== undefined) await this.#reached(at, signal);
    const call = this.#last.then(async (): Promise<WorldReply> => {
      const worldCall = this.#hashes.length - 1;
      const reply = await this.#run(tool, () =>
        known.run(this.#state, parsed.data, { task: this.#task, signal }),
      );
      this.#hashes.push(hashOf(this.#kept));
      for (const wake of this.#waiting.splice(0)) wake();
      return { ...reply, worldCall };
    });
    this.#last = call.catch(() => {});
    return await call;
  }

  /** The mark after a recorded number of calls, once the state has come so far. */
  async markAt(calls: number, signal: AbortSignal): Promise<WorldMark> {
    await this.#reached(calls, signal);
    return { calls, sha256: this.#hashes[calls]! };
  }

  async #run(tool: string, run: () => Json | Promise<Json>): Promise<ToolReply> {
    try {
      const result: unknown = await run();
      expectContext(result);
      if (result instanceof Uint8Array) throw new UsageError("expected JSON, got bytes");
      // The record keeps the JSON that the code gets, without references to the state.
      const text = JSON.stringify(result);
      this.#kept = snapshotOf(this.#world, this.#state);
      return { result: JSON.parse(text) as Json };
    } catch (error) {
      this.#state = restored(this.#world, this.#kept);
      const message = error instanceof Error ? error.message : String(error);
      const told = error instanceof UsageError ? `returned something that is not JSON: ${message}` : message;
      return { error: `${tool}(): ${told}`, kind: "other" };
    }
  }

  async #reached(calls: number, signal: AbortSignal): Promise<void> {
    while (this.#hashes.length - 1 < calls) {
      if (signal.aborted)
        throw new RecordingError(
          `world ${this.name}: call ${calls} waited for an earlier one that never came`,
        );
      await new Promise<void>((resolve) => {
        const woken = () => {
          signal.removeEventListener("abort", woken);
          resolve();
        };
        this.#waiting.push(woken);
        signal.addEventListener("abort", woken, { once: true });
      });
    }
  }
}

/** The state of a snapshot. Throws `WorldError` if the world does not take it. */
export function restored(world: World, snapshot: string): unknown {
  return during(world, "restore", () => world.restore(JSON.parse(snapshot) as Json));
}

/** The state as JSON with sorted keys, so that equal states have equal texts. Throws `WorldError`. */
export function snapshotOf(world: World, state: unknown): string {
  const snapshot = during(world, "snapshot", () => {
    const value: unknown = world.snapshot(state);
    expectContext(value);
    return value;
  });
  return JSON.stringify(sorted(snapshot as Json));
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
    const message = error instanceof Error ? error.message : String(error);
    throw new WorldError(`world ${world.name}: ${method} failed: ${message}`, { cause: error });
  }
}
