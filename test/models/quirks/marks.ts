/** Thoughts in the text, by the marks of many models' templates. */
import { chat, type ReplyRow, said } from "./rows.ts";

const SEVEN = "FINAL(7)";
const marked = (quirk: string, text: string, reads: object = {}): ReplyRow => ({
  quirk,
  body: chat(said(text)),
  reads: { text: SEVEN, reasoning: { text: "FINAL(1)", place: "text" }, ...reads },
});
/** A call of `run` in Hermes's notation. */
const CALL = '<tool_call>{"name": "run", "arguments": {"code": "print(1)"}}</tool_call>';
const CALLED = [{ name: "run", arguments: '{"code":"print(1)"}' }];

export const MARKED_THOUGHTS: readonly ReplyRow[] = [
  marked("<|think|>", `<|think|>FINAL(1)<|/think|>${SEVEN}`),
  marked("<|thinking|>", `<|thinking|>FINAL(1)<|/thinking|>${SEVEN}`),
  marked("Gemma 4's channel without its name", `<|channel>\nFINAL(1)\n<channel|>${SEVEN}`),
  marked("Gemma 4's channel in gpt-oss's spelling", `<|channel|>thought\nFINAL(1)\n<channel|>${SEVEN}`),
  marked("Gemma 4's closing mark alone", `FINAL(1)\n<channel|>${SEVEN}`),
  marked("Gemma 3n's unused tokens", `<unused94>thought\nFINAL(1)<unused95>${SEVEN}`),
  marked(
    "Kimi K3's channels",
    `<|open|>think<|sep|>FINAL(1)<|close|>think<|sep|><|open|>response<|sep|>${SEVEN}<|close|>response<|sep|><|end_of_msg|>`,
  ),
  marked("Kimi K3's closing mark alone", `FINAL(1)<|close|>think<|sep|>${SEVEN}`),
  marked("MiniMax M3's marks", `<mm:think>FINAL(1)</mm:think>${SEVEN}`),
  marked("MiniMax M3's closing mark before a reply without thoughts", `</mm:think>\n${SEVEN}`, {
    reasoning: { text: "" },
  }),
  marked("Apertus's marks", `<|inner_prefix|>FINAL(1)<|inner_suffix|>${SEVEN}`),
  marked(
    "Inkling's blocks",
    `<|message_model|><|content_thinking|>FINAL(1)<|end_message|><|message_model|><|content_text|>${SEVEN}<|end_message|><|content_model_end_sampling|>`,
  ),
  marked("Hunyuan's answer", `<think>\nFINAL(1)\n</think>\n<answer>\n${SEVEN}\n</answer>`),
  marked("Hunyuan 3's suffixed tokens", `<think:opensource>FINAL(1)</think:opensource>${SEVEN}`),
  marked("Ernie's response", `FINAL(1)\n</think>\n\n<response>\n${SEVEN}\n</response>\n`),
  marked("Granite's sentences", `Here is my thought process: FINAL(1)\n\nHere is my response: ${SEVEN}`),
  marked(
    "Granite's sentences, shortened",
    `Here's my thought process:\nFINAL(1)\nHere's my response:\n${SEVEN}`,
  ),
  marked("Cohere's text after its thoughts", `FINAL(1)<|END_THINKING|><|START_TEXT|>${SEVEN}<|END_TEXT|>`),
  marked("Anthropic's scratchpad", `<scratchpad>FINAL(1)</scratchpad>\n${SEVEN}`),
  marked("a reflection", `<reflection>FINAL(1)</reflection>\n${SEVEN}`),
  marked("[THINKING]", `[THINKING]FINAL(1)[/THINKING]\n${SEVEN}`),
  marked("[REASONING]", `[REASONING]FINAL(1)[/REASONING]\n${SEVEN}`),
  marked("redacted_thinking as text", `<redacted_thinking>FINAL(1)</redacted_thinking>${SEVEN}`),
  {
    quirk: "Cohere's text without thoughts",
    body: chat(said(`<|START_TEXT|>${SEVEN}<|END_TEXT|>`)),
    reads: { text: SEVEN },
    lacks: ["reasoning"],
  },
  {
    quirk: "Inkling's text without thoughts",
    body: chat(said(`<|message_model|><|content_text|>${SEVEN}<|end_message|>`)),
    reads: { text: SEVEN },
    lacks: ["reasoning"],
  },
  {
    quirk: "a list that holds a mark of HTML, which is no thought",
    body: chat(said("The tags are <answer>, <output> and <details>.")),
    reads: { text: "The tags are <answer>, <output> and <details>." },
    lacks: ["reasoning"],
  },
  {
    quirk: "a thought that a call ends (Qwen, GLM, Nemotron)",
    tools: true,
    body: chat(said(`<think>FINAL(1)\n${CALL}`)),
    reads: { text: "", reasoning: { text: "FINAL(1)" }, toolCalls: CALLED },
  },
  {
    quirk: "a thought that a section of calls ends (Kimi K2)",
    tools: true,
    body: chat(
      said(
        '<think>FINAL(1)<|tool_calls_section_begin|><|tool_call_begin|>functions.run:0<|tool_call_argument_begin|>{"code":"print(1)"}<|tool_call_end|><|tool_calls_section_end|>',
      ),
    ),
    reads: { reasoning: { text: "FINAL(1)" }, toolCalls: CALLED },
  },
  {
    quirk: "a call within a thought, which is not made",
    tools: true,
    body: chat(said(`<think>perhaps ${CALL}</think>${SEVEN}`)),
    reads: { text: SEVEN, toolCalls: [], reasoning: { text: `perhaps ${CALL}` } },
  },
  {
    quirk: "a call within gpt-oss's thoughts, which is not made",
    tools: true,
    body: chat(
      said(
        `<|channel|>analysis<|message|>perhaps ${CALL}<|end|><|start|>assistant<|channel|>final<|message|>${SEVEN}`,
      ),
    ),
    reads: { text: SEVEN, toolCalls: [] },
  },
];
