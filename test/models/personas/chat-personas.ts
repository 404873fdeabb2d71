/** Servers that speak chat completions, each with its own variants. */
import { chatBody, chatReply, type ChatShape, chatStream, USAGE } from "./chat-shapes.ts";
import { assistantsIn, type Body, json, messagesIn, type Persona, type Saying } from "./persona.ts";

const told = (status: number, message: string, further: object = {}) =>
  json({ error: { message, ...further } }, status);

function persona(
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

const vllm = persona(
  {
    name: "vLLM",
    options: { tokenIds: true, logprobs: true },
    reasoning: "keep",
    busy: json(
      { object: "error", message: "EngineCore encountered an issue", type: "InternalServerError", code: 500 },
      500,
    ),
    burst: told(
      400,
      "This model's maximum context length is 4096 tokens. However, you requested 4200 tokens (4190 in the messages, 10 in the completion).",
      { type: "BadRequestError" },
    ),
    models: {
      page: { object: "list", data: [{ id: "m", object: "model", max_model_len: 4096 }] },
      window: 4096,
    },
  },
  {
    thought: (reasoning) => ({ reasoning }),
    choice: () => ({
      token_ids: [7, 8, 9],
      logprobs: { content: [{ logprob: -1 }, { logprob: -2 }, { logprob: -3 }] },
      stop_reason: null,
    }),
    top: () => ({ prompt_token_ids: [1, 2, 3], prompt_logprobs: null }),
  },
);

const sglang = persona(
  {
    name: "SGLang",
    reasoning: "last",
    busy: json(
      { object: "error", message: "The request queue is full.", type: "ServiceUnavailable", code: 503 },
      503,
    ),
    burst: json(
      {
        object: "error",
        message: "The input (61709 tokens) is longer than the model's context length (40960 tokens).",
        type: "BadRequestError",
        param: null,
        code: 400,
      },
      400,
    ),
    models: { page: { object: "list", data: [{ id: "m", max_model_len: 40_960 }] }, window: 40_960 },
  },
  {
    thought: (reasoning_content) => ({ reasoning_content }),
    call: { index: 0 },
    choice: () => ({ matched_stop: 151_645 }),
    top: () => ({ metadata: { weight_version: "default" } }),
  },
);

let loads = 0;
const llamaCpp = persona(
  {
    name: "llama.cpp",
    options: { logprobs: true },
    busy: json({ error: { code: 503, message: "Loading model", type: "unavailable_error" } }, 503),
    burst: json(
      {
        error: {
          code: 400,
          message:
            "request (9000 tokens) exceeds the available context size (8192 tokens), try increasing it",
          type: "exceed_context_size_error",
          n_prompt_tokens: 9000,
          n_ctx: 8192,
        },
      },
      400,
    ),
    models: {
      page: {
        object: "list",
        data: [{ id: "m.gguf", owned_by: "llamacpp", meta: { n_ctx: 8192, n_ctx_train: 131_072 } }],
      },
      window: 8192,
    },
    // Loads for the first three requests of each five.
    refuses: () =>
      (loads = (loads + 1) % 5) < 3
        ? null
        : json({ error: { code: 503, message: "Loading model", type: "unavailable_error" } }, 503),
  },
  {
    thought: (reasoning_content) => ({ reasoning_content }),
    choice: () => ({
      logprobs: {
        content: [
          { id: 7, token: "a", logprob: -1, bytes: [97] },
          { id: 8, token: "b", logprob: -2, bytes: [98] },
        ],
      },
    }),
    top: () => ({ timings: { cache_n: 4, prompt_n: 16 } }),
  },
);

const ollama = persona(
  {
    name: "Ollama",
    busy: told(500, "llama runner process no longer running", { type: "api_error" }),
    burst: told(400, "the input length exceeds the context length", { type: "invalid_request_error" }),
    models: {
      page: { object: "list", data: [{ id: "m", object: "model", created: 1, owned_by: "library" }] },
      window: 0,
    },
    // Its template takes arguments only as an object.
    refuses: (body) => {
      const calls = assistantsIn(body).flatMap(
        ({ tool_calls: listed }) => (listed ?? []) as { function: { arguments: unknown } }[],
      );
      return calls.some(({ function: { arguments: given } }) => typeof given === "string")
        ? told(
            400,
            "json: cannot unmarshal string into Go struct field .messages.tool_calls.function.arguments of type api.ToolCallFunctionArguments",
          )
        : null;
    },
  },
  { thought: (reasoning) => ({ reasoning }), callId: "", call: { index: 0 } },
);

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

/** Mistral's own error schema: a list of errors in the message. */
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

export const CHAT_PERSONAS: readonly Persona[] = [
  vllm,
  sglang,
  llamaCpp,
  ollama,
  openai,
  deepseek,
  MISTRAL,
  gemini,
  faultyProxy,
];
