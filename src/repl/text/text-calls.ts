/** Checks Python's requests to a lazy context, and answers them in a form that Python reads. */
import { DataError, UsageError } from "../../errors.ts";
import type { TextStore } from "./text-store.ts";

const TEXT_REQUEST = "T".charCodeAt(0);
const BYTES_REPLY = "B".charCodeAt(0);

/** Whether a request from Python is for a lazy text. */
export function isTextCall(body: Uint8Array): boolean {
  return body[0] === TEXT_REQUEST;
}

/** Returns `B` and the UTF-8 of a text, or the JSON of `{value}` or `{error, kind}`. Never rejects. */
export async function answerTextCall(
  text: TextStore | null,
  body: Uint8Array,
  deadline: AbortSignal,
): Promise<Uint8Array> {
  try {
    if (text === null) throw new UsageError("the context of this episode is no lazy text");
    const request: unknown = JSON.parse(new TextDecoder().decode(body.subarray(1)));
    const reply = await text.request(request, { signal: deadline });
    return reply instanceof Uint8Array
      ? Buffer.concat([Uint8Array.of(BYTES_REPLY), reply])
      : json({ value: reply });
  } catch (error) {
    return json({ error: error instanceof Error ? error.message : String(error), kind: kindOf(error) });
  }
}

function kindOf(error: unknown): string {
  if (error instanceof UsageError) return "usage";
  return error instanceof DataError ? "data" : "other";
}

function json(value: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
