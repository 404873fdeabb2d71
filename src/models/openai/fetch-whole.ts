/** The fetch under the OpenAI client. */
import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { bytesOf, Connections } from "../connections.ts";

/** Servers and proxies that keep track of requests send it back; others make up one of their own. */
const ID_HEADER = "x-request-id";
const OURS = "rlm-gym-";

/** The answer bears the id of another request of ours: its text belongs to another call. */
export class MixedUpError extends Error {
  override readonly name = "MixedUpError";
}

/** Shared by all models: a server's sockets serve whichever asks next. */
const connections = new Connections();

/**
 * Fetches head and body as one, so that the client's time-out, and it alone, covers both and a connection that drops in the
 * middle of the body counts as dropped. The client reads a failed response's words only under `error`; servers that put them
 * elsewhere (`{"detail": "Not Found"}`) have them moved there.
 */
export async function fetchWhole(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const sent = new Headers(init.headers);
  const id = `${OURS}${randomUUID()}`;
  sent.set(ID_HEADER, id);
  const { signal, method = "GET", body } = init;
  if (body != null && typeof body !== "string") throw new TypeError("expected the body as text");
  signal?.throwIfAborted();
  try {
    const url = input instanceof Request ? input.url : String(input);
    const headers = Object.fromEntries(sent);
    const head = await connections.request(url, { method, headers, signal, body: body ?? undefined });
    const answered = head.headers[ID_HEADER];
    if (answered !== undefined && answered !== id && String(answered).startsWith(OURS)) {
      head.destroy();
      throw new MixedUpError("answered another request");
    }
    return await asResponse(head, await bytesOf(head));
  } catch (error) {
    // What broke because the caller gave up is the caller's reason.
    signal?.throwIfAborted();
    throw error;
  }
}

async function asResponse({ statusCode: status = 0, headers: told }: IncomingMessage, bytes: Buffer) {
  const headers = new Headers();
  for (const [name, value] of Object.entries(told))
    for (const one of [value ?? []].flat()) headers.append(name, one);
  const whole = new Response(bytes.length > 0 ? bytes : null, { status, headers });
  return whole.ok ? whole : new Response(underError(await whole.text()) || null, { status, headers });
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
