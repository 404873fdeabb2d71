/** Messages and tools in the shapes that chat trainers read. */
import { z } from "zod";
import { toolsOf } from "../episode/prompt.ts";
import { languageOfRecord } from "../record/language-of-record.ts";
import type { Trajectory } from "../trajectory.ts";
import type { Message } from "../types.ts";
import { BOOL, INT, JSON_TEXT, listOf, OPTIONAL, type ParquetField, structOf, TEXT } from "./columns.ts";

const toolCallWith = <T extends z.ZodType>(args: T) =>
  z.strictObject({
    id: z.string(),
    type: z.literal("function"),
    function: z.strictObject({ name: z.string(), arguments: args }),
  });

const base = {
  role: z.enum(["system", "user", "assistant", "tool"]),
  content: z.string(),
  tool_call_id: z.string().optional(),
};

/** A message as TRL reads it: a tool call's arguments are an object. */
export const trlMessage = z.strictObject({
  ...base,
  tool_calls: z.array(toolCallWith(z.record(z.string(), z.unknown()))).optional(),
});

/** A message as OpenAI reads it: a tool call's arguments are JSON text. */
export const openaiMessage = z.strictObject({
  ...base,
  tool_calls: z.array(toolCallWith(z.string())).optional(),
  weight: z.union([z.literal(0), z.literal(1)]).optional(),
  trainable: z.boolean().optional(),
});

export const chatTools = z
  .array(
    z.strictObject({
      type: z.literal("function"),
      function: z.strictObject({ name: z.string(), description: z.string(), parameters: z.looseObject({}) }),
    }),
  )
  .optional();

function messagesWith(args: typeof JSON_TEXT | typeof TEXT, ...more: readonly ParquetField[]) {
  const call = structOf(
    ["id", TEXT],
    ["type", TEXT],
    ["function", structOf(["name", TEXT], ["arguments", args])],
  );
  const fields: readonly ParquetField[] = [
    ["role", TEXT],
    ["content", TEXT],
    ["tool_call_id", TEXT, OPTIONAL],
    ["tool_calls", listOf(call), OPTIONAL],
  ];
  return listOf(structOf(...fields, ...more));
}

/** The Parquet type of a list of `trlMessage`; a call's arguments are JSON text, since each function has its own. */
export const TRL_MESSAGES = messagesWith(JSON_TEXT);

/** The Parquet type of a list of `openaiMessage`. */
export const OPENAI_MESSAGES = messagesWith(TEXT, ["weight", INT, OPTIONAL], ["trainable", BOOL, OPTIONAL]);

/** The Parquet column of `chatTools`: JSON text, which TRL reads too. */
export const TOOLS_COLUMN: ParquetField = ["tools", JSON_TEXT, OPTIONAL];

/** Null if a tool call's arguments are not a JSON object, which the format cannot hold. */
export function trlMessages(messages: readonly Message[]): z.output<typeof trlMessage>[] | null {
  const rows: z.output<typeof trlMessage>[] = [];
  for (const message of messages) {
    const calls = message.toolCalls?.map((call) => ({ call, args: objectIn(call.arguments) }));
    if (calls?.some(({ args }) => args === null)) return null;
    rows.push({
      ...plain(message),
      ...(calls && {
        tool_calls: calls.map(({ call: { id, name }, args }) => functionCall(id, name, args!)),
      }),
    });
  }
  return rows;
}

export function openaiMessages(messages: readonly Message[]): z.output<typeof openaiMessage>[] {
  return messages.map((message) => ({
    ...plain(message),
    ...(message.toolCalls && {
      tool_calls: message.toolCalls.map(({ id, name, arguments: text }) => functionCall(id, name, text)),
    }),
  }));
}

type ChatTool = NonNullable<z.output<typeof chatTools>>[number];

type Told = Pick<Trajectory, "dialect" | "task" | "language" | "rules" | "promptStyle">;

/** The native functions that the policy was offered: the REPL's, or those that an imported record declares. */
export function declaredTools(record: Told): ChatTool[] {
  const { dialect, task } = record;
  const { tools } = (task.metadata["imported"] ?? {}) as { tools?: unknown };
  if (Array.isArray(tools)) return tools.flatMap((tool) => chatTools.safeParse([tool]).data ?? []);
  return toolsOf(dialect, languageOfRecord(record)).map((tool) => ({
    type: "function",
    function: { ...tool },
  }));
}

/** `{ tools }` if the policy was offered native functions, otherwise empty. */
export function toolsField(trajectory: Told): {
  tools?: z.output<typeof chatTools>;
} {
  const tools = declaredTools(trajectory);
  return tools.length === 0 ? {} : { tools };
}

/** Weights and `trainable` distinguish these conversations from those of TRL. */
export function marksTraining({ messages }: { readonly [key: string]: unknown }): boolean {
  return (
    Array.isArray(messages) &&
    messages.some((message: unknown) => {
      const keys = typeof message === "object" && message !== null ? Object.keys(message) : [];
      return keys.includes("weight") || keys.includes("trainable");
    })
  );
}

/** The JSON object in a text; null if the text is not one. */
export function objectIn(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

function plain({ role, content, toolCallId }: Message) {
  return { role, content, ...(toolCallId !== undefined && { tool_call_id: toolCallId }) };
}

function functionCall<T>(id: string, name: string, args: T) {
  return { id, type: "function" as const, function: { name, arguments: args } };
}
