/** Shapes of a whole reply: where the text is, and what surrounds it. */
import { chat, type ReplyRow, said } from "./rows.ts";

const SEVEN = { text: "FINAL(7)", finishReason: "stop" };

export const REPLY_SHAPES: readonly ReplyRow[] = [
  {
    quirk: "content as parts",
    body: chat(
      said([
        { type: "text", text: "FINAL(" },
        { type: "text", text: "7)" },
      ]),
    ),
    reads: SEVEN,
  },
  { quirk: "a number, as a proxy read it", body: chat(said(42)), reads: { text: "42" } },
  { quirk: "a truth value, as a proxy read it", body: chat(said(false)), reads: { text: "false" } },
  {
    quirk: "an object, as a proxy read it",
    body: chat(said({ answer: [7, "é"] })),
    reads: { text: '{"answer":[7,"é"]}' },
  },
  {
    quirk: "choices by their indices",
    body: { choices: { 0: { index: 0, message: said("FINAL(7)"), finish_reason: "stop" } } },
    reads: SEVEN,
  },
  { quirk: "content null", body: chat(said(null)), reads: { text: "" } },
  { quirk: "content empty", body: chat(said("")), reads: { text: "" } },
  { quirk: "content missing", body: chat({ role: "assistant" }), reads: { text: "" } },
  {
    quirk: "content as one part that is no list",
    body: chat(said({ type: "text", text: "FINAL(7)" })),
    reads: SEVEN,
  },
  { quirk: "content as a list of texts", body: chat(said(["FINAL(", "7)"])), reads: SEVEN },
  {
    quirk: "a part whose text is an object (Assistants' form)",
    body: chat(said([{ type: "text", text: { value: "FINAL(7)", annotations: [] } }])),
    reads: SEVEN,
  },
  { quirk: "parts without a type", body: chat(said([{ text: "FINAL(7)" }])), reads: SEVEN },
  {
    quirk: "a picture beside the text",
    body: chat(
      said([
        { type: "image_url", image_url: { url: "x" } },
        { type: "text", text: "FINAL(7)" },
      ]),
    ),
    reads: SEVEN,
  },
  {
    quirk: "a refusal in a field of its own",
    body: chat(said(null, { refusal: "I will not." })),
    reads: { text: "I will not." },
  },
  {
    quirk: "a refusal as a part",
    body: chat(said([{ type: "refusal", refusal: "I will not." }])),
    reads: { text: "I will not." },
  },
  { quirk: "the message is a text", body: chat("FINAL(7)"), reads: SEVEN },
  {
    quirk: "a chunk in place of a message",
    body: chat(undefined, { delta: { role: "assistant", content: "FINAL(7)" } }),
    reads: SEVEN,
  },
  { quirk: "a text completion", body: chat(undefined, { text: "FINAL(7)" }), reads: SEVEN },
  {
    quirk: "an empty choice before the one that says something",
    body: {
      ...chat(said("")),
      choices: [null, { index: 0, finish_reason: "stop", message: said("FINAL(7)") }],
    },
    reads: SEVEN,
  },
  {
    quirk: "choices as an object",
    body: { ...chat(said("")), choices: { finish_reason: "stop", message: said("FINAL(7)") } },
    reads: SEVEN,
  },
  { quirk: "the reply in a list", body: [chat(said("FINAL(7)"))], reads: SEVEN },
  {
    quirk: "no model named",
    body: { ...chat(said("FINAL(7)")), model: null },
    reads: { ...SEVEN, model: "m" },
  },
  {
    quirk: "an error of null beside the choices",
    body: { ...chat(said("FINAL(7)")), error: null },
    reads: SEVEN,
  },
  {
    quirk: "an error beside choices that say something",
    body: { ...chat(said("FINAL(7)")), error: { message: "late" } },
    reads: SEVEN,
  },
  {
    quirk: "MiniMax's base_resp of success",
    body: { ...chat(said("FINAL(7)")), base_resp: { status_code: 0, status_msg: "" } },
    reads: SEVEN,
  },
  { quirk: "JSON under text/plain", type: "text/plain", body: chat(said("FINAL(7)")), reads: SEVEN },
  {
    quirk: "JSON under text/html",
    type: "text/html",
    body: JSON.stringify(chat(said("FINAL(7)"))),
    reads: SEVEN,
  },
  {
    quirk: "JSON without a content type",
    type: "",
    body: JSON.stringify(chat(said("FINAL(7)"))),
    reads: SEVEN,
  },
  { quirk: "a byte order mark", body: `\uFEFF${JSON.stringify(chat(said("FINAL(7)")))}`, reads: SEVEN },
  {
    quirk: "empty lines before the JSON",
    body: `\n\n\n${JSON.stringify(chat(said("FINAL(7)")))}\n`,
    reads: SEVEN,
  },
  {
    quirk: "OpenRouter's comments before the JSON",
    body: `: OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n${JSON.stringify(chat(said("FINAL(7)")))}`,
    reads: SEVEN,
  },
  { quirk: "JSON encoded twice", body: JSON.stringify(JSON.stringify(chat(said("FINAL(7)")))), reads: SEVEN },
  {
    quirk: "Python's NaN in the JSON",
    body: JSON.stringify(chat(said("FINAL(7)"))).replace('"created":1', '"created":NaN,"score":-Infinity'),
    reads: SEVEN,
  },
  {
    quirk: "NaN in the text, which stays",
    body: JSON.stringify(chat(said("it is NaN"))).replace('"created":1', '"created":NaN'),
    reads: { text: "it is NaN" },
  },
  {
    quirk: "OpenAI's Responses",
    api: "responses",
    body: {
      object: "response",
      status: "completed",
      model: "m",
      output: [
        {
          type: "message",
          role: "assistant",
          content: [{ type: "output_text", text: "FINAL(7)", annotations: [] }],
        },
      ],
      usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 },
    },
    reads: { ...SEVEN, usage: { promptTokens: 10, completionTokens: 5, cachedTokens: 0 } },
  },
  {
    quirk: "Responses of two messages",
    api: "responses",
    body: {
      object: "response",
      status: "completed",
      output: [
        { type: "message", content: [{ type: "output_text", text: "FINAL(" }] },
        { type: "message", content: [{ type: "output_text", text: "7)" }] },
      ],
    },
    reads: SEVEN,
  },
  {
    quirk: "Responses whose message is a text",
    api: "responses",
    body: { object: "response", status: "completed", output: [{ type: "message", content: "FINAL(7)" }] },
    reads: SEVEN,
  },
  {
    quirk: "Anthropic's Messages",
    api: "messages",
    body: {
      type: "message",
      role: "assistant",
      model: "m",
      content: [{ type: "text", text: "FINAL(7)" }],
      stop_reason: "end_turn",
      usage: { input_tokens: 10, output_tokens: 5 },
    },
    reads: { ...SEVEN, usage: { promptTokens: 10, completionTokens: 5, cachedTokens: 0 } },
  },
  {
    quirk: "Messages without any content",
    api: "messages",
    body: { type: "message", role: "assistant", content: [], stop_reason: "end_turn" },
    reads: { text: "" },
  },
  {
    quirk: "Ollama's own chat",
    body: {
      model: "m",
      message: { role: "assistant", content: "FINAL(7)" },
      done: true,
      done_reason: "stop",
      prompt_eval_count: 10,
      eval_count: 5,
    },
    reads: { ...SEVEN, usage: { promptTokens: 10, completionTokens: 5, cachedTokens: 0 } },
  },
  {
    quirk: "Ollama's own chat in lines",
    type: "application/x-ndjson",
    body: `${JSON.stringify({ model: "m", message: { role: "assistant", content: "FINAL(" }, done: false })}\n${JSON.stringify({ model: "m", message: { role: "assistant", content: "7)" }, done: false })}\n${JSON.stringify({ model: "m", message: { role: "assistant", content: "" }, done: true, done_reason: "stop", prompt_eval_count: 10, eval_count: 5 })}\n`,
    reads: { ...SEVEN, usage: { promptTokens: 10, completionTokens: 5, cachedTokens: 0 } },
  },
  {
    quirk: "Gemini's own form",
    body: {
      candidates: [{ content: { role: "model", parts: [{ text: "FINAL(7)" }] }, finishReason: "STOP" }],
      usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
      modelVersion: "g",
    },
    reads: { ...SEVEN, model: "g" },
  },
  {
    quirk: "Bedrock's Converse",
    body: {
      output: { message: { role: "assistant", content: [{ text: "FINAL(7)" }] } },
      stopReason: "end_turn",
      usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 },
    },
    reads: SEVEN,
  },
  {
    quirk: "Cohere's own chat",
    body: {
      id: "x",
      message: { role: "assistant", content: [{ type: "text", text: "FINAL(7)" }] },
      finish_reason: "COMPLETE",
      usage: { billed_units: { input_tokens: 10, output_tokens: 5 } },
    },
    reads: SEVEN,
  },
  {
    quirk: "llama.cpp's own completion",
    body: { content: "FINAL(7)", stop_type: "eos", tokens_predicted: 5, tokens_evaluated: 10 },
    reads: SEVEN,
  },
  {
    quirk: "TGI's own completion",
    body: { generated_text: "FINAL(7)", finish_reason: "eos_token" },
    reads: SEVEN,
  },
  {
    quirk: "SGLang's own completion",
    body: {
      text: "FINAL(7)",
      meta_info: { finish_reason: { type: "stop", matched: 1 }, prompt_tokens: 10, completion_tokens: 5 },
    },
    reads: { ...SEVEN, usage: { promptTokens: 10, completionTokens: 5, cachedTokens: 0 } },
  },
];

