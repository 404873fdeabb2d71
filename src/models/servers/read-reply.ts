/**
 * Reads the reply of a model server in any API: chat completions, Responses, Messages, text completions, and the servers' own
 * variants of them. Models and the gateway both read replies only through this file.
 */
import type { FinishReason, Reasoning, SampledTokens, ToolCall, Usage } from "../../types.ts";
import { at, type Fields, isFields, readJson, textIn } from "./json.ts";
import { BROKEN_OFF, FINISH_REASONS, THOUGHT_FIELDS, WHOLE_TEXTS, WRAPPERS } from "./reply-fields.ts";
import { withoutThoughts } from "../../parse/thoughts.ts";
import { readCalls } from "./read-calls.ts";
import { readMessage } from "./read-thoughts.ts";
import { readTokens } from "./read-tokens.ts";
import { readUsage } from "./read-usage.ts";
import { callsInText } from "./written-calls.ts";

/** A reply as read. */
export interface ServerReply {
  readonly text: string;
  readonly reasoning: Reasoning | null;
  readonly toolCalls: readonly ToolCall[];
  readonly finishReason: FinishReason;
  /** The server's own word for the finish reason; null if there is none. */
  readonly finishWord: string | null;
  readonly model: string | null;
  readonly usage: Usage | null;
  readonly tokens: SampledTokens | null;
}

/** A body that is not a reply: an error with status 200, or something else. */
export interface NoReply {
  /** The server's error, for `complaintOf`; undefined if there is none. */
  readonly error?: unknown;
  /** What the body is, to follow "answered ". */
  readonly what: string;
}

/** Reads the body of a reply. @param offered the names of the functions that the model was offered */
export function readReply(body: unknown, offered: readonly string[] = []): ServerReply | NoReply {
  const alone = Array.isArray(body) && body.length === 1 ? (body[0] as unknown) : body;
  const whole = isFields(alone) ? unwrapped(alone) : alone;
  if (!isFields(whole)) return { what: `JSON that is not a completion (${describe(whole)})` };
  const error = blockIn(whole) ?? errorIn(whole);
  if (error !== null) return { error, what: "an error" };
  const found = choiceIn(whole);
  if (found === null)
    return { what: "JSON that is not a completion (choices are missing or of another type)" };
  if (found === "none") return { what: "a completion without choices" };
  const { choice, message, finish } = found;
  const choiceError = isFields(choice) ? choice["error"] : null;
  const read = readMessage(withThoughtsOf(choice, message));
  const fields = isFields(message) ? message : {};
  const listed = callsOf(fields, read.callParts);
  const native = readCalls(listed, offered);
  const inText =
    native.length === 0 && offered.length > 0
      ? callsInText(withoutThoughts(read.whole, read.text), offered)
      : null;
  const toolCalls = inText?.calls ?? native;
  const text = inText ? readMessage(inText.said).text : read.text;
  const word = wordOf(finish);
  const isEmpty = text === "" && toolCalls.length === 0 && read.reasoning === null;
  // A provider that broke off says so beside what it had written by then.
  if (choiceError && (isEmpty || word === "error")) return { error: choiceError, what: "an error" };
  const behind = isFields(choice) ? wordOf(choice["native_finish_reason"]) : null;
  const broken = [word, behind].find((told) => told != null && BROKEN_OFF.has(told));
  if (isEmpty && broken !== undefined)
    return {
      error: { message: `the reply broke off (finish_reason ${broken})`, code: 502 },
      what: "an error",
    };
  const { usage, reasoningTokens } = readUsage(whole);
  const known =
    word === null ? undefined : (FINISH_REASONS.get(word) ?? FINISH_REASONS.get(word.split(":")[0]!));
  return {
    text,
    reasoning:
      read.reasoning === null && !reasoningTokens
        ? null
        : {
            ...(read.reasoning ?? { text: "" }),
            ...(reasoningTokens !== null && { tokens: reasoningTokens }),
          },
    toolCalls,
    finishReason: known ?? (toolCalls.length > 0 && word === null ? "tool_calls" : "unknown"),
    finishWord: word,
    model: textIn(whole["model"]) ?? textIn(whole["modelVersion"]),
    usage,
    tokens: readTokens(whole, choice),
  };
}

