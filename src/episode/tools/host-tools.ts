/** Functions of the host that code in the REPL can call. Calls are checked against schemas, answered as JSON, and recorded. */
import { z } from "zod";
import type { Ledger } from "../../cost/ledger.ts";
import { charsOfToolCall } from "../../cost/written-chars.ts";
import { BudgetError, UsageError } from "../../errors.ts";
import type { ToolHost, ToolReply } from "../../repl/tool-calls.ts";
import type { HostFunction, ReplLanguage } from "../../languages/language.ts";
import { inTime, NOT_IN_TIME, resultOf, toldOf } from "./tool-result.ts";
import type { RunningWorld } from "../world/running-world.ts";
import type { HostToolCall } from "../../trajectory.ts";
import type { Json } from "../../types.ts";

/** A function of the host. Its schema names its arguments. */
export interface HostTool<Parameters extends z.ZodObject = z.ZodObject> {
  /** What it does: its documentation in the code, as a docstring is in Python. The system prompt shows it as well. */
  readonly description: string;
  readonly parameters: Parameters;
  /** Runs the tool. Its result reaches the code as JSON; an error becomes an exception with the same message. */
  run(args: z.output<Parameters>, options: { readonly signal: AbortSignal }): Json | Promise<Json>;
}

/** The tools of an environment, by their names in code. */
export type HostTools = { readonly [name: string]: HostTool };

/** The part of a language that tools need. */
type ToolLanguage = Pick<ReplLanguage, "title" | "hostCalls">;

/** Returns the tool. Its use is to infer the types of `run`'s arguments from the schema. */
export function hostTool<Parameters extends z.ZodObject>(tool: HostTool<Parameters>): HostTool {
  return tool;
}

/** Returns valid tools. Throws `UsageError` for a name that the language reserves or that cannot be a function's. */
export function expectTools(tools: HostTools, { title, hostCalls }: ToolLanguage): HostTools {
  if (hostCalls === null) {
    if (Object.keys(tools).length === 0) return tools;
    throw new UsageError(`tools: code in ${title} cannot call functions of the host`);
  }
  for (const [name, tool] of Object.entries(tools)) {
    if (hostCalls.isReserved(name))
      throw new UsageError(
        `tool ${name}: the name is reserved, or is not a name of a ${title} function; choose another`,
      );
    const wrong = Object.keys(tool.parameters.shape).find((parameter) =>
      hostCalls.isReserved(parameter, "parameter"),
    );
    if (wrong !== undefined) throw new UsageError(`tool ${name}: ${wrong} cannot be a parameter's name`);
  }
  return tools;
}

/** What code and the system prompt know of a tool. */
export type ToolForms = { readonly [name: string]: Pick<HostTool, "description" | "parameters"> };

/** The part of the system prompt that describes the tools; empty if there are none. */
export function describeTools(tools: ToolForms, { hostCalls }: ToolLanguage): string {
  const lines = functionsOf(tools).map(
    (tool) =>
      `- \`${tool.name}${hostCalls?.signature(tool) ?? ""}\`: ${tool.description.replaceAll("\n", " ")}`,
  );
  return lines.length === 0 ? "" : `\n\nThere are also these functions:\n${lines.join("\n")}`;
}

/** What answers the tool calls of one episode. */
export interface ToolParts {
  readonly tools: HostTools;
  /** The world of the tree, and the forms of its tools. */
  readonly world?: RunningWorld | undefined;
  readonly worldTools?: ToolForms | undefined;
  readonly signal: AbortSignal;
}

/** Answers the tool calls of one episode; null if there are no tools. `record` gets each call once it has ended. */
export function toolHost(
  { tools, world, worldTools, signal }: ToolParts,
  language: ToolLanguage,
  record: (call: Omit<HostToolCall, "turn">) => void,
): ToolHost | null {
  const source = sourceOf({ ...tools, ...worldTools }, language);
  if (source === null) return null;
  const call = (name: string, args: Json) =>
    world?.has(name) && Object.hasOwn(worldTools ?? {}, name)
      ? world.call(name, args, signal)
      : answer(tools, name, args, signal);
  return recordingTools({ source, call }, record);
}

/** Tools that answer from a record, in a replay. */
export interface RecordedToolHost extends Omit<ToolHost, "source"> {
  /** Null if the episode had no tools. */
  readonly source: string | null;
  /** True once the recorded turns are over, so that the world's tools run again. */
  readonly isOver?: () => boolean;
}

/**
 * Recorded tools, beside a world whose tools run again, in the order of the record. `own`: the tools of the episode itself, which
 * run once the recorded turns are over.
 */
