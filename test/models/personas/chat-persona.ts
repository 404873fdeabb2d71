/** What personas that speak chat completions have in common. */
import { chatReply, type ChatShape, chatStream } from "./chat-shapes.ts";
import { json, type Persona } from "./persona.ts";

/** An error in OpenAI's form. */
export const told = (status: number, message: string, further: object = {}) =>
  json({ error: { message, ...further } }, status);

/** A persona that speaks chat completions; it refuses nothing where it is not told to. */
export function chatPersona(
  of: Omit<Persona, "api" | "reply" | "stream" | "refuses"> & Partial<Persona>,
  shape: ChatShape,
): Persona {
  return {
    api: "chat",
    reply: (say, body) => chatReply(say, body, shape),
    stream: (say, body) => chatStream(say, body, shape),
    refuses: () => null,
    ...of,
  };
}
