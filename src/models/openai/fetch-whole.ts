/** The fetch under the OpenAI client. */

/**
 * Fetches head and body as one, so that the client's time-out covers both and a connection that drops in the middle of
 * the body counts as dropped. The client reads a failed response's words only under `error`; servers that put them
 * elsewhere (`{"detail": "Not Found"}`) have them moved there.
 */
export async function fetchWhole(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init);
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
