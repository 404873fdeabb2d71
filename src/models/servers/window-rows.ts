/** How servers say that a prompt does not fit into their model's window, and which counts of tokens they name. */
import type { ComplaintRow } from "./complaint-row.ts";

const N = String.raw`\d[\d,_.]*`;
const re = (source: string) =>
  new RegExp(
    source
      .replaceAll("<window>", `(?<window>${N})`)
      .replaceAll("<prompt>", `(?<prompt>${N})`)
      .replaceAll("<total>", `(?<total>${N})`)
      .replaceAll("<n>", N),
    "i",
  );

/** The first row that fits holds: rows with counts stand before those without. */
export const WINDOW_ROWS: readonly ComplaintRow[] = [
  {
    means: "window",
    of: "TabbyAPI",
    words: re("(?:prompt|context|input) length <prompt> is greater than max_seq_len <window>"),
  },
  { means: "window", of: "LM Studio", words: re(String.raw`n_keep: <prompt> >= n_ctx: <window>`) },
  {
    means: "window",
    of: "vLLM",
    words: re("passed <prompt> input tokens[^]{0,120}?context length is only <window>"),
  },
  {
    means: "window",
    of: "Cloudflare",
    words: re(String.raw`tokens \(<total>\) exceeded this model context window limit \(<window>`),
  },
  { means: "window", of: "Snowflake", words: re("max tokens of <window> exceeded") },
  {
    means: "window",
    of: "watsonx",
    words: re("input tokens <prompt> cannot exceed the total tokens limit <window>"),
  },
  {
    means: "window",
    of: "Vertex",
    words: re("input token count is <prompt> but model only supports up to <window>"),
  },
  { means: "window", of: "Amazon Nova", words: re("number of input tokens exceeds maximum length") },
  {
    means: "window",
    of: "SambaNova",
    words: re("prompt has <prompt> tokens[^]{0,120}?maximum supported sequence length is just <window>"),
  },
  {
    means: "window",
    of: "TensorRT-LLM through Triton",
    words: re(String.raw`prompt length \(<prompt>\) exceeds maximum input length \(<window>`),
  },
  {
    means: "window",
    of: "MLC",
    words: re("prompt has <prompt> tokens in total, larger than the model input length limit <window>"),
  },
  {
    means: "window",
    of: "Databricks",
    words: re("input length <prompt> exceeds max(?:imum)? context length <window>"),
  },
  {
    means: "window",
    of: "vLLM",
    words: re(
      "maximum (?:context|model) length (?:is|of) <window>(?: tokens)?[^]{0,40}?request has <prompt> input tokens",
    ),
  },
  {
    means: "window",
    of: "vLLM, OpenAI",
    words: re(
      String.raw`maximum context length is <window> tokens[^]{0,80}?\(<prompt> (?:in|of) (?:the|your|text)`,
    ),
  },
  {
    means: "window",
    of: "vLLM",
    words: re(
      "maximum context length is <window> tokens[^]{0,80}?(?:input|prompt) contains (?:at least )?<prompt>",
    ),
  },
  {
    means: "window",
    of: "OpenAI",
    words: re(
      "maximum context length is <window> tokens[^]{0,60}?(?:messages|prompt|input)[^]{0,20}? (?:resulted in|has) <prompt>",
    ),
  },
  {
    means: "window",
    of: "xAI",
    words: re("maximum prompt length is <window> but the request contains <prompt>"),
  },
  {
    means: "window",
    of: "vLLM",
    words: re(
      String.raw`(?:prompt|input) \((?:length|total length) <prompt>\)[^]{0,30}?(?:longer than|exceeds|too long)[^]{0,40}?(?:of|is|than) <window>`,
    ),
  },
  {
    means: "window",
    of: "vLLM, Fireworks",
    words: re("prompt is too long[^\\d]{0,20}<prompt>(?: tokens)?(?:[^\\d]{1,40}<window>)?"),
  },
  {
    means: "window",
    of: "vLLM, llama.cpp, TGI",
    words: re(
      "max(?:_completion|_new)?_tokens.{0,3} must be (?:at least 1|(?:strictly )?positive)[^]{0,20}?got (?:-|0\\b)",
    ),
  },
  {
    means: "window",
    of: "SGLang",
    words: re(String.raw`input \(<prompt> tokens\) is longer than the model'?s context length \(<window>`),
  },
  {
    means: "window",
    of: "SGLang",
    words: re(String.raw`input length \(<prompt> tokens\) exceeds the maximum allowed length \(<window>`),
  },
  {
    means: "window",
    of: "SGLang",
    words: re(
      String.raw`requested token count exceeds the model'?s maximum context length of <window>[^]{0,80}?<prompt> tokens from the input`,
    ),
  },
  {
    means: "window",
    of: "OpenAI, DeepSeek, vLLM",
    words: re("maximum context length is <window> tokens[^]{0,30}?requested(?: about)? <total>"),
  },
  { means: "window", of: "OpenAI, DeepSeek, SGLang", words: re("maximum context length (?:is|of) <window>") },
  {
    means: "window",
    of: "OpenAI, for a request that no minute has room for",
    words: re("request too large for [^]{0,120}?tokens per min"),
  },
  {
    means: "window",
    of: "llama.cpp",
    codes: ["exceed_context_size_error"],
    words: re(
      String.raw`(?:request|prompt)(?: \(<prompt> tokens\))? exceeds the available context size(?: \(<window>)?`,
    ),
  },
  {
    means: "window",
    of: "llama-cpp-python",
    words: re(String.raw`requested tokens \(<prompt>\) exceed context window of <window>`),
  },
  { means: "window", of: "Ollama", words: re("input length exceeds (?:the|maximum) context length") },
  {
    means: "window",
    of: "Ollama",
    words: re("prompt (?:is )?too long[;:,] exceeded (?:max|maximum)? ?context"),
  },
  {
    means: "window",
    of: "LM Studio",
    words: re(
      "(?:the model is loaded with context length of only|context length of (?:only )?)<window> tokens",
    ),
  },
  {
    means: "window",
    of: "LM Studio",
    words: re(
      "context size has been exceeded|context the overflows|context overflow|exceeds? (?:the )?context window",
    ),
  },
  {
    means: "window",
    of: "TGI",
    words: re(
      String.raw`inputs?.{0,3} tokens \+ .{0,3}max_new_tokens.{0,3} must be <= <window>\. Given: <prompt>`,
    ),
  },
  {
    means: "window",
    of: "TGI",
    words: re("inputs?.{0,3} must have less than <window> tokens\\. Given: <prompt>"),
  },
  { means: "window", of: "TGI", words: re("input is too long|inputs? too long") },
  { means: "window", of: "Anthropic", words: re("prompt is too long: <prompt> tokens > <window> maximum") },
  {
    means: "window",
    of: "Anthropic",
    words: re(String.raw`exceed context limit: <prompt> \+ <n> > <window>`),
  },
  {
    means: "window",
    of: "Gemini",
    words: re(
      String.raw`input token count(?: \(<prompt>\))?[^]{0,20}exceeds the maximum number of tokens allowed \(?<window>`,
    ),
  },
  {
    means: "window",
    of: "Mistral",
    words: re("prompt contains <prompt> tokens[^]{0,60}?too large for model with <window>"),
  },
  {
    means: "window",
    of: "Cohere",
    words: re("too many tokens:[^]{0,80}?(?:cannot exceed|max(?:imum)?(?: tokens)? (?:is|of)) <window>"),
  },
  {
    means: "window",
    of: "Groq, Cerebras",
    words: re(
      "reduce the length of the messages(?: or completion)?[^]{0,40}?current length is <prompt> while limit is <window>",
    ),
  },
  { means: "window", of: "Groq, Cerebras", words: re("reduce the length of the messages") },
  {
    means: "window",
    of: "Moonshot",
    words: re("exceeded model token limit: <window>(?:[^]{0,20}requested: <prompt>)?"),
  },
  { means: "window", of: "Moonshot", words: re("input token length too long") },
  {
    means: "window",
    of: "DashScope",
    words: re(String.raw`range of input length should be \[1, ?<window>\]`),
  },
  { means: "window", of: "Zhipu", codes: ["1261"], words: re("prompt exceeds max length") },
  {
    means: "window",
    of: "Bedrock",
    words: re("input is too long for requested model|input tokens exceeds? the model's"),
  },
  { means: "window", of: "Bedrock", words: re("too many input tokens") },
  { means: "window", of: "LiteLLM", words: re("contextwindowexceedederror") },
  {
    means: "window",
    of: "TensorRT-LLM",
    words: re(
      String.raw`prompt length \(<prompt>\) should not exceed max_(?:num_tokens|input_len) \(?<window>`,
    ),
  },
  {
    means: "window",
    of: "LMDeploy, MLX",
    words: re(
      "(?:input|prompt|sequence)(?: token)?s? (?:length|size)?[^]{0,20}(?:exceeds?|longer than|larger than)[^]{0,30}(?:session[_ ]len|max(?:imum)? (?:sequence|model|context|position)|context (?:length|size|window)|max_(?:seq|model|position))",
    ),
  },
  {
    means: "window",
    of: "OpenAI's Responses",
    codes: [
      "context_length_exceeded",
      "context_window_exceeded",
      "string_above_max_length",
      "model_context_window_exceeded",
    ],
    words: re("exceeds the context window of this model"),
  },
  {
    means: "window",
    of: "Databricks, Azure",
    words: re(
      "(?<!tokens you requested )(?:exceeds?|exceeded|past|over) (?:the |its )?(?:max(?:imum)? )?(?:context|model) ?_?(?:length|window|len|limit)",
    ),
  },
  {
    means: "window",
    of: "others",
    words: re(
      "context.?length|context window|max_model_len|too many tokens in (?:the )?prompt|token limit exceeded",
    ),
  },
  {
    means: "window",
    of: "AI21, Perplexity",
    words: re(
      "sum of prompt and completion tokens is too large|longer than the model'?s (?:maximum )?context",
    ),
  },
  {
    means: "window",
    of: "servers with words of their own",
    words: re(
      String.raw`\b(?:prompt|input|context|conversation)s?\b[^.;]{0,60}\b(?:too (?:long|large)|exceed(?:s|ed)?|(?:longer|larger|greater) than)\b[^.;]{0,60}\b(?:tokens?|context|window|length)\b`,
    ),
    statuses: [400, 413, 422, 500],
  },
  {
    means: "window",
    of: "servers that speak Chinese",
    words: re(
      "(?<!输出|生成|回复)(?:长度|上下文|窗口|字数)[^。；\\d]{0,12}(?:超过|超出|超限|过长|过大)(?:[^。；\\d]{0,20}<window>)?",
    ),
  },
  {
    means: "window",
    of: "servers that speak Chinese",
    words: re(
      "(?:输入|提示词?|prompt|内容|消息|上下文|tokens?)[^。；\\d]{0,6}(?:过长|超长)|tokens?[^。；\\d每]{0,8}(?:超过|超出)(?:模型|最大|上下文)?(?:上限|限制)",
    ),
    statuses: [400, 413, 422, 500],
  },
  // A proxy takes no body of this length, which is the prompt's.
  { means: "window", of: "any", statuses: [413] },
];
