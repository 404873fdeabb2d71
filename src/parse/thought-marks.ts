/** The marks by which models' chat templates set thoughts apart from what is said. A model with other marks is a row here. */

/** One way to mark a thought. */
export interface Marks {
  readonly of: string;
  readonly open: string;
  readonly close: string;
  /** Set if the closing mark ends other things, too, so that it means nothing without the opening one. */
  readonly closesOthers?: true;
}

/** The marks that the rules before 0.4.0 know. If one begins with another, the longer one is first. */
export const MARKS_OF_0_3_0: readonly Marks[] = [
  { of: "prompts", open: "<thinking>", close: "</thinking>" },
  { of: "DeepSeek, Qwen, GLM, Nemotron, Hunyuan and many others", open: "<think>", close: "</think>" },
  { of: "EXAONE", open: "<thought>", close: "</thought>" },
  { of: "prompts", open: "<reasoning>", close: "</reasoning>" },
  { of: "Seed-OSS", open: "<seed:think>", close: "</seed:think>" },
  { of: "Magistral", open: "[THINK]", close: "[/THINK]" },
  { of: "Kimi", open: "◁think▷", close: "◁/think▷" },
  { of: "Cohere", open: "<|START_THINKING|>", close: "<|END_THINKING|>" },
  { of: "OpenThinker", open: "<|begin_of_thought|>", close: "<|end_of_thought|>" },
  { of: "Gemma 4", open: "<|channel>thought\n", close: "<channel|>" },
];

/** All marks. Those of special tokens are safe; those of XML are only such as no HTML and no answer holds. */
export const MARKS: readonly Marks[] = [
  ...MARKS_OF_0_3_0,
  { of: "Gemma 4 without the channel's name", open: "<|channel>", close: "<channel|>" },
  { of: "Gemma 4's tokens in gpt-oss's spelling", open: "<|channel|>thought\n", close: "<channel|>" },
  { of: "Gemma 3n, MedGemma", open: "<unused94>thought\n", close: "<unused95>" },
  { of: "Gemma's runtimes", open: "<|think|>", close: "<|/think|>" },
  { of: "ChatML fine-tunes", open: "<|thinking|>", close: "<|/thinking|>" },
  { of: "Kimi K3", open: "<|open|>think<|sep|>", close: "<|close|>think<|sep|>" },
  { of: "MiniMax M3", open: "<mm:think>", close: "</mm:think>" },
  { of: "Apertus", open: "<|inner_prefix|>", close: "<|inner_suffix|>" },
  { of: "Inkling", open: "<|content_thinking|>", close: "<|end_message|>", closesOthers: true },
  { of: "Anthropic's older prompts", open: "<scratchpad>", close: "</scratchpad>" },
  { of: "Reflection", open: "<reflection>", close: "</reflection>" },
  { of: "proxies", open: "<redacted_thinking>", close: "</redacted_thinking>" },
  { of: "prompts", open: "[THINKING]", close: "[/THINKING]" },
  { of: "prompts", open: "[REASONING]", close: "[/REASONING]" },
];

/** Marks that models spell otherwise: in capitals, or with the suffix that Hunyuan 3 gives its tokens. */
export const OTHER_SPELLINGS: readonly {
  readonly written: RegExp;
  readonly meant: (mark: string) => string;
}[] = [
  {
    written: /<\/?(?:THINK|THINKING|THOUGHT|REASONING|Think|Thinking|Thought|Reasoning)>/g,
    meant: (mark) => mark.toLowerCase(),
  },
  { written: /<\/?(?:think|tool_calls?):[a-z]\w*>/g, meant: (mark) => mark.replace(/:\w+/, "") },
];

/** Where a call begins, a thought that was never closed is over: Qwen, GLM, Nemotron, Kimi K2 and Hunyuan forget the mark. */
export const CALL_BEGINS: readonly string[] = [
  "<tool_call>",
  "<tool_calls>",
  "<|tool_calls_section_begin|>",
  "<｜tool▁calls▁begin｜>",
  "<minimax:tool_call>",
  "[TOOL_CALLS]",
  "<|START_ACTION|>",
];

/** Marks around what is said after a thought: Hunyuan's and Ernie's, which other texts may hold, too. */
export const SAID_AFTER_THOUGHT: readonly Pick<Marks, "open" | "close">[] = [
  { open: "<answer>", close: "</answer>" },
  { open: "<response>", close: "</response>" },
];

/** Special tokens around what is said: Cohere's, Kimi K3's and Inkling's. */
export const SAID_TOKENS =
  /<\|(?:START|END)_(?:RESPONSE|TEXT)\|>|<\|(?:open|close)\|>(?:response|message)<\|sep\|>|<\|(?:message_model|content_text|end_message|content_model_end_sampling|end_of_msg)\|>/g;

/** Granite's sentences in marks' place. */
export const GRANITE =
  /^\s*Here(?:'s| is) my thought process:([^]*?)(?:^|\n)[ \t]*Here(?:'s| is) my response:\s*([^]*)$/;
