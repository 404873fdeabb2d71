/** Where and how servers report token counts. */
import { chat, counting, type ReplyRow, said } from "./rows.ts";

const usage = (promptTokens: number, completionTokens: number, cachedTokens = 0) => ({
  usage: { promptTokens, completionTokens, cachedTokens },
  usageSource: "reported",
});
const unknown = { usage: null, usageSource: "unknown" };

export const USAGE_SHAPES: readonly ReplyRow[] = [
  {
    quirk: "Groq's usage in a field of its own",
    body: { ...counting(undefined), x_groq: { usage: { prompt_tokens: 10, completion_tokens: 5 } } },
    reads: usage(10, 5),
  },
  {
    quirk: "Moonshot's usage in the choice",
    body: chat(said("7"), { usage: { prompt_tokens: 10, completion_tokens: 5 } }, { usage: undefined }),
    reads: usage(10, 5),
  },
  {
    quirk: "usage in the message",
    body: chat(said("7", { usage: { prompt_tokens: 10, completion_tokens: 5 } }), {}, { usage: null }),
    reads: usage(10, 5),
  },
  {
    quirk: "a count as text with a fraction of zero",
    body: counting({ prompt_tokens: "10.0", completion_tokens: 5 }),
    reads: usage(10, 5),
  },
  {
    quirk: "Anthropic's cached tokens among OpenAI's details",
    body: counting({
      prompt_tokens: 10,
      completion_tokens: 5,
      prompt_tokens_details: { cache_read_input_tokens: 4 },
    }),
    reads: usage(10, 5, 4),
  },
  { quirk: "usage missing", body: counting(undefined), reads: unknown },
  { quirk: "usage null", body: counting(null), reads: unknown },
  { quirk: "usage empty", body: counting({}), reads: unknown },
  { quirk: "the total alone", body: counting({ total_tokens: 15 }), reads: unknown },
  { quirk: "usage as a list", body: counting([10, 5]), reads: unknown },
  { quirk: "negative counts", body: counting({ prompt_tokens: -1, completion_tokens: -1 }), reads: unknown },
  {
    quirk: "counts of null",
    body: counting({ prompt_tokens: null, completion_tokens: null }),
    reads: unknown,
  },
  {
    quirk: "counts as text",
    body: counting({ prompt_tokens: "10", completion_tokens: "5" }),
    reads: usage(10, 5),
  },
  {
    quirk: "the completion's count left out beside a total",
    body: counting({ prompt_tokens: 10, total_tokens: 15 }),
    reads: usage(10, 5),
  },
  {
    quirk: "the prompt's count left out beside a total",
    body: counting({ completion_tokens: 5, total_tokens: 15 }),
    reads: usage(10, 5),
  },
  {
    quirk: "OpenAI's cached tokens",
    body: counting({ prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 8 } }),
    reads: usage(10, 5, 8),
  },
  {
    quirk: "details of null",
    body: counting({
      prompt_tokens: 10,
      completion_tokens: 5,
      prompt_tokens_details: null,
      completion_tokens_details: null,
    }),
    reads: usage(10, 5),
  },
  {
    quirk: "more cached tokens than the prompt has",
    body: counting({ prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 99 } }),
    reads: usage(10, 5, 10),
  },
  {
    quirk: "DeepSeek's cached tokens",
    body: counting({
      prompt_tokens: 10,
      completion_tokens: 5,
      prompt_cache_hit_tokens: 8,
      prompt_cache_miss_tokens: 2,
    }),
    reads: usage(10, 5, 8),
  },
  {
    quirk: "DeepSeek's two halves without the whole",
    body: counting({ completion_tokens: 5, prompt_cache_hit_tokens: 8, prompt_cache_miss_tokens: 2 }),
    reads: usage(10, 5, 8),
  },
  {
    quirk: "Moonshot's cached tokens at the top",
    body: counting({ prompt_tokens: 10, completion_tokens: 5, cached_tokens: 8 }),
    reads: usage(10, 5, 8),
  },
  {
    quirk: "Anthropic's cached tokens beside the input",
    body: counting({
      input_tokens: 2,
      output_tokens: 5,
      cache_read_input_tokens: 7,
      cache_creation_input_tokens: 1,
    }),
    reads: usage(10, 5, 7),
  },
  {
    quirk: "LiteLLM's: Anthropic's cached tokens inside the prompt",
    body: counting({ prompt_tokens: 10, completion_tokens: 5, cache_read_input_tokens: 7 }),
    reads: usage(10, 5, 7),
  },
  {
    quirk: "Responses' cached tokens",
    body: counting({ input_tokens: 10, output_tokens: 5, input_tokens_details: { cached_tokens: 8 } }),
    reads: usage(10, 5, 8),
  },
  {
    quirk: "Bedrock's cached tokens",
    body: counting({ inputTokens: 2, outputTokens: 5, cacheReadInputTokens: 8 }),
    reads: usage(10, 5, 8),
  },
  {
    quirk: "llama.cpp's cached tokens in its timings",
    body: { ...counting({ prompt_tokens: 10, completion_tokens: 5 }), timings: { cache_n: 8, prompt_n: 2 } },
    reads: usage(10, 5, 8),
  },
  {
    quirk: "OpenAI's tokens of thoughts",
    body: counting({
      prompt_tokens: 10,
      completion_tokens: 5,
      completion_tokens_details: { reasoning_tokens: 3 },
    }),
    reads: { ...usage(10, 5), reasoning: { text: "", tokens: 3 } },
  },
  {
    quirk: "no tokens of thoughts",
    body: counting({
      prompt_tokens: 10,
      completion_tokens: 5,
      completion_tokens_details: { reasoning_tokens: 0 },
    }),
    reads: usage(10, 5),
    lacks: ["reasoning"],
  },
  {
    quirk: "xAI's thoughts, counted beside the completion",
    body: counting({
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 18,
      completion_tokens_details: { reasoning_tokens: 3 },
    }),
    reads: { ...usage(10, 8), reasoning: { tokens: 3 } },
  },
  {
    quirk: "Gemini's thoughts, in the total alone",
    body: counting({ prompt_tokens: 10, completion_tokens: 5, total_tokens: 18 }),
    reads: { ...usage(10, 8), reasoning: { tokens: 3 } },
  },
  {
    quirk: "a total that is less than its parts",
    body: counting({ prompt_tokens: 10, completion_tokens: 5, total_tokens: 3 }),
    reads: usage(10, 5),
  },
  {
    quirk: "Cohere's billed units",
    body: counting({ billed_units: { input_tokens: 10, output_tokens: 5 } }),
    reads: usage(10, 5),
  },
  { quirk: "camel case", body: counting({ promptTokens: 10, completionTokens: 5 }), reads: usage(10, 5) },
];