/** Finish reasons in servers' words. */
export const FINISH_REASONS_TOLD: readonly ReplyRow[] = (
  [
    ["stop", "stop"],
    ["eos", "stop"],
    ["eos_token", "stop"],
    ["STOP", "stop"],
    ["end_turn", "stop"],
    ["stop_sequence", "stop"],
    ["COMPLETE", "stop"],
    ["length", "length"],
    ["MAX_TOKENS", "length"],
    ["model_length", "length"],
    ["max_output_tokens", "length"],
    ["model_context_window_exceeded", "length"],
    ["tool_calls", "tool_calls"],
    ["function_call", "tool_calls"],
    ["tool_use", "tool_calls"],
    ["content_filter", "content_filter"],
    ["SAFETY", "content_filter"],
    ["RECITATION", "content_filter"],
    ["refusal", "content_filter"],
    ["sensitive", "content_filter"],
    ["", "unknown"],
    [null, "unknown"],
    [undefined, "unknown"],
    ["error", "unknown"],
    ["abort", "unknown"],
    ["whatever", "unknown"],
    [7, "unknown"],
    [{ type: "length", length: 128 }, "length"],
  ] as const
).map(([word, finishReason]) => ({
  quirk: `finish_reason ${JSON.stringify(word) ?? "missing"}`,
  body: chat(said("FINAL(7)"), { finish_reason: word }),
  reads: { text: "FINAL(7)", finishReason },
}));

