/** Thoughts in all the fields that servers use. */
import { chat, type ReplyRow, said } from "./rows.ts";

const SEVEN = "FINAL(7)";
const thought = (reasoning: object = {}) => ({ text: SEVEN, reasoning: { text: "FINAL(1)", ...reasoning } });

export const THOUGHTS: readonly ReplyRow[] = [
  {
    quirk: "LiteLLM's signed blocks beside the text",
    body: chat(
      said(SEVEN, { thinking_blocks: [{ type: "thinking", thinking: "FINAL(1)", signature: "s" }] }),
    ),
    reads: thought({ place: "thinking_blocks", signature: "s" }),
  },
  {
    quirk: "reasoning_content beside the message",
    body: chat(said(SEVEN), { reasoning_content: "FINAL(1)" }),
    reads: thought(),
  },
  {
    quirk: "LiteLLM's field of what the API does not know",
    body: chat(said(SEVEN, { provider_specific_fields: { reasoning_content: "FINAL(1)" } })),
    reads: thought(),
  },
  {
    quirk: "thoughts as a list of texts",
    body: chat(said(SEVEN, { reasoning_content: ["FINAL(", "1)"] })),
    reads: { text: SEVEN, reasoning: { text: "FINAL(\n1)" } },
  },
  { quirk: "analysis", body: chat(said(SEVEN, { analysis: "FINAL(1)" })), reads: thought() },
  {
    quirk: "two closing marks without an opening one",
    body: chat(said(`FINAL(1)</think>FINAL(2)</think>${SEVEN}`)),
    reads: { text: SEVEN, reasoning: { text: "FINAL(1)\nFINAL(2)" } },
  },
  {
    quirk: "a closing mark too many",
    body: chat(said(`<think>FINAL(1)</think>FINAL(2)</think>${SEVEN}`)),
    reads: { text: SEVEN, reasoning: { text: "FINAL(1)\nFINAL(2)" } },
  },
  {
    quirk: "a thought within a thought",
    body: chat(said(`<think>FINAL(1)<think>FINAL(2)</think>FINAL(3)</think>${SEVEN}`)),
    reads: { text: SEVEN },
  },
  { quirk: "marks in capitals", body: chat(said(`<THINK>FINAL(1)</THINK>${SEVEN}`)), reads: thought() },
  {
    quirk: "gpt-oss's last channel alone",
    body: chat(said(`<|channel|>final<|message|>${SEVEN}<|return|>`)),
    reads: { text: SEVEN },
    lacks: ["reasoning"],
  },
  {
    quirk: "reasoning_content (DeepSeek, vLLM, SGLang, llama.cpp)",
    body: chat(said(SEVEN, { reasoning_content: "FINAL(1)" })),
    reads: thought({ place: "reasoning_content" }),
  },
  {
    quirk: "reasoning (OpenRouter, Ollama, newer vLLM, Groq)",
    body: chat(said(SEVEN, { reasoning: "FINAL(1)" })),
    reads: thought({ place: "reasoning" }),
  },
  {
    quirk: "both fields with the same text",
    body: chat(said(SEVEN, { reasoning: "FINAL(1)", reasoning_content: "FINAL(1)" })),
    reads: thought({ place: "reasoning_content" }),
  },
  {
    quirk: "thinking (Ollama's own)",
    body: { message: said(SEVEN, { thinking: "FINAL(1)" }), done: true },
    reads: thought(),
  },
  {
    quirk: "reasoning_content null",
    body: chat(said(SEVEN, { reasoning_content: null })),
    reads: { text: SEVEN },
    lacks: ["reasoning"],
  },
  {
    quirk: "reasoning_content empty",
    body: chat(said(SEVEN, { reasoning_content: "" })),
    reads: { text: SEVEN },
    lacks: ["reasoning"],
  },
  {
    quirk: "reasoning as an object",
    body: chat(said(SEVEN, { reasoning: { content: "FINAL(1)" } })),
    reads: thought(),
  },
  {
    quirk: "reasoning_details with a signature (OpenRouter)",
    body: chat(
      said(SEVEN, {
        reasoning: "FINAL(1)",
        reasoning_details: [
          {
            type: "reasoning.text",
            text: "FINAL(1)",
            signature: "s",
            format: "anthropic-claude-v1",
            index: 0,
          },
        ],
      }),
    ),
    reads: thought({ place: "reasoning_details", signature: "s", parts: [{ type: "reasoning.text" }] }),
  },
  {
    quirk: "reasoning_details that are encrypted",
    body: chat(said(SEVEN, { reasoning_details: [{ type: "reasoning.encrypted", data: "e" }] })),
    reads: { text: SEVEN, reasoning: { text: "", place: "reasoning_details", parts: [{ data: "e" }] } },
  },
  {
    quirk: "a thinking part",
    body: chat(
      said([
        { type: "thinking", thinking: "FINAL(1)" },
        { type: "text", text: SEVEN },
      ]),
    ),
    reads: thought({ place: "parts" }),
  },
  {
    quirk: "a thinking part of parts (Mistral)",
    body: chat(
      said([
        { type: "thinking", thinking: [{ type: "text", text: "FINAL(1)" }], closed: true },
        { type: "text", text: SEVEN },
      ]),
    ),
    reads: thought({ place: "parts" }),
  },
  {
    quirk: "a reasoning part",
    body: chat(
      said([
        { type: "reasoning", text: "FINAL(1)" },
        { type: "text", text: SEVEN },
      ]),
    ),
    reads: thought(),
  },
  {
    quirk: "Messages' signed thoughts",
    api: "messages",
    body: {
      type: "message",
      role: "assistant",
      content: [
        { type: "thinking", thinking: "FINAL(1)", signature: "s" },
        { type: "text", text: SEVEN },
      ],
      stop_reason: "end_turn",
    },
    reads: thought({ signature: "s", parts: [{ type: "thinking", thinking: "FINAL(1)", signature: "s" }] }),
  },
  {
    quirk: "Messages' redacted thoughts",
    api: "messages",
    body: {
      type: "message",
      role: "assistant",
      content: [
        { type: "redacted_thinking", data: "d" },
        { type: "text", text: SEVEN },
      ],
      stop_reason: "end_turn",
    },
    reads: { text: SEVEN, reasoning: { text: "", parts: [{ type: "redacted_thinking", data: "d" }] } },
  },
  {
    quirk: "Responses' reasoning items",
    api: "responses",
    body: {
      object: "response",
      status: "completed",
      output: [
        {
          type: "reasoning",
          id: "rs_1",
          summary: [{ type: "summary_text", text: "FINAL(1)" }],
          encrypted_content: "e",
        },
        { type: "message", content: [{ type: "output_text", text: SEVEN }] },
      ],
    },
    reads: thought({ signature: "e", parts: [{ id: "rs_1", encrypted_content: "e" }] }),
  },
  {
    quirk: "Responses' reasoning text (gpt-oss through vLLM)",
    api: "responses",
    body: {
      object: "response",
      status: "completed",
      output: [
        { type: "reasoning", summary: [], content: [{ type: "reasoning_text", text: "FINAL(1)" }] },
        { type: "message", content: [{ type: "output_text", text: SEVEN }] },
      ],
    },
    reads: thought(),
  },
  {
    quirk: "Gemini's thought parts",
    body: {
      candidates: [
        { content: { parts: [{ text: "FINAL(1)", thought: true }, { text: SEVEN }] }, finishReason: "STOP" },
      ],
    },
    reads: thought(),
  },
  {
    quirk: "Bedrock's reasoningContent",
    body: {
      output: {
        message: {
          role: "assistant",
          content: [
            { reasoningContent: { reasoningText: { text: "FINAL(1)", signature: "s" } } },
            { text: SEVEN },
          ],
        },
      },
      stopReason: "end_turn",
    },
    reads: thought({ signature: "s" }),
  },
  {
    quirk: "thoughts alone, and no text",
    body: chat(said(null, { reasoning_content: "FINAL(1)" })),
    reads: { text: "", reasoning: { text: "FINAL(1)" } },
  },
  {
    quirk: "<think>",
    body: chat(said(`<think>FINAL(1)</think>${SEVEN}`)),
    reads: thought({ place: "text", written: `<think>FINAL(1)</think>${SEVEN}` }),
  },
  { quirk: "<thinking>", body: chat(said(`<thinking>FINAL(1)</thinking>\n\n${SEVEN}`)), reads: thought() },
  { quirk: "[THINK]", body: chat(said(`[THINK]FINAL(1)[/THINK]${SEVEN}`)), reads: thought() },
  { quirk: "<thought>", body: chat(said(`<thought>\nFINAL(1)\n</thought>\n${SEVEN}`)), reads: thought() },
  { quirk: "<reasoning>", body: chat(said(`<reasoning>FINAL(1)</reasoning>${SEVEN}`)), reads: thought() },
  { quirk: "Kimi's marks", body: chat(said(`◁think▷FINAL(1)◁/think▷${SEVEN}`)), reads: thought() },
  { quirk: "Seed's marks", body: chat(said(`<seed:think>FINAL(1)</seed:think>${SEVEN}`)), reads: thought() },
  {
    quirk: "Cohere's marks",
    body: chat(said(`<|START_THINKING|>FINAL(1)<|END_THINKING|><|START_RESPONSE|>${SEVEN}<|END_RESPONSE|>`)),
    reads: thought(),
  },
  {
    quirk: "Gemma's channel",
    body: chat(said(`<|channel>thought\nFINAL(1)<channel|>${SEVEN}`)),
    reads: thought(),
  },
  {
    quirk: "gpt-oss's channels",
    body: chat(
      said(
        `<|channel|>analysis<|message|>FINAL(1)<|end|><|start|>assistant<|channel|>final<|message|>${SEVEN}`,
      ),
    ),
    reads: thought(),
  },
  {
    quirk: "names of channels that leaked",
    body: chat(said(`analysis FINAL(1)assistantfinal${SEVEN}`)),
    reads: { text: SEVEN },
  },
  {
    quirk: "only the closing mark",
    body: chat(said(`so FINAL(1)\nno\n</think>${SEVEN}`)),
    reads: { text: SEVEN, reasoning: { text: "so FINAL(1)\nno" } },
  },
  {
    quirk: "two thoughts",
    body: chat(said(`<think>FINAL(1)</think><think>FINAL(2)</think>${SEVEN}`)),
    reads: { text: SEVEN, reasoning: { text: "FINAL(1)\nFINAL(2)" } },
  },
  {
    quirk: "a thought that breaks off",
    body: chat(said("<think>FINAL(1) and"), { finish_reason: "length" }),
    reads: { text: "", finishReason: "length", reasoning: { text: "FINAL(1) and" } },
  },
  {
    quirk: "a thought in a field and one in the text",
    body: chat(said(`<think>b</think>${SEVEN}`, { reasoning_content: "a" })),
    reads: { text: SEVEN, reasoning: { text: "a\nb" } },
  },
  {
    quirk: "marks in parts",
    body: chat(
      said([
        { type: "text", text: "<think>FINAL(1)" },
        { type: "text", text: `</think>${SEVEN}` },
      ]),
    ),
    reads: thought(),
  },
  {
    quirk: "a mark in code, which is code",
    body: chat(said('```repl\nprint(context.split("</think>")[0])\n```')),
    reads: { text: '```repl\nprint(context.split("</think>")[0])\n```' },
    lacks: ["reasoning"],
  },
  {
    quirk: "tokens of thoughts that nobody shows",
    body: chat(
      said(SEVEN),
      {},
      {
        usage: { prompt_tokens: 1, completion_tokens: 9, completion_tokens_details: { reasoning_tokens: 8 } },
      },
    ),
    reads: { text: SEVEN, reasoning: { text: "", tokens: 8 } },
  },
];
