/** Other errors, temporary and permanent, in all forms that servers use. */
import type { ErrorRow } from "./rows.ts";

const stays = (quirk: string, kind: string, status: number, body: unknown, says?: string): ErrorRow => ({
  quirk,
  kind,
  status,
  body,
  retried: false,
  ...(says !== undefined && { says }),
});
const passes = (
  quirk: string,
  status: number,
  body: unknown,
  says?: string,
  kind = "overloaded",
): ErrorRow => ({ quirk, kind, status, body, retried: true, ...(says !== undefined && { says }) });
const told = (message: string, further: object = {}) => ({ error: { message, ...further } });

/** A spent quota does not come back by waiting. */
export const QUOTA_ERRORS: readonly ErrorRow[] = [
  stays(
    "OpenAI: no quota left",
    "quota",
    429,
    told("You exceeded your current quota, please check your plan and billing details.", {
      type: "insufficient_quota",
      code: "insufficient_quota",
    }),
    "exceeded your current quota",
  ),
  stays(
    "OpenAI: the hard limit",
    "quota",
    429,
    told("Billing hard limit has been reached", { code: "billing_hard_limit_reached" }),
  ),
  stays("DeepSeek: no balance", "quota", 402, told("Insufficient Balance", { type: "unknown_error" })),
  stays(
    "OpenRouter: no credits",
    "quota",
    402,
    told("This request requires more credits, or fewer max_tokens.", { code: 402 }),
  ),
  stays("Anthropic: no credit", "quota", 400, {
    type: "error",
    error: {
      type: "invalid_request_error",
      message: "Your credit balance is too low to access the Anthropic API.",
    },
  }),
  stays("xAI: credits used", "quota", 403, {
    code: "The caller does not have permission",
    error: "Your team has used all available credits or reached its monthly spending limit.",
  }),
  stays(
    "Moonshot: account in arrears",
    "quota",
    429,
    told("Your account is suspended, please check your plan", { type: "exceeded_current_quota_error" }),
  ),
  stays("DashScope: arrears", "quota", 400, {
    code: "Arrearage",
    message: "Access denied, please make sure your account is in good standing.",
  }),
  stays("Zhipu: balance", "quota", 429, { error: { code: "1113", message: "余额不足" } }),
  stays(
    "a quota in a body with status 200",
    "quota",
    200,
    told("Quota exhausted", { code: "insufficient_quota" }),
  ),
];

