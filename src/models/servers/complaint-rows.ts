/**
 * The meanings of servers' errors: a table with a row for each wording or code. The first row that fits counts, so rows that
 * extract more numbers come before those that extract fewer. The rows for windows and for content filters are in tables of their own.
 */
import type { ComplaintRow } from "./complaint-row.ts";
import { FILTER_ROWS } from "./filter-rows.ts";
import { WINDOW_ROWS } from "./window-rows.ts";

/** Windows and filters first, then quotas, which have the status of rate limits. */
export const COMPLAINT_ROWS: readonly ComplaintRow[] = [
  ...WINDOW_ROWS,
  ...FILTER_ROWS,
  // A quota by the minute, which comes back, in the words of one that is spent.
  { means: "overloaded", of: "Gemini", words: /quota[^]*please retry in \d/i },
  // Nothing is left of the account. Before rate limits, which have the same status.
  {
    means: "quota",
    of: "OpenAI",
    codes: ["insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "access_terminated"],
  },
  {
    means: "quota",
    of: "OpenAI, Azure",
    words: /exceeded your current quota|quota (?:is )?exhausted|check your plan and billing/i,
  },
  {
    means: "quota",
    of: "DeepSeek, OpenRouter, Fireworks",
    codes: [
      "insufficient_balance",
      "payment_required",
      "insufficient_credits",
      "billing_error",
      "insufficient_funds",
    ],
  },
  {
    means: "quota",
    of: "DeepSeek, OpenRouter, Anthropic, Moonshot",
    words:
      /insufficient (?:balance|credit|fund|quota)|credit balance is too low|requires more credits|not enough credits|negative credit|(?:account|credits?|balance)[^.]{0,30}(?:overdue|arrears|exhausted|depleted|suspended)|spend(?:ing)? limit|out of credits/i,
  },
  {
    means: "quota",
    of: "xAI, Together",
    words:
      /(?:used all|run out of|has no)[^.]{0,40}credits|monthly (?:spending|usage) limit|payment required/i,
  },
  {
    means: "quota",
    of: "DashScope",
    codes: ["arrearage", "allocationquota.freetieronly", "exceeded_current_quota_error"],
  },
  { means: "quota", of: "Zhipu", codes: ["1113"] },
  { means: "quota", of: "Volcengine", codes: ["setlimitexceeded", "accountoverdueerror"] },
  { means: "quota", of: "SiliconFlow", words: /balance is (?:insufficient|too low|not enough)/i },
  { means: "quota", of: "MiniMax", words: /token plan exhausted/i },
  { means: "quota", of: "any", statuses: [402] },
  // The server is up and its model is not.
  {
    means: "loading",
    of: "llama.cpp, Ollama",
    words:
      /(?<!error |failed )\bloading model\b|model is (?:currently )?(?:still )?loading|llm server loading model|waiting for llama runner to start/i,
  },
  { means: "loading", of: "Hugging Face", words: /currently loading|estimated_time/i },
  {
    means: "loading",
    of: "vLLM, SGLang, TGI",
    words:
      /(?:server|engine|model|service) is (?:still |not )?(?:starting|warming up|initiali[sz]ing|ready yet|loaded yet)|(?:model|server|engine) (?:is )?not ready|no (?:healthy|ready) (?:upstream|workers?|backends?) ?(?:yet|available)?/i,
    statuses: [502, 503, 504, 425],
  },
  {
    means: "loading",
    of: "LM Studio, RunPod",
    words: /no models? (?:is |are )?(?:loaded|running) yet|worker is (?:starting|initializing|cold)/i,
  },
  // The key.
  {
    means: "auth",
    of: "Gemini, xAI",
    codes: [
      "api_key_invalid",
      "invalid_api_key",
      "authentication_error",
      "unauthenticated",
      "permission_denied",
      "permission_error",
      "invalid_authentication_error",
    ],
  },
  {
    means: "auth",
    of: "Gemini",
    words:
      /api key not valid|incorrect api key|invalid api key|invalid x-api-key|no auth credentials|api key (?:not found|expired|is missing|required)/i,
  },
  // No such model.
  {
    means: "not_found",
    of: "OpenAI, Ollama",
    codes: ["model_not_found", "not_found_error", "deployment_not_found", "deploymentnotfound"],
  },
  {
    means: "not_found",
    of: "vLLM, Ollama",
    words:
      /model ['"`]?[^'"`]{1,200}['"`]? (?:does not exist|not found|is not available)|is not a valid model id/i,
  },
  // Too much to do.
  {
    means: "overloaded",
    of: "Anthropic, OpenAI",
    codes: [
      "overloaded_error",
      "rate_limit_error",
      "rate_limit_exceeded",
      "rate_limit_reached",
      "too_many_requests",
      "resource_exhausted",
      "server_overloaded",
      "engine_overloaded_error",
      "slow_down",
      "service_unavailable",
      "unavailable",
      "server_error",
      "internal_error",
      "internal_server_error",
      "api_error",
      "timeout_error",
      "throttlingexception",
      "throttling",
    ],
  },
  {
    means: "overloaded",
    of: "any",
    words:
      /overloaded|rate.?limit|too many requests|try again (?:later|shortly)|retry (?:later|shortly|your request)|temporarily (?:unavailable|rate)|at capacity|capacity (?:temporarily )?exceeded|\b[rt]pm limit|model (?:has )?(?:crashed|(?:been )?unloaded)|upstream (?:error|went away|connect|request timeout)|bad gateway|gateway time-?out|queue is full|server is busy|internal server error|engine (?:process )?(?:died|is dead)|cuda out of memory/i,
  },
];
