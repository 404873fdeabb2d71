/** How servers say that a content filter does not let a prompt through, or withholds the whole reply to it. */
import type { ComplaintRow } from "./complaint-row.ts";

/** The same prompt would be refused again, so that nothing is gained by another attempt. */
export const FILTER_ROWS: readonly ComplaintRow[] = [
  {
    means: "filtered",
    of: "OpenAI, Azure, Moonshot, Gemini",
    codes: [
      "content_filter",
      "content_filter_error",
      "content_policy_violation",
      "contentpolicyviolationerror",
      "responsibleaipolicyviolation",
      "moderation_blocked",
      "moderation_error",
      "prohibited_content",
    ],
  },
  {
    means: "filtered",
    of: "OpenAI's reasoning models",
    codes: ["invalid_prompt"],
    words: /prompt was flagged/i,
  },
  {
    means: "filtered",
    of: "Azure, LiteLLM",
    words: /content management policy|contentpolicyviolation|content policy violation|responsible ai policy/i,
  },
  { means: "filtered", of: "OpenAI", words: /rejected as a result of our safety system/i },
  { means: "filtered", of: "Anthropic", words: /blocked by (?:our )?content filter/i },
  { means: "filtered", of: "DeepSeek", words: /content exists risk/i },
  {
    means: "filtered",
    of: "Moonshot",
    words: /considered high risk/i,
  },
  {
    means: "filtered",
    of: "DashScope",
    codes: ["datainspectionfailed", "data_inspection_failed"],
    words: /data may contain inappropriate content/i,
  },
  { means: "filtered", of: "Zhipu", codes: ["1301"] },
  { means: "filtered", of: "MiniMax", codes: ["1026", "1027"], words: /new_sensitive/i },
  { means: "filtered", of: "xAI", words: /content violates (?:our )?usage guidelines|safety_check_type/i },
  { means: "filtered", of: "OpenRouter", words: /requires moderation[^]{0,80}input was flagged/i },
  {
    means: "filtered",
    of: "Bedrock",
    words: /blocked by (?:the |your )?guardrail|guardrail (?:has )?(?:intervened|blocked)/i,
  },
  {
    means: "filtered",
    of: "Vertex, Gemini",
    words:
      /prompt (?:was |is )?blocked|violates? (?:google'?s |our )?(?:generative ai|responsible ai|acceptable use|usage) (?:prohibited use )?polic/i,
  },
  {
    means: "filtered",
    of: "NeMo, LlamaGuard proxies",
    words: /content (?:safety|moderation) (?:policy|filter|check) (?:violation|blocked|failed|triggered)/i,
  },
];