/** A reply that stands in another object, with the usage that may stand beside it; other bodies as they are. */
function unwrapped(body: Fields): Fields {
  if (Array.isArray(body["choices"]) || choiceIn(body) !== null) return body;
  for (const name of WRAPPERS) {
    const held = body[name];
    const inner = typeof held === "string" ? readJson(held) : held;
    const isReply = isFields(inner) && choiceIn(inner) !== null && errorIn(inner) === null;
    if (isReply) return { ...(body["usage"] != null && { usage: body["usage"] }), ...inner };
  }
  return body;
}

/** Some servers put the thoughts beside the message, or into a field for what the API does not know. */
function withThoughtsOf(choice: unknown, message: unknown): unknown {
  if (!isFields(message)) return message;
  const beside = [at(choice, "reasoning_content"), at(message, "provider_specific_fields.reasoning_content")];
  const thought = beside.find((found) => found != null && found !== "");
  return thought === undefined || THOUGHT_FIELDS.some(({ field }) => message[field] != null)
    ? message
    : { ...message, reasoning_content: thought };
}

function describe(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? `a list of ${value.length}` : `a ${typeof value}`;
}

/** The error in a body without a reply; null if there is none. */
function errorIn(body: Fields): unknown {
  const { error } = body;
  const hasReply = Array.isArray(body["choices"]) && body["choices"].length > 0;
  const isResponse = Array.isArray(body["output"]) && body["output"].length > 0;
  if (error && !hasReply && !isResponse) return body;
  if (body["object"] === "error" || body["type"] === "error") return body;
  // MiniMax: `base_resp`, with its own status.
  const own = at(body, "base_resp.status_code");
  if (typeof own === "number" && own !== 0)
    return { message: at(body, "base_resp.status_msg"), code: String(own) };
  const isBare = !hasReply && COMPLAINTS.some((name) => isSaid(body[name]));
  return isBare && choiceIn(body) === null ? body : null;
}

/** Gemini's word that it did not let the prompt through, in a body without any reply; null if there is none. */
function blockIn(body: Fields): unknown {
  const reason = textIn(at(body, "promptFeedback.blockReason") ?? at(body, "prompt_feedback.block_reason"));
  const [candidate] = Array.isArray(body["candidates"]) ? (body["candidates"] as unknown[]) : [];
  const isReply = candidate !== undefined || (Array.isArray(body["choices"]) && body["choices"].length > 0);
  if (reason === null || isReply) return null;
  const more = textIn(at(body, "promptFeedback.blockReasonMessage"));
  return {
    message: `the prompt was blocked: ${reason}${more === null ? "" : ` (${more})`}`,
    code: "prohibited_content",
    status: 400,
  };
}

/** Fields of a bare error. */
const COMPLAINTS = [
  "detail",
  "error_msg",
  "errors",
  "error_message",
  "message",
  "msg",
  "fault",
  "title",
] as const;

function isSaid(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value != null && value !== "";
}

interface FoundChoice {
  readonly choice: unknown;
  readonly message: unknown;
  readonly finish: unknown;
}

