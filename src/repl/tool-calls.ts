/** Checks Python's calls of the host's tools, and answers them as JSON. */
import { z } from "zod";
import type { Json } from "../types.ts";

const TOOL_REQUEST = "H".charCodeAt(0);

/** A tool's result or error. An error of kind `type` means wrong arguments, and becomes a TypeError in Python. */
export type ToolReply =
  | { readonly result: Json }
  | { readonly error: string; readonly kind: "type" | "other" };

/** The tools of one episode. */
export interface ToolHost {
  /** Python that defines the functions. */
  readonly source: string;
  call(name: string, args: Json): Promise<ToolReply>;
}

/** A longer name is refused, since the error about an unknown tool repeats the name. */
const MAX_NAME_CHARS = 200;

const REQUEST = z.strictObject({
  name: z.string().max(MAX_NAME_CHARS),
  args: z.record(z.string(), z.json()),
});

/** Whether a request from Python is a call of a tool. */
export function isToolCall(body: Uint8Array): boolean {
  return body[0] === TOOL_REQUEST;
}

/** Answers a request that `isToolCall`, as JSON in UTF-8. Never rejects. */
export async function answerToolCall(host: ToolHost | null, body: Uint8Array): Promise<Uint8Array> {
  return new TextEncoder().encode(JSON.stringify(await reply(host, body)));
}

async function reply(host: ToolHost | null, body: Uint8Array): Promise<ToolReply> {
  if (host === null) return { error: "there are no tools in this environment", kind: "other" };
  try {
    const request = REQUEST.safeParse(JSON.parse(new TextDecoder().decode(body.subarray(1))));
    if (!request.success) return { error: "the request names no tool and its arguments", kind: "other" };
    return await host.call(request.data.name, request.data.args);
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error), kind: "other" };
  }
}