export function toolsBesideWorld(
  recorded: RecordedToolHost,
  { own, world, signal }: Pick<ToolParts, "world" | "signal"> & { readonly own: HostTools },
  record: (call: Omit<HostToolCall, "turn">) => void,
): ToolHost | null {
  const { source } = recorded;
  if (source === null) return null;
  const call = async (name: string, args: Json): Promise<ToolReply> => {
    if (world?.has(name) && recorded.isOver?.()) return world.call(name, args, signal);
    if (Object.hasOwn(own, name) && recorded.isOver?.()) return answer(own, name, args, signal);
    const reply: ToolReply & { readonly worldCall?: number } = await recorded.call(name, args);
    if (!world || reply.worldCall === undefined) return reply;
    return world.call(name, args, signal, reply.worldCall);
  };
  return recordingTools({ source, call }, record);
}

/** What defines the tools in a REPL; null if there are none. */
export function sourceOf(tools: ToolForms, { hostCalls }: ToolLanguage): string | null {
  return Object.keys(tools).length === 0 ? null : (hostCalls?.source(functionsOf(tools)) ?? null);
}

/** Wraps tools so that each call is recorded once it has ended. */
function recordingTools(tools: ToolHost, record: (call: Omit<HostToolCall, "turn">) => void): ToolHost {
  return {
    source: tools.source,
    async call(name, args) {
      const answered: ToolReply & { readonly worldCall?: number; readonly isCut?: true } = await tools.call(
        name,
        args,
      );
      const { worldCall, isCut, ...reply } = answered;
      const isError = "error" in reply;
      record({
        name,
        args,
        result: isError ? null : reply.result,
        error: isError ? reply.error : null,
        ...(isError && reply.kind === "type" && { isTypeError: true }),
        ...(worldCall !== undefined && { worldCall }),
        ...(isCut && { isCut }),
      });
      return reply;
    },
  };
}

/**
 * Wraps tools in the bounds of the episode's calls. Their characters count, and a call of an unknown tool counts as a model
 * call. `refused` gets the limit that was reached.
 */
export function boundedTools(
  tools: ToolHost,
  { hostCalls }: ToolLanguage,
  bounds: Ledger["bounds"],
  refused: (limit: BudgetError["limit"]) => void,
): ToolHost {
  return {
    source: tools.source,
    async call(name, args) {
      try {
        bounds.takeChars(charsOfToolCall({ name, args }));
        if (!hostCalls?.defines(tools.source, name)) {
          bounds.expectRoomFor(1, 0);
          bounds.countCall();
        }
      } catch (error) {
        if (!(error instanceof BudgetError)) throw error;
        refused(error.limit);
        return { error: error.message, kind: "other" };
      }
      const reply = await tools.call(name, args);
      bounds.addChars("error" in reply ? reply.error.length : JSON.stringify(reply.result).length);
      return reply;
    },
  };
}

async function answer(tools: HostTools, name: string, args: Json, signal: AbortSignal): Promise<ToolReply> {
  const tool = Object.hasOwn(tools, name) ? tools[name] : undefined;
  if (!tool) return { error: `there is no tool ${JSON.stringify(name)}`, kind: "type" };
  const parsed = tool.parameters.safeParse(args);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(
      ({ path, message }) => `${path.join(".") || "arguments"}: ${message}`,
    );
    return { error: `${name}(): ${issues.join("; ")}`, kind: "type" };
  }
  try {
    const result = await inTime(signal, async () => ({ value: await tool.run(parsed.data, { signal }) }));
    if (result !== null) return { result: resultOf(result.value, false) };
    return { error: `${name}(): ${NOT_IN_TIME}`, kind: "other" };
  } catch (error) {
    return { error: `${name}(): ${toldOf(error)}`, kind: "other" };
  }
}

function functionsOf(tools: ToolForms): HostFunction[] {
  return Object.entries(tools).map(([name, { description, parameters }]) => {
    const schema = z.toJSONSchema(parameters, { io: "input", unrepresentable: "any" });
    const properties = Object.entries((schema.properties ?? {}) as Record<string, Property>);
    return {
      name,
      description,
      parameters: properties
        .map(([parameter, property]) => ({
          name: parameter,
          type: property.type ?? null,
          isRequired: schema.required?.includes(parameter) ?? false,
          ...(property.default !== undefined && { default: property.default }),
        }))
        .toSorted((a, b) => Number(b.isRequired) - Number(a.isRequired)),
    };
  });
}

interface Property {
  readonly type?: string;
  readonly default?: Json;
}
