/** Gives each request of Python's to who answers it: the lazy context, the host's tools, or the handler of calls. */
import { encodeError, encodeReply, parseCall } from "./pyodide/host-calls.ts";
import type { HostCallHandler } from "./repl.ts";
import { answerTextCall, isTextCall } from "./text/text-calls.ts";
import type { TextStore } from "./text/text-store.ts";
import { answerToolCall, isToolCall, type ToolDesk } from "./tool-calls.ts";

/** Who answers in one episode. */
export interface Answering {
  readonly text: TextStore | null;
  readonly tools: ToolDesk | null;
  readonly onCall: HostCallHandler;
}

/** Never rejects. */
export async function answerRequest(
  { text, tools, onCall }: Answering,
  body: Uint8Array,
  deadline: AbortSignal,
): Promise<Uint8Array> {
  if (isTextCall(body)) return await answerTextCall(text, body, deadline);
  if (isToolCall(body)) return await answerToolCall(tools, body);
  const call = parseCall(body);
  if (typeof call === "string") return encodeError(call);
  try {
    return encodeReply(await onCall(call), call.prompts.length);
  } catch (error) {
    return encodeError(error instanceof Error ? error.message : String(error));
  }
}
