/** How error rows of windows are written, and how further engines and clouds say that a prompt is past the window. */
import type { ErrorRow } from "./rows.ts";

/** An error that means a burst window, and the window that is learned from it. */
export const row = (quirk: string, status: number, error: unknown, window?: number): ErrorRow => ({
  quirk,
  status,
  body: error,
  kind: "window",
  retried: false,
  ...(window !== undefined && { window }),
});
/** In OpenAI's form. */
export const told = (message: string, further: object = {}) => ({ error: { message, ...further } });

export const FURTHER_WINDOW_ERRORS: readonly ErrorRow[] = [
  row("TabbyAPI", 400, told("Prompt length 9000 is greater than max_seq_len 8192"), 8192),
  row("TabbyAPI's detail", 400, { detail: "Context length 9000 is greater than max_seq_len 8192" }, 8192),
  row(
    "SambaNova",
    400,
    told(
      "Requested generation length 10 is not possible! The provided prompt has 9000 tokens, so generating 10 tokens requires a sequence length of 9010, but the maximum supported sequence length is just 8192!",
    ),
    8192,
  ),
  row(
    "TensorRT-LLM through Triton",
    400,
    told("Prompt length (9000) exceeds maximum input length (8192). Set log level to info"),
    8192,
  ),
  row(
    "MLC",
    400,
    told("Request prompt has 9000 tokens in total, larger than the model input length limit 8192."),
    8192,
  ),
  row("a length in Chinese", 400, told("输入长度超过模型最大长度限制 4096", { code: "400" }), 4096),
  row("a prompt in Chinese (Zhipu)", 400, { error: { code: "1210", message: "Prompt 超长" } }),
  row("tokens in Chinese (Spark)", 400, { code: 10_907, message: "token超过上限" }),
  row("Databricks", 400, told("BAD_REQUEST: Input length 9000 exceeds max context length 8192"), 8192),
  row("vLLM: a prompt that fills it", 400, told("max_tokens must be at least 1, got 0.")),
  row("TGI: no room for a reply", 422, told("`max_new_tokens` must be strictly positive, got -36")),
  row(
    "a proxy that takes no body of this length",
    413,
    "<html><title>413 Request Entity Too Large</title></html>",
  ),
  row("AI21", 400, told("The sum of prompt and completion tokens is too large")),
  row("Perplexity", 400, told("Input is longer than the model's context")),
  row(
    "OpenRouter",
    400,
    told(
      "This endpoint's maximum context length is 32768 tokens. However, you requested about 40000 tokens (38000 of text input, 2000 in the output).",
    ),
    32_768,
  ),
];
