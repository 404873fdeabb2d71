/** Checks a world: that its state can be saved, restored and copied, and that its tools and hashes repeat. */
import { z } from "zod";
import { hashOf, restored, RunningWorld, snapshotOf } from "../episode/world/running-world.ts";
import type { World } from "../episode/world/world.ts";
import { UsageError } from "../errors.ts";
import type { ToolReply } from "../repl/tool-calls.ts";
import type { Json, JsonObject, Problem } from "../types.ts";
import { CheckFailed } from "./check-failed.ts";

/** A call of a world's tool that the check makes. */
export interface CheckedCall {
  readonly tool: string;
  readonly args: JsonObject;
}

/** What a tool's caller may see of a failure of the world itself rather than of the call. */
const NOT_JSON = "returned something that is not JSON";

/**
 * Throws `CheckFailed` at the first failure of these checks: the same task and seed give the same state, a snapshot can be restored
 * and shares nothing with the state, results are JSON, the same calls lead to the same states and results, a copy and its original
 * do not see each other's calls, and the score is between 0 and 1. Default calls: each tool once, with made-up arguments.
 */
export async function checkWorld(
  world: World,
  { task, reference }: Problem,
  seed: number,
  calls: readonly CheckedCall[] = madeUpCalls(world),
): Promise<void> {
  const where = `world ${world.name}`;
  const state = world.create(task, seed);
  const text = snapshotOf(world, state);
  if (snapshotOf(world, world.create(task, seed)) !== text)
    throw new CheckFailed(`${where}: the same task and seed give another state`);
  if (snapshotOf(world, restored(world, text)) !== text)
    throw new CheckFailed(`${where}: a restored snapshot gives another snapshot`);
  const aliased: unknown = world.snapshot(state);
  const before = JSON.stringify(aliased);
  const first = RunningWorld.begin(world, task, seed);
  const again = RunningWorld.begin(world, task, seed);
  const { signal } = new AbortController();
  for (const [index, { tool, args }] of calls.entries()) {
    if (!first.has(tool)) throw new UsageError(`${where}: it has no tool ${JSON.stringify(tool)}`);
    const name = `${where}: call ${index}, of ${tool}`;
    const copy = first.fork();
    const { sha256 } = first.mark;
    const made = await copy.call(tool, args, signal);
    expectJson(name, made);
    if (
      first.mark.sha256 !== sha256 ||
      hashOf(snapshotOf(world, restored(world, JSON.stringify(first.snapshot)))) !== sha256
    )
      throw new CheckFailed(`${name}: the original sees what its copy did`);
    const [own, repeated] = [await first.call(tool, args, signal), await again.call(tool, args, signal)];
    if (JSON.stringify(own) !== JSON.stringify(made) || JSON.stringify(own) !== JSON.stringify(repeated))
      throw new CheckFailed(`${name}: it does not give the same result again`);
    if (first.mark.sha256 !== copy.mark.sha256 || first.mark.sha256 !== again.mark.sha256)
      throw new CheckFailed(`${name}: it does not lead to the same state again`);
    // The tool runs on the checked state itself, to see whether its snapshot moves along.
    const parsed = world.tools[tool]!.parameters.safeParse(args);
    if (parsed.success)
      await attempt(async () => world.tools[tool]!.run(state, parsed.data, { task, signal }));
  }
  if (JSON.stringify(aliased) !== before)
    throw new CheckFailed(`${where}: a snapshot changes with the state that it was taken of`);
  const score = world.score(world.restore(first.snapshot), "", reference);
  if (!(score >= 0 && score <= 1)) throw new CheckFailed(`${where}: the score is ${score}; expected 0 to 1`);
}

function expectJson(name: string, reply: ToolReply): void {
  if ("error" in reply && reply.error.includes(NOT_JSON)) throw new CheckFailed(`${name}: ${reply.error}`);
}

/** A tool may throw: that is an error for its caller, and no failure of the world. */
async function attempt(run: () => Promise<Json>): Promise<void> {
  try {
    await run();
  } catch {
    // Its caller is told elsewhere.
  }
}

/** Each tool once, with the smallest arguments that its schema describes. */
function madeUpCalls(world: World): CheckedCall[] {
  return Object.entries(world.tools).map(([tool, { parameters }]) => {
    const schema = z.toJSONSchema(parameters, { io: "input", unrepresentable: "any" });
    return { tool, args: madeUp(schema as Schema) as JsonObject };
  });
}

interface Schema {
  readonly type?: string;
  readonly enum?: readonly Json[];
  readonly const?: Json;
  readonly minimum?: number;
  readonly minLength?: number;
  readonly minItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

function madeUp(schema: Schema): Json {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum?.[0] !== undefined) return schema.enum[0];
  switch (schema.type ?? "any") {
    case "object":
      return Object.fromEntries(
        (schema.required ?? []).map((key) => [key, madeUp(schema.properties?.[key] ?? {})]),
      );
    case "array":
      return Array.from({ length: schema.minItems ?? 0 }, () => madeUp(schema.items ?? {}));
    case "integer":
    case "number":
      return Math.max(1, schema.minimum ?? 1);
    case "boolean":
      return true;
    default:
      return "a".repeat(Math.max(1, schema.minLength ?? 1));
  }
}
