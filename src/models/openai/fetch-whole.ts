/** The fetch under the OpenAI client. */
import { randomUUID } from "node:crypto";

/** Servers and proxies that keep track of requests send it back; others make up one of their own. */
const ID_HEADER = "x-request-id";
const OURS = "rlm-gym-";

/** The answer bears the id of another request of ours: its text belongs to another call. */
export class MixedUpError extends Error {
  override readonly name = "MixedUpError";
}

/**
 * Fetches head and body as one, so that the client's time-out covers both and a connection that drops in the middle of
 * the body counts as dropped. The client reads a failed response's words only under `error`; servers that put them
 * elsewhere (`{"detail": "Not Found"}`) have them moved there.
 */
export async function fetchWhole(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const sent = new Headers(init?.headers);
  const id = `${OURS}${randomUUID()}`;
  sent.set(ID_HEADER, id);
  const response = await fetch(input, { ...init, headers: sent });
  const answered = response.headers.get(ID_HEADER);
  if (answered !== null && answered !== id && answered.startsWith(OURS))
    throw new MixedUpError("answered another request");
  const text = await response.text();
  const { status, headers } = response;
  return new Response((response.ok ? text : underError(text)) || null, { status, headers });
}

function underError(text: string): string {
  try {
    const json: unknown = JSON.parse(text);
    const isStandard = typeof json === "object" && json !== null && "error" in json;
    return isStandard ? text : JSON.stringify({ error: json });
  } catch {
    return text;
  }
}
