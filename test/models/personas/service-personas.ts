/** Hosted services that speak chat completions, each with its own ways. */
import { chatBody, chatStream, USAGE } from "./chat-shapes.ts";
import { assistantsIn, type Body, json, messagesIn, type Persona } from "./persona.ts";
import { chatPersona as persona, told } from "./chat-persona.ts";

const openai = persona(
  {
    name: "OpenAI chat",
    hidesThoughts: true,
    options: { sampling: { temperature: 0.5, stop: ["</end>"] } },
    busy: told(429, "Rate limit reached for m", { type: "requests", code: "rate_limit_exceeded" }),
    burst: told(
      400,
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 150000 tokens.",
      { type: "invalid_request_error", param: "messages", code: "context_length_exceeded" },
    ),
    refuses: (body) => {
      const field = ["max_tokens", "temperature", "stop"].find((name) => name in body);
      if (field === undefined) return null;
      const instead = field === "max_tokens" ? " Use 'max_completion_tokens' instead." : "";
      return told(400, `Unsupported parameter: '${field}' is not supported with this model.${instead}`, {
        type: "invalid_request_error",
        param: field,
        code: "unsupported_parameter",
      });
    },
  },
  {
    thought: () => ({}),
    choice: () => ({ logprobs: null }),
    usage: {
      ...USAGE,
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 4 },
    },
  },
);

const deepseek = persona(
  {
    name: "DeepSeek",
    busy: told(
      503,
      "Service is too busy. We advise users to temporarily switch to alternative LLM API service providers.",
      { type: "service_unavailable_error" },
    ),
    burst: told(
      400,
      "This model's maximum context length is 131072 tokens. However, you requested 140000 tokens (139990 in the messages, 10 in the completion). Please reduce the length of the messages or completion.",
      { code: "invalid_request_error" },
    ),
    refuses: (body) => {
      const at = messagesIn(body).findIndex(
        (message) => message["role"] === "assistant" && !("reasoning_content" in message),
      );
      return at === -1
        ? null
        : told(400, `Missing \`reasoning_content\` field in the assistant message at message index ${at}.`, {
            type: "invalid_request_error",
          });
    },
  },
  {
    thought: (reasoning_content) => ({ reasoning_content }),
    usage: {
      ...USAGE,
      prompt_cache_hit_tokens: 16,
      prompt_cache_miss_tokens: 4,
      completion_tokens_details: { reasoning_tokens: 4 },
    },
  },
);

/** A list of what is wrong, in a message: Mistral's own schema. */
function mistralRefusal(field: string) {
  const detail = [{ type: "extra_forbidden", loc: ["body", field], msg: "Extra inputs are not permitted" }];
  return json({ object: "error", message: { detail }, type: "invalid_request_error", code: null }, 422);
}

const mistral = persona(
  {
    name: "Mistral",
    reasoning: "keep",
    busy: json(
      {
        object: "error",
        message: "Service tier capacity exceeded for this model.",
        type: "service_tier_capacity_exceeded",
        code: "3505",
      },
      429,
    ),
    burst: json(
      {
        object: "error",
        message:
          "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
        type: "invalid_request_prompt",
        code: "3051",
      },
      400,
    ),
    models: { page: { object: "list", data: [{ id: "m", max_context_length: 32_768 }] }, window: 32_768 },
    refuses: (body) => {
      if ("seed" in body) return mistralRefusal("seed");
      const ids = assistantsIn(body).flatMap(({ tool_calls: listed }) => (listed ?? []) as { id: string }[]);
      const bad = ids.find(({ id }) => !/^[a-zA-Z0-9]{9}$/.test(id));
      return bad
        ? json(
            {
              object: "error",
              message: `Tool call id was ${bad.id} but must be a-z, A-Z, 0-9, with a length of 9.`,
              type: "invalid_request_message_order",
            },
            400,
          )
        : null;
    },
  },
  { thought: () => ({}) },
);

/** Mistral's thoughts are parts of parts, and its calls have no type and, through proxies, odd ids. */
const MISTRAL: Persona = {
  ...mistral,
  reply: (say, body) => {
    const whole = chatBody(say, body, { thought: () => ({}), callId: "call_1", call: { index: 0 } }) as {
      choices: { message: Record<string, unknown> }[];
    };
    const { message } = whole.choices[0]!;
    if (say.thought !== undefined)
      message["content"] = [
        { type: "thinking", thinking: [{ type: "text", text: say.thought }] },
        ...(say.text === undefined ? [] : [{ type: "text", text: say.text }]),
      ];
    return json(whole);
  },
  stream: (say, body) =>
    chatStream(say, body, {
      thought: (thought) => ({
        content: [{ type: "thinking", thinking: [{ type: "text", text: thought }] }],
      }),
    }),
};

const gemini = persona(
  {
    name: "Gemini-compatible",
    busy: json(
      [
        {
          error: {
            code: 503,
            message: "The model is overloaded. Please try again later.",
            status: "UNAVAILABLE",
          },
        },
      ],
      503,
    ),
    burst: json(
      [
        {
          error: {
            code: 400,
            message:
              "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
            status: "INVALID_ARGUMENT",
          },
        },
      ],
      400,
    ),
    hidesThoughts: true,
    refuses: (body) => {
      if ("seed" in body)
        return json(
          [
            {
              error: {
                code: 400,
                message: 'Invalid JSON payload received. Unknown name "seed": Cannot find field.',
                status: "INVALID_ARGUMENT",
              },
            },
          ],
          400,
        );
      const calls = assistantsIn(body).flatMap(({ tool_calls: listed }) => (listed ?? []) as Body[]);
      return calls.some(
        (call) => JSON.stringify(call["extra_content"]) !== '{"google":{"thought_signature":"sig"}}',
      )
        ? json(
            [
              {
                error: {
                  code: 400,
                  message: "Function call is missing a thought_signature in functionCall parts.",
                  status: "INVALID_ARGUMENT",
                },
              },
            ],
            400,
          )
        : null;
    },
  },
  {
    thought: () => ({}),
    call: { extra_content: { google: { thought_signature: "sig" } } },
    usage: { prompt_tokens: 20, completion_tokens: 5, total_tokens: 29 },
  },
);

export const SERVICES: readonly Persona[] = [openai, deepseek, MISTRAL, gemini];
