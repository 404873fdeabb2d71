/** Chat completions, whole and streamed, as most servers write them. */
import { json, type Body, type Saying, TOOL } from "./persona.ts";

export interface ChatShape {
  /** The form of the thought in the message, and in a delta. */
  readonly thought: (thought: string) => object;
  readonly callId?: string;
  /** The peculiarities of the call, the choice and the whole reply. */
  readonly call?: object;
  readonly choice?: (say: Saying, body: Body) => object;
  readonly top?: (say: Saying, body: Body) => object;
  readonly usage?: object | null;
}

export const USAGE = { prompt_tokens: 20, completion_tokens: 9, total_tokens: 29 };

export function callOf({ code }: Saying, { callId = "c1", call = {} }: ChatShape): object[] {
  if (code === undefined) return [];
  return [
    { id: callId, type: "function", function: { name: TOOL, arguments: JSON.stringify({ code }) }, ...call },
  ];
}

export function chatBody(say: Saying, body: Body, shape: ChatShape): object {
  const { thought, text = null } = say;
  const calls = callOf(say, shape);
  return {
    id: "x",
    object: "chat.completion",
    created: 1,
    model: body["model"],
    choices: [
      {
        index: 0,
        finish_reason: calls.length > 0 ? "tool_calls" : "stop",
        message: {
          role: "assistant",
          content: text,
          ...(thought !== undefined && shape.thought(thought)),
          ...(calls.length > 0 && { tool_calls: calls }),
        },
        ...shape.choice?.(say, body),
      },
    ],
    ...(shape.usage !== null && { usage: shape.usage ?? USAGE }),
    ...shape.top?.(say, body),
  };
}

export function chatReply(say: Saying, body: Body, shape: ChatShape) {
  return json(chatBody(say, body, shape));
}

/** Splits a text in halves, so that a test sees them joined. */
export function chatStream(say: Saying, body: Body, shape: ChatShape): string {
  const { thought, text = "" } = say;
  const chunk = (delta: object, finish: string | null = null, top: object = {}) =>
    `data: ${JSON.stringify({ id: "x", object: "chat.completion.chunk", model: body["model"], choices: [{ index: 0, delta, finish_reason: finish }], ...top })}\n\n`;
  const middle = Math.floor(text.length / 2);
  const calls = callOf(say, shape).map((call, index) => ({ index, ...call }));
  return [
    chunk({ role: "assistant", content: "" }),
    ...(thought === undefined ? [] : [chunk(shape.thought(thought))]),
    ...(text === ""
      ? []
      : [chunk({ content: text.slice(0, middle) }), chunk({ content: text.slice(middle) })]),
    ...(calls.length > 0 ? [chunk({ tool_calls: calls })] : []),
    chunk({}, calls.length > 0 ? "tool_calls" : "stop"),
    `data: ${JSON.stringify({ choices: [], usage: shape.usage ?? USAGE })}\n\n`,
    "data: [DONE]\n\n",
  ].join("");
}