/** Where other APIs say why a reply ended. */
export const ENDINGS: readonly ReplyRow[] = [
  {
    quirk: "a call without a finish_reason",
    tools: true,
    body: chat(said(null, { tool_calls: [{ id: "c", function: { name: "run", arguments: "{}" } }] }), {
      finish_reason: null,
    }),
    reads: { finishReason: "tool_calls" },
  },
  {
    quirk: "Responses cut at their length",
    api: "responses",
    body: {
      object: "response",
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
      output: [{ type: "message", content: [{ type: "output_text", text: "FIN" }] }],
    },
    reads: { text: "FIN", finishReason: "length" },
  },
  {
    quirk: "Responses cut before they say anything",
    api: "responses",
    body: {
      object: "response",
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
      output: [{ type: "reasoning", id: "rs_1", summary: [] }],
    },
    reads: { text: "", finishReason: "length" },
  },
  {
    quirk: "Responses stopped by a filter",
    api: "responses",
    body: {
      object: "response",
      status: "incomplete",
      incomplete_details: { reason: "content_filter" },
      output: [{ type: "message", content: [] }],
    },
    reads: { finishReason: "content_filter" },
  },
  {
    quirk: "Messages that a refusal ends",
    api: "messages",
    body: { type: "message", role: "assistant", content: [], stop_reason: "refusal" },
    reads: { finishReason: "content_filter" },
  },
  {
    quirk: "a stop_reason in the choice",
    body: { ...chat(said("x")), choices: [{ message: said("x"), stop_reason: "length" }] },
    reads: { finishReason: "length" },
  },
];
