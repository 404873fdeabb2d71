/** How servers refuse parts of a request, and what to send instead. The tables have a row for each wording. */
import type { Complaint } from "../servers/complaints.ts";
import type { MessageForm } from "./messages-to-send.ts";

/** A change of all later requests. */
export type Change =
  | { readonly kind: "form"; readonly form: MessageForm }
  | { readonly kind: "rename"; readonly field: string; readonly to: string }
  | { readonly kind: "omit"; readonly field: string }
  | { readonly kind: "cap"; readonly tokens: number }
  | { readonly kind: "fewer-stops"; readonly count: number };

interface FormRow {
  readonly of: string;
  readonly words: RegExp;
  /** Tried in order: if the server still refuses, the next ones are added. */
  readonly forms: readonly (readonly MessageForm[])[];
}

/** How servers say that their template or schema does not accept the form of the messages. */
const FORM_ROWS: readonly FormRow[] = [
  {
    of: "Gemma and others, through vLLM, llama.cpp, TGI",
    words:
      /system (?:role|message|prompt|instruction)s? (?:is |are )?(?:not|un)[ -]?(?:supported|allowed|enabled)|(?:does not|doesn't|don't) support (?:the )?(?:['"`]?system|developer)|(?:unsupported|unknown|unexpected|invalid) (?:message )?role:? ['"`]?system|expected last role[^.]*got system|only ['"`]?user['"`]?(?:,| and) ['"`]?(?:assistant|model)|role ['"`]?system['"`]? (?:is )?(?:not|un|invalid)|developer instruction is not enabled/i,
    forms: [["fold-system"], ["alternate"], ["fold-tools"]],
  },
  {
    of: "Mistral, Gemma, Perplexity",
    words:
      /roles? (?:must|should) alternate|must alternate between|alternate (?:between )?user|(?:consecutive|multiple|successive) (?:user|assistant|messages)|roles must be alternating|last message role must be|first (?:message|content) (?:must|should) (?:be|have|use) (?:the |a )?(?:role )?['"`]?user/i,
    forms: [["fold-system", "alternate"], ["fold-tools"]],
  },
  {
    of: "templates without tools",
    words:
      /(?:unsupported|unknown|unexpected|invalid)(?: message)? role:? ['"`]?(?:tool|function)|unexpected role ['"`]?user['"`]? after role ['"`]?tool|tool role (?:is )?(?:not|un)|role ['"`]?tool['"`]? (?:is )?(?:not|un|invalid)|(?:only|expected)[^.]{0,40}\broles? (?:is |are )?(?:supported|allowed)|input should be 'system', 'user' or 'assistant'/i,
    forms: [["fold-tools"], ["alternate"]],
  },
  {
    of: "DeepSeek, Moonshot",
    words:
      /missing [`'"]?reasoning_content|reasoning_content[`'"]?[^.]{0,80}(?:must be (?:passed|provided|present|included|set)|is (?:missing|required))/i,
    forms: [["always-reasoning"]],
  },
  {
    of: "Groq, Cerebras, older DeepSeek, FastAPI's schemas",
    words:
      /reasoning(?:_content|_details|_signature)?\b[^.]{0,80}(?:unsupported|not supported|extra (?:inputs|fields)|not permitted|not allowed|unexpected|unknown|unrecognized|is invalid|should not be)|(?:unsupported|unexpected|unknown|unrecognized|extra)[^.]{0,60}\breasoning(?:_content|_details)?\b/i,
    forms: [["no-reasoning"]],
  },
  {
    of: "Anthropic, Gemini, OpenAI's Responses",
    words:
      /invalid [`'"]?signature|(?:thinking|reasoning)[`'"]? (?:blocks?|items?)[^.]{0,80}(?:cannot be modified|not found|invalid|not supported)|of type 'reasoning' was provided without|items are not persisted|encrypted content (?:could not|cannot) be (?:verified|decrypted)|extended thinking is not supported/i,
    forms: [["no-reasoning"]],
  },
  {
    of: "Mistral, Anthropic, OpenAI",
    words:
      /tool call id[^.]{0,60}(?:must be a-z|length of 9)|(?:tool_use|tool_call|call)[_.]?id[^.]{0,80}(?:pattern|at most|too long|maximum length|should match)|tool_use\.id/i,
    forms: [["short-ids"]],
  },
  {
    of: "Ollama, llama.cpp's and Qwen's templates",
    words:
      /arguments[`'")]*[^.]{0,80}(?:must be|should be|expected|expects|not) (?:a |an )?(?:valid )?(?:dict|object|mapping)|cannot unmarshal string into go struct field.*\.arguments|can only get item pairs from a mapping|'str' object has no attribute 'items'/i,
    forms: [["object-arguments"]],
  },
  {
    of: "schemas of content parts",
    words:
      /content[`'"]?[^.]{0,60}(?:must be|should be|expected|expects) (?:a |an )?(?:valid )?(?:list|array|sequence)/i,
    forms: [["parts"]],
  },
];

/** Words with which a server refuses a field. An error that only names a field without them does not refuse it. */
const REFUSED =
  /unsupported|support|unrecogni[sz]ed|unknown|unexpected|extra|not (?:permitted|allowed|available|implemented|accepted|valid)|forbidden|deprecated|invalid|cannot|can't|must be|may only|should be|no longer|not a valid|isn't|disabled|only (?:the )?default|too (?:large|many|long|high)|maximum|minimum|exceeds?|out of range|range of|at most|limited to|greater than|less than/i;

/** Optional fields of requests, each with another name to try first, or null. */
const OPTIONAL_FIELDS: ReadonlyMap<string, string | null> = new Map([
  ["max_completion_tokens", "max_tokens"],
  ["max_tokens", "max_completion_tokens"],
  ["max_output_tokens", null],
  ["temperature", null],
  ["top_p", null],
  ["seed", null],
  ["random_seed", null],
  ["stop", null],
  ["stop_sequences", null],
  ["reasoning_effort", null],
  ["reasoning", null],
  ["thinking", null],
  ["include", null],
  ["store", null],
  ["logprobs", null],
  ["return_token_ids", null],
]);

const CAPS = ["max_tokens", "max_completion_tokens", "max_output_tokens"];
/** How servers name the longest reply that they allow. */
const CAP_WORDS: readonly RegExp[] = [
  /supports at most (\d+) completion/i,
  /range of max_(?:completion_)?tokens (?:is|should be) \[\d+, ?(\d+)\]/i,
  /(?:<=|less than or equal to|at most|lower than or equal to|no more than|no greater than|cannot exceed|must not exceed|not exceed|up to|limited to) `?(\d+)/i,
  /> (\d+), which is the maximum/i,
  /(?:limit(?: of)?|maximum(?: allowed)?(?: value)?(?: is| of|:)?) `?(\d+)/i,
];

/**
 * The changes for a complaint; empty if nothing can be changed.
 * @param body the request that was refused @param made the forms so far, and the user's own fields, which are never changed
 */
export function changesFor(
  told: Complaint,
  body: Readonly<Record<string, unknown>>,
  made: { readonly forms: ReadonlySet<MessageForm>; readonly own: ReadonlySet<string> },
): readonly Change[] {
  // What a server suggests it does not refuse.
  const complaint = { ...told, words: told.words.replace(/,? did you mean[^]*$/i, "") };
  const { words } = complaint;
  const row = FORM_ROWS.find(({ words: pattern, forms }) => pattern.test(words) && concerns(forms, body));
  const next = row?.forms.find((forms) => forms.some((form) => !made.forms.has(form)));
  if (next) return next.filter((form) => !made.forms.has(form)).map((form) => ({ kind: "form", form }));
  const field = fieldOf(complaint, body, made.own);
  if (field === null || !REFUSED.test(words)) return [];
  return [changeOf(field, complaint, body)];
}

/** Without thoughts in the conversation, a refusal of "reasoning" is about another field, such as the effort. */
function concerns(forms: FormRow["forms"], body: Readonly<Record<string, unknown>>): boolean {
  if (!forms[0]!.includes("no-reasoning")) return true;
  const conversation = JSON.stringify(body["messages"] ?? body["input"] ?? []);
  return /"(?:reasoning\w*|thinking)"/.test(conversation);
}

/** How servers refuse a field without naming it. */
const UNNAMED: readonly { readonly words: RegExp; readonly field: string }[] = [
  { words: /maximum tokens you requested exceeds/i, field: "max_tokens" },
  { words: /encrypted content is not supported/i, field: "include" },
  {
    words:
      /log ?probs?(?:abilities)? (?:is|are) not (?:supported|available|enabled)|does not support log ?prob/i,
    field: "logprobs",
  },
  { words: /token ids are not (?:supported|available)/i, field: "return_token_ids" },
  {
    words: /(?:does not|doesn't) support (?:reasoning|thinking)\b|reasoning effort is not supported/i,
    field: "reasoning_effort",
  },
];

/** The optional field that a complaint names first. */
function fieldOf(
  { field, words }: Complaint,
  body: Readonly<Record<string, unknown>>,
  own: ReadonlySet<string>,
): string | null {
  const open = [...OPTIONAL_FIELDS.keys()].filter((name) => name in body && !own.has(name));
  const told = field?.split(/[.[]/)[0];
  if (told !== undefined && open.includes(told)) return told;
  const unnamed = UNNAMED.find((row) => row.words.test(words) && open.includes(row.field));
  if (unnamed) return unnamed.field;
  const both = /\btemperature\b[^.]{0,20}\btop_p\b[^.]{0,40}both/i.test(words) && open.includes("top_p");
  if (both) return "top_p";
  const named = open
    .map((name) => ({ name, at: words.search(new RegExp(String.raw`(?<![\w-])${name}(?![\w-])`)) }))
    .filter(({ at }) => at !== -1);
  return (
    named.reduce<(typeof named)[number] | null>(
      (first, one) => (first && first.at <= one.at ? first : one),
      null,
    )?.name ?? null
  );
}

function changeOf(field: string, { words, raw }: Complaint, body: Readonly<Record<string, unknown>>): Change {
  const other = OPTIONAL_FIELDS.get(field) ?? null;
  const instead = other !== null && new RegExp(String.raw`use[^.]{0,12}\b${other}\b`, "i").test(words);
  if (CAPS.includes(field) && !instead) {
    const most = CAP_WORDS.map((pattern) => Number(pattern.exec(words)?.[1])).find((count) => count > 0);
    if (most !== undefined && most < Number(body[field])) return { kind: "cap", tokens: most };
  }
  if (other !== null) return { kind: "rename", field, to: other };
  const most = Number(/\b(?:at most|max(?:imum)?(?: of)?|no more than|up to|length) (\d+)/i.exec(words)?.[1]);
  const stops = body[field];
  if (field.startsWith("stop") && Array.isArray(stops) && most > 0 && most < stops.length)
    return { kind: "fewer-stops", count: most };
  // Mistral's own server has the list of errors in its message, and another name for the seed.
  const isMistral = typeof (raw as { message?: unknown } | null)?.message === "object";
  return field === "seed" && isMistral
    ? { kind: "rename", field, to: "random_seed" }
    : { kind: "omit", field };
}
