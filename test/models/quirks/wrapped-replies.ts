/** Replies inside something else: the objects of clouds and proxies, bodies with more than JSON in them, lists of texts. */
import { chat, chunk, END, type ReplyRow, said } from "./rows.ts";

const SEVEN = { text: "FINAL(7)" };
const whole = chat(said("FINAL(7)"));
const json = JSON.stringify(whole);
const sse = (value: object) => `data: ${JSON.stringify(value)}`;

export const WRAPPED_REPLIES: readonly ReplyRow[] = [
  {
    quirk: "DashScope's own form",
    body: {
      output: { choices: [{ finish_reason: "stop", message: said("FINAL(7)") }] },
      usage: { input_tokens: 10, output_tokens: 5 },
    },
    reads: { ...SEVEN, finishReason: "stop", usage: { promptTokens: 10, completionTokens: 5 } },
  },
  { quirk: "DashScope's text", body: { output: { text: "FINAL(7)", finish_reason: "stop" } }, reads: SEVEN },
  { quirk: "Replicate's pieces", body: { output: ["FINAL(", "7)"], status: "succeeded" }, reads: SEVEN },
  { quirk: "Replicate's text", body: { output: "FINAL(7)", status: "succeeded" }, reads: SEVEN },
  {
    quirk: "Cloudflare's own form, with an empty list of errors",
    body: { result: { response: "FINAL(7)" }, success: true, errors: [], messages: [] },
    reads: SEVEN,
  },
  { quirk: "a reply under data", body: { code: 0, data: whole }, reads: SEVEN },
  { quirk: "a reply under response", body: { response: whole }, reads: SEVEN },
  { quirk: "a reply as JSON under body", body: { statusCode: 200, body: json }, reads: SEVEN },
  {
    quirk: "Baidu's result",
    body: { result: "FINAL(7)", usage: { prompt_tokens: 10, completion_tokens: 5 } },
    reads: { ...SEVEN, usage: { promptTokens: 10, completionTokens: 5 } },
  },
  { quirk: "Vertex's predictions", body: { predictions: ["FINAL(7)"] }, reads: SEVEN },
  { quirk: "SageMaker's outputs", body: { outputs: ["FINAL(7)"] }, reads: SEVEN },
  { quirk: "a text in a list (vLLM's demo server)", body: { text: ["FINAL(7)"] }, reads: SEVEN },
  { quirk: "KoboldCpp's results", body: { results: [{ text: "FINAL(7)" }] }, reads: SEVEN },
  {
    quirk: "Titan's results",
    body: {
      results: [{ outputText: "FINAL(7)", tokenCount: 5, completionReason: "FINISH" }],
      inputTextTokenCount: 10,
    },
    reads: { ...SEVEN, usage: { promptTokens: 10, completionTokens: 5 } },
  },
  {
    quirk: "Bedrock's Llama",
    body: {
      generation: "FINAL(7)",
      prompt_token_count: 10,
      generation_token_count: 5,
      stop_reason: "length",
    },
    reads: { ...SEVEN, finishReason: "length", usage: { promptTokens: 10, completionTokens: 5 } },
  },
  { quirk: "Cohere's generations", body: { generations: [{ text: "FINAL(7)" }] }, reads: SEVEN },
  { quirk: "AI21's completions", body: { completions: [{ data: { text: "FINAL(7)" } }] }, reads: SEVEN },
  { quirk: "NUL bytes behind the JSON", body: `${json}\0\0`, reads: SEVEN },
  { quirk: "a guard against scripts before the JSON", body: `)]}'\n${json}`, reads: SEVEN },
  { quirk: "lengths of chunks around the JSON", body: `4f\r\n${json}\r\n0\r\n\r\n`, reads: SEVEN },
  { quirk: "the end of a stream behind the JSON", body: `${json}\n\ndata: [DONE]`, reads: SEVEN },
  {
    quirk: "events whose lines end in CR",
    body: `${sse(chunk({ content: "FINAL(7)" }))}\r\r${sse(END)}\r\rdata: [DONE]\r\r`,
    reads: SEVEN,
  },
  {
    quirk: "a byte order mark before events",
    body: `\uFEFF${sse(chunk({ content: "FINAL(7)" }))}\n\n${sse(END)}\n\n`,
    reads: SEVEN,
  },
  { quirk: "events that are indented", body: `  ${sse(whole)}\n\n`, reads: SEVEN },
  { quirk: "a whole reply as an event", body: `${sse(whole)}\n\ndata: [DONE]\n\n`, reads: SEVEN },
  {
    quirk: "events that end with [DONE] and give no reason",
    body: `${sse(chunk({ content: "FINAL(7)" }))}\n\ndata: [DONE]\n\n`,
    reads: { ...SEVEN, finishReason: "unknown" },
  },
];