/** The first choice with content, in any API; "none" if the list of choices is empty; null if there is no list. */
function choiceIn(body: Fields): FoundChoice | "none" | null {
  const choices = body["choices"] ?? body["alternatives"];
  // One choice without a list, or a list that a proxy turned into an object by its indices.
  if (isFields(choices)) return chatChoice(choices) ?? chatChoice(choices["0"]);
  if (Array.isArray(choices)) {
    const given = choices.filter((choice) => choice != null);
    if (given.length === 0) return "none";
    const found = given.map(chatChoice);
    return found.find((choice) => choice !== null) ?? null;
  }
  // OpenAI's Responses: the items of the output are the parts of one message.
  const { output } = body;
  const isResponse = Array.isArray(output) && (output.length === 0 || output.some(isFields));
  if (isResponse) return { choice: body, ...responseIn(body, output as unknown[]) };
  // Anthropic's Messages.
  if (body["type"] === "message" || (body["role"] === "assistant" && "content" in body))
    return { choice: body, message: body, finish: body["stop_reason"] ?? body["finish_reason"] };
  // Ollama's own chat, and Cohere's.
  if (isFields(body["message"]))
    return { choice: body, message: body["message"], finish: body["done_reason"] ?? body["finish_reason"] };
  // Gemini's own.
  const [candidate] = Array.isArray(body["candidates"]) ? (body["candidates"] as unknown[]) : [];
  if (isFields(candidate))
    return { choice: candidate, message: candidate["content"] ?? {}, finish: candidate["finishReason"] };
  // Bedrock's Converse.
  const converse = at(body, "output.message");
  if (isFields(converse)) return { choice: body, message: converse, finish: body["stopReason"] };
  // llama.cpp's, TGI's and SGLang's own completions, and those of clouds.
  const said = WHOLE_TEXTS.map((name) => textOf(body[name])).find((text) => text !== null);
  if (said === undefined) return null;
  return {
    choice: body,
    message: { content: said },
    finish:
      body["stop_reason"] ??
      body["stop_type"] ??
      at(body, "meta_info.finish_reason") ??
      body["finish_reason"] ??
      body["done_reason"],
  };
}

/** What was said: a text, the pieces of one, or that of the first of a list of objects; null if there is none. */
function textOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  if (!Array.isArray(value) || value.length === 0) return null;
  if (value.every((piece) => typeof piece === "string")) return value.join("");
  const [first] = value as unknown[];
  const found = ["text", "generated_text", "outputText", "data.text"].map((path) => at(first, path));
  return found.find((text) => typeof text === "string") ?? null;
}

function chatChoice(choice: unknown): FoundChoice | null {
  if (!isFields(choice)) return null;
  const finish = choice["finish_reason"] ?? choice["finishReason"] ?? choice["stop_reason"];
  // A chunk of a stream may come whole, and a text completion has its text in the choice.
  const message =
    choice["message"] ??
    choice["delta"] ??
    (typeof choice["text"] === "string" ? { content: choice["text"] } : null);
  if (message == null && choice["error"] == null && finish == null) return null;
  if (message != null && !isFields(message) && typeof message !== "string") return null;
  return { choice, message: message ?? {}, finish };
}

/** The message of a Responses body. Reasoning items are kept whole, since the server wants them back unchanged. */
function responseIn(body: Fields, output: readonly unknown[]): Omit<FoundChoice, "choice"> {
  const items = output.filter(isFields);
  const content = items.flatMap((item): unknown[] => {
    if (item["type"] !== "message") return [item];
    return Array.isArray(item["content"]) ? (item["content"] as unknown[]) : [item["content"]];
  });
  const finish = at(body, "incomplete_details.reason") ?? body["status"];
  return { message: { content }, finish };
}

/** The calls: a server's list, its older single call, or the parts that are calls. */
function callsOf(message: Fields, parts: readonly Fields[]): readonly unknown[] {
  const { tool_calls: given, function_call: single } = message;
  const listed = typeof given === "string" ? readJson(given) : given;
  if (Array.isArray(listed) && listed.length > 0) return listed as unknown[];
  // One call in a list's place, or a map of them.
  if (isFields(listed)) {
    const isCall = ["function", "name", "arguments", "id"].some((name) => name in listed);
    return isCall ? [listed] : Object.values(listed);
  }
  if (isFields(single)) return [single];
  return parts.map((part) => {
    const inner = part["functionCall"] ?? part["toolUse"];
    return isFields(inner)
      ? { ...inner, ...(part["thoughtSignature"] != null && { thought_signature: part["thoughtSignature"] }) }
      : part;
  });
}

/** SGLang's own form wraps the word: `{"type": "stop"}`. */
function wordOf(finish: unknown): string | null {
  const word = isFields(finish) ? finish["type"] : finish;
  return textIn(word)?.toLowerCase() ?? null;
}
