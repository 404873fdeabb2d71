/** What Python asks of the host's tools: read without trust, and answered as JSON. */
import { z } from "zod";
import type { Json } from "../types.ts";

const TOOL_REQUEST = "H".charCodeAt(0);

/** `type`: the arguments were wrong, a TypeError in Python. */
export type ToolReply =
  | { readonly result: Json }
  | { readonly error: string; readonly kind: "type" | "other" };

/** The tools of one episode. */
export interface ToolDesk {
  /** Python that defines the functions. */
  readonly source: string;
  call(name: string, args: Json): Promise<ToolReply>;
}

/** No tool has a longer name, and what is said of one that does not exist repeats it. */
const MAX_NAME_CHARS = 200;

const REQUEST = z.strictObject({
  name: z.string().max(MAX_NAME_CHARS),
  args: z.record(z.string(), z.json()),
});

export function isToolCall(body: Uint8Array): boolean {
  return body[0] === TOOL_REQUEST;
}

/** Never rejects. */
export async function answerToolCall(desk: ToolDesk | null, body: Uint8Array): Promise<Uint8Array> {
  return new TextEncoder().encode(JSON.stringify(await reply(desk, body)));
}

async function reply(desk: ToolDesk | null, body: Uint8Array): Promise<ToolReply> {
  if (desk === null) return { error: "there are no tools in this environment", kind: "other" };
  try {
    const request = REQUEST.safeParse(JSON.parse(new TextDecoder().decode(body.subarray(1))));
    if (!request.success) return { error: "the request names no tool and its arguments", kind: "other" };
    return await desk.call(request.data.name, request.data.args);
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error), kind: "other" };
  }
}
