/** The contract of worlds: state on the host that an episode changes by tools, and that forks and replays with the episode. */
import type { z } from "zod";
import { UsageError } from "../../errors.ts";
import type { ReplLanguage } from "../../languages/language.ts";
import type { Json, Reference, Task } from "../../types.ts";

/** What a tool of a world may read besides its arguments. The gold is not part of it. */
export interface WorldCall {
  readonly task: Task;
  readonly signal: AbortSignal;
}

/** A function over a world's state that code can call. Its schema names its arguments. */
export interface WorldTool<State, Parameters extends z.ZodObject = z.ZodObject> {
  /** The docstring, which the system prompt shows as well. */
  readonly description: string;
  readonly parameters: Parameters;
  /**
   * Runs the tool, which may change the state in place. Its result reaches the code as JSON. If it throws, or returns something that
   * is not JSON, the state is put back, and the code gets an error that says so.
   */
  run(state: State, args: z.output<Parameters>, call: WorldCall): Json | Promise<Json>;
}

/**
 * State that each tree of episodes has on the host. The children that a policy starts share it; a fork owns a copy. Its tools run
 * one at a time.
 */
export interface World<State = unknown> {
  /** The name in records. A snapshot is restored only by a world of this name. */
  readonly name: string;
  /** The state at the beginning. `seed` follows from what the policy sees of the task, so that tools may show what it draws. */
  create(task: Task, seed: number): State;
  /** The tools, by their names in the code. */
  readonly tools: { readonly [name: string]: WorldTool<State> };
  /**
   * The whole state as JSON, which shares nothing with the state. It is called after every call of a tool, so keep it small: what
   * follows from the task does not belong in it.
   */
  snapshot(state: State): Json;
  /** The state of a snapshot: the inverse of `snapshot`. */
  restore(snapshot: Json): State;
  /** The score of the last state in [0, 1]. `answer` is null if the episode ended without one. */
  score(state: State, answer: string | null, reference: Reference): number;
}

/** Returns the tool. Its use is to infer the types of `run`'s arguments from the schema. */
export function worldTool<State, Parameters extends z.ZodObject>(
  tool: WorldTool<State, Parameters>,
): WorldTool<State> {
  return tool;
}

/** Returns the world. Its use is to check the type of its state, which only its own methods get. */
export function defineWorld<State>(world: World<State>): World {
  return world;
}

/** Throws `UsageError` for a world without a name or tools, or with a tool that the language or `others` cannot have beside it. */
export function expectWorld(
  world: World,
  { title, hostCalls }: Pick<ReplLanguage, "title" | "hostCalls">,
  others: readonly string[] = [],
): void {
  if (hostCalls === null)
    throw new UsageError(`world ${world.name}: code in ${title} cannot call functions of the host`);
  const names = Object.keys(world.tools);
  if (world.name === "") throw new UsageError("world: expected a name, got an empty text");
  if (names.length === 0) throw new UsageError(`world ${world.name}: expected at least one tool`);
  for (const name of names) {
    if (hostCalls.isReserved(name) || others.includes(name))
      throw new UsageError(
        `world ${world.name}: tool ${name}: the name is taken, or is not a name of a ${title} function; choose another`,
      );
    const wrong = Object.keys(world.tools[name]!.parameters.shape).find((one) =>
      hostCalls.isReserved(one, "parameter"),
    );
    if (wrong !== undefined)
      throw new UsageError(`world ${world.name}: tool ${name}: ${wrong} cannot be a parameter's name`);
  }
}
