/** Engines that one runs oneself, each with its own ways. */
import { assistantsIn, json, type Persona } from "./persona.ts";
import { chatPersona as persona, told } from "./chat-persona.ts";

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
    // Its template takes arguments as an object alone.
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

export const ENGINES: readonly Persona[] = [vllm, sglang, llamaCpp, ollama];
