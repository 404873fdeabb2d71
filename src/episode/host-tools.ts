/** Functions of the host that Python may call: checked against their schemas, answered as JSON, and recorded. */
import { z } from "zod";
import type { Ledger } from "../cost/ledger.ts";
import { BudgetError, UsageError } from "../errors.ts";
import type { ToolHost, ToolReply } from "../repl/tool-calls.ts";
import { isReserved, signatureOf, type ToolFunction, toolSource } from "../repl/tool-source.ts";
import type { HostToolCall } from "../trajectory.ts";
import type { Json } from "../types.ts";

/** A function of the host. Its arguments are those of the schema, by name. */
export interface HostTool<Parameters extends z.ZodObject = z.ZodObject> {
  /** The docstring, and what the system prompt says of it. */
  readonly description: string;
  readonly parameters: Parameters;
  /** What it returns reaches Python as JSON; what it throws is an exception there, with the error's message. */
  run(args: z.output<Parameters>, options: { readonly signal: AbortSignal }): Json | Promise<Json>;
}

/** The tools of an environment, by the names that Python calls them by. */
export type HostTools = { readonly [name: string]: HostTool };

/** Keeps the types of a tool's arguments. */
export function hostTool<Parameters extends z.ZodObject>(tool: HostTool<Parameters>): HostTool {
  return tool;
}

/** The tools, where Python can have them. Throws `UsageError` for a name that is taken or no name of a function. */
export function expectTools(tools: HostTools): HostTools {
  for (const [name, tool] of Object.entries(tools)) {
    if (isReserved(name))
      throw new UsageError(
        `tool ${name}: the name is taken, or no name of a Python function; choose another`,
      );
    const wrong = Object.keys(tool.parameters.shape).find((parameter) => isReserved(parameter, "parameter"));
    if (wrong !== undefined) throw new UsageError(`tool ${name}: ${wrong} cannot be a parameter's name`);
  }
  return tools;
}

/** What the system prompt says of the tools; empty where there are none. */
export function describeTools(tools: HostTools): string {
  const lines = functionsOf(tools).map(
    ({ signature, description }) => `- \`${signature}\`: ${description.replaceAll("\n", " ")}`,
  );
  return lines.length === 0 ? "" : `\n\nThere are also these functions:\n${lines.join("\n")}`;
}

/** Answers Python's calls for one episode. `record` gets each call once it has ended. */
export function toolHost(
  tools: HostTools,
  signal: AbortSignal,
  record: (call: Omit<HostToolCall, "turn">) => void,
): ToolHost | null {
  const source = sourceOf(tools);
  if (source === null) return null;
  return recordingTools({ source, call: (name, args) => answer(tools, name, args, signal) }, record);
}

/** Python that defines the tools; null where there are none. */
export function sourceOf(tools: HostTools): string | null {
  return Object.keys(tools).length === 0 ? null : toolSource(functionsOf(tools));
}

/** The tools, with each call recorded once it has ended. */
export function recordingTools(
  tools: ToolHost,
  record: (call: Omit<HostToolCall, "turn">) => void,
): ToolHost {
  return {
    source: tools.source,
    async call(name, args) {
      const reply = await tools.call(name, args);
      const isError = "error" in reply;
      record({
        name,
        args,
        result: isError ? null : reply.result,
        error: isError ? reply.error : null,
        ...(isError && reply.kind === "type" && { isTypeError: true }),
      });
      return reply;
    },
  };
}

/**
 * The tools within the bounds of the episode's calls: their characters count, and calls of tools that do not exist count as
 * calls of a model do. `refused` is told of the limit that was reached.
 */
export function boundedTools(
  tools: ToolHost,
  bounds: Ledger["bounds"],
  refused: (limit: BudgetError["limit"]) => void,
): ToolHost {
  return {
    source: tools.source,
    async call(name, args) {
      try {
        bounds.takeChars(name.length + JSON.stringify(args).length);
        if (!tools.source.includes(`def ${name}(`)) {
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
    const result = await tool.run(parsed.data, { signal });
    // The record holds what Python gets: JSON, with nothing of the tool's own objects in it.
    return { result: JSON.parse(JSON.stringify(result ?? null)) as Json };
  } catch (error) {
    return { error: `${name}(): ${error instanceof Error ? error.message : String(error)}`, kind: "other" };
  }
}

function functionsOf(tools: HostTools): (ToolFunction & { readonly signature: string })[] {
  return Object.entries(tools).map(([name, { description, parameters }]) => {
    const schema = z.toJSONSchema(parameters, { io: "input", unrepresentable: "any" });
    const properties = Object.entries((schema.properties ?? {}) as Record<string, Property>);
    const made = {
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
    return { ...made, signature: `${name}${signatureOf(made)}` };
  });
}

interface Property {
  readonly type?: string;
  readonly default?: Json;
}
