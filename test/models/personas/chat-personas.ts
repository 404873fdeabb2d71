/** Every persona that speaks chat completions, a faulty proxy among them. */
import { chatBody, type ChatShape, chatStream } from "./chat-shapes.ts";
import { json, type Persona, type Saying } from "./persona.ts";
import { chatPersona as persona } from "./chat-persona.ts";
import { ENGINES } from "./engine-personas.ts";
import { SERVICES } from "./service-personas.ts";

const proxyShape: ChatShape = { thought: (thought) => ({ content: `<think>${thought}</think>` }) };
let answered = 0;

/** Each of its answers is odd in a different way, and one in three is an error with status 200. */
const faultyProxy: Persona = {
  ...persona(
    {
      name: "a faulty proxy",
      busy: json({ error: { code: 502, message: "upstream went away" } }),
      burst: json({ error: "litellm.ContextWindowExceededError: too long" }, 500),
    },
    proxyShape,
  ),
  reply: (say, body) => {
    answered += 1;
    const marked: Saying =
      say.thought === undefined ? say : { ...say, text: `<think>${say.thought}</think>${say.text ?? ""}` };
    const whole = chatBody(marked, body, {
      thought: () => ({}),
      usage: null,
      choice: () => ({ finish_reason: null }),
    });
    if (answered % 3 === 0)
      return { status: 200, type: "text/plain", text: `\n\n${JSON.stringify([whole])}` };
    if (answered % 3 === 1)
      return {
        status: 200,
        type: "text/event-stream",
        text: chatStream(
          {
            ...(say.code !== undefined && { code: say.code }),
            ...(marked.text !== undefined && { text: marked.text }),
          },
          body,
          proxyShape,
        ),
      };
    return { status: 200, type: "text/html", text: JSON.stringify(JSON.stringify(whole)) };
  },
};

export const CHAT_PERSONAS: readonly Persona[] = [...ENGINES, ...SERVICES, faultyProxy];
