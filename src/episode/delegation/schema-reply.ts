/** The words around a JSON Schema in the prompt of a sub-model, and the JSON in its reply. */
import type { Json } from "../../types.ts";

/** The most characters of a reply that its repair quotes. */
const MOST_QUOTED = 20_000;

/** The prompt with the request for JSON, if there is a schema. */
export function askingFor(schema: Json | undefined, prompt: string): string {
  if (schema === undefined) return prompt;
  return `${prompt}\n\nReply with JSON alone, without any other text. It must match this JSON Schema:\n${JSON.stringify(schema)}`;
}

/** The prompt that asks again for a reply that did not match. */
export function repairRequest(prompt: string, reply: string, problem: string): string {
  const quoted = reply.length > MOST_QUOTED ? `${reply.slice(0, MOST_QUOTED)} …` : reply;
  return `${prompt}\n\nYou replied:\n${quoted}\n\nThat reply was not accepted: ${problem}. Reply again, with JSON alone.`;
}

/** The JSON of a reply: all of it, or what its only fence holds, or what its outer brackets hold; undefined if there is none. */
export function readJson(reply: string): Json | undefined {
  const text = reply.trim();
  const fenced = /^[^`]*```[a-z]*\n([^`]*)```[^`]*$/i.exec(text)?.[1];
  const [first, last] = [text.search(/[[{]/), Math.max(text.lastIndexOf("]"), text.lastIndexOf("}"))];
  const bracketed = first !== -1 && last > first ? text.slice(first, last + 1) : undefined;
  for (const candidate of [text, fenced, bracketed]) {
    if (candidate === undefined) continue;
    try {
      return JSON.parse(candidate) as Json;
    } catch {
      // The next candidate may be JSON.
    }
  }
  return undefined;
}