export const OTHER_ERRORS: readonly ErrorRow[] = [
  passes(
    "Cloudflare's error with status 200",
    200,
    { success: false, errors: [{ code: 7003, message: "no route" }] },
    "no route",
  ),
  passes("a code and a message alone, with status 200", 200, { code: 500, message: "boom" }, "boom"),
  passes("a status in words, with status 200", 200, { status: "error", message: "boom" }, "boom"),
  passes("no success, with status 200", 200, { success: false, message: "boom" }, "boom"),
  passes("Zhipu's msg, with status 200", 200, { code: 1301, msg: "boom" }, "boom"),
  passes("Apigee's fault, with status 200", 200, { fault: { faultstring: "boom" } }, "boom"),
  passes(
    "problem details, with status 200",
    200,
    { type: "about:blank", title: "Bad Gateway", status: 502, detail: "boom" },
    "boom",
  ),
  passes("a list of errors, with status 200", 200, { error: ["boom", "bang"] }, "boom; bang"),
  passes("a conflict that passes", 409, { error: "model is busy" }, "model is busy"),
  passes(
    "an event that says error after some text",
    200,
    `data: {"choices": [{"index": 0, "delta": {"content": "7"}}]}\n\nevent: error\ndata: {"message": "boom"}\n\n`,
    "boom",
  ),
  passes(
    "200 with an error of 502",
    200,
    { error: { code: 502, message: "upstream went away" } },
    "upstream went away",
  ),
  passes(
    "200 with an error of 429 as text",
    200,
    { error: { code: "429", message: "slow down" } },
    "slow down",
  ),
  passes("200 with an error in words alone", 200, { error: "the backend failed" }, "the backend failed"),
  passes("200 with an error in a list", 200, [
    { error: { code: 503, message: "busy", status: "UNAVAILABLE" } },
  ]),
  passes("200 with vLLM's error", 200, {
    object: "error",
    message: "EngineCore died",
    type: "InternalServerError",
    code: 500,
  }),
  passes("200 with Anthropic's error", 200, {
    type: "error",
    error: { type: "overloaded_error", message: "Overloaded" },
  }),
  passes(
    "200 with an error in the choice",
    200,
    {
      choices: [
        {
          error: { code: 502, message: "Provider returned error" },
          finish_reason: "error",
          message: { role: "assistant", content: "" },
        },
      ],
    },
    "Provider returned error",
  ),
  passes(
    "200 with MiniMax's status",
    200,
    { base_resp: { status_code: 1002, status_msg: "rate limit" }, choices: null },
    "rate limit",
  ),
  passes(
    "200 with a reply that broke off before it said anything",
    200,
    { choices: [{ message: { role: "assistant", content: null }, finish_reason: "error" }] },
    "broke off",
  ),
  passes("200 with an engine's abort", 200, {
    choices: [{ message: { role: "assistant", content: "" }, finish_reason: "abort" }],
  }),
  passes(
    "200 with no choices",
    200,
    { object: "chat.completion", choices: [] },
    "without choices",
    "malformed",
  ),
  passes(
    "200 with choices of null",
    200,
    { object: "chat.completion", choices: [null] },
    "without choices",
    "malformed",
  ),
  stays(
    "200 with an error of 400",
    "rejected",
    200,
    { error: { code: 400, message: "no such format" } },
    "no such format",
  ),
  stays("200 with an error of 401", "auth", 200, { error: { code: 401, message: "who are you" } }),
  passes(
    "Anthropic is overloaded (529)",
    529,
    { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
    "Overloaded",
  ),
  passes(
    "a rate limit of OpenAI's",
    429,
    told("Rate limit reached for m", { code: "rate_limit_exceeded", type: "requests" }),
    "limits the rate",
  ),
  passes("Gemini: RESOURCE_EXHAUSTED", 429, [
    {
      error: {
        code: 429,
        message: "Resource has been exhausted (e.g. check quota).",
        status: "RESOURCE_EXHAUSTED",
      },
    },
  ]),
  passes(
    "Cloudflare's page",
    520,
    "<html><body>Web server is returning an unknown error</body></html>",
    "an HTML page",
  ),
  passes("a proxy's text", 502, "Bad Gateway", "Bad Gateway"),
  passes("408", 408, ""),
  passes("425", 425, { detail: "Too Early" }),
  passes("500 in words", 500, { detail: "Internal Server Error" }),
  passes(
    "OpenRouter's provider, in its own words",
    429,
    told("Provider returned error", {
      code: 429,
      metadata: { raw: "m is temporarily rate-limited upstream", provider_name: "P" },
    }),
    "temporarily rate-limited upstream",
  ),
  passes("a rate limit with status 400", 400, told("Too many requests, try again later")),
  stays("401 of Anthropic's", "auth", 401, {
    type: "error",
    error: { type: "authentication_error", message: "invalid x-api-key" },
  }),
  stays("Gemini: a key with status 400", "auth", 400, [
    {
      error: {
        code: 400,
        message: "API key not valid. Please pass a valid API key.",
        status: "INVALID_ARGUMENT",
      },
    },
  ]),
  stays("403", "auth", 403, { error: "forbidden" }),
  stays(
    "Ollama: no such model",
    "not_found",
    404,
    { error: { message: 'model "m" not found, try pulling it first', type: "api_error" } },
    "try pulling it",
  ),
  stays(
    "OpenAI: no such model, with status 400",
    "not_found",
    400,
    told("The model `m` does not exist", { code: "model_not_found" }),
  ),
  stays(
    "FastAPI's list",
    "rejected",
    422,
    { detail: [{ loc: ["body", "messages"], msg: "field required", type: "missing" }] },
    "messages: field required",
  ),
  stays("Pydantic's text in a message", "rejected", 400, {
    object: "error",
    message: "[{'type': 'extra_forbidden', 'loc': ('body', 'thing')}]",
    type: "BadRequestError",
  }),
  stays(
    "an error as a text of JSON",
    "rejected",
    400,
    { error: '{"message":"not this way"}' },
    "not this way",
  ),
  stays(
    "Baidu's",
    "rejected",
    400,
    { error_code: 336_003, error_msg: "the parameter is wrong" },
    "the parameter is wrong",
  ),
  stays(
    "a list of errors",
    "rejected",
    400,
    { errors: [{ message: "first" }, { message: "second" }] },
    "first; second",
  ),
  stays("no body", "rejected", 400, ""),
  stays("words of many lines", "rejected", 400, told("one\n\n   two\tthree"), "one two three"),
  stays(
    "tools that the model lacks",
    "rejected",
    400,
    told("registry.ollama.ai/library/m does not support tools"),
    "does not support tools",
  ),
];

/** Servers that run, but whose model is not loaded. */
export const LOADING_ERRORS: readonly ErrorRow[] = [
  passes(
    "Ollama: a runner that does not start yet",
    500,
    { error: "timed out waiting for llama runner to start" },
    "llama runner",
    "loading",
  ),
  passes(
    "llama.cpp loads",
    503,
    { error: { message: "Loading model", type: "unavailable_error", code: 503 } },
    "still loading",
    "loading",
  ),
  passes("Ollama loads", 500, { error: "llm server loading model" }, "still loading", "loading"),
  passes(
    "Hugging Face loads",
    503,
    { error: "Model m is currently loading", estimated_time: 20 },
    "still loading",
    "loading",
  ),
  passes("an engine starts", 503, { detail: "The server is still starting" }, "still loading", "loading"),
  passes("a router without workers yet", 503, "no healthy upstream", "still loading", "loading"),
  passes("a model that cannot be loaded is no model that loads", 500, {
    error: "error loading model: out of memory",
  }),
];
