/**
 * Reads the reply of a model server in any API: chat completions, Responses, Messages, text completions, and the servers' own
 * variants of them. Models and the gateway both read replies only through this file.
 */
import type { FinishReason, Reasoning, SampledTokens, ToolCall, Usage } from "../../types.ts";
import { at, type Fields, isFields, textIn } from "./json.ts";
import { BROKEN_OFF, FINISH_REASONS } from "./reply-fields.ts";
import { callsInText, readCalls } from "./read-calls.ts";
import { readMessage } from "./read-thoughts.ts";
import { readTokens } from "./read-tokens.ts";
import { readUsage } from "./read-usage.ts";

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
  const whole = Array.isArray(body) && body.length === 1 ? (body[0] as unknown) : body;
  if (!isFields(whole)) return { what: `JSON that is not a completion (${describe(whole)})` };
  const error = errorIn(whole);
  if (error !== null) return { error, what: "an error" };
  const found = choiceIn(whole);
  if (found === null)
    return { what: "JSON that is not a completion (choices are missing or of another type)" };
  if (found === "none") return { what: "a completion without choices" };
  const { choice, message, finish } = found;
  const choiceError = isFields(choice) ? choice["error"] : null;
  const read = readMessage(message);
  const fields = isFields(message) ? message : {};
  const listed = callsOf(fields, read.callParts);
  const native = readCalls(listed, offered);
  const inText =
    native.length === 0 && offered.length > 0
      ? callsInText(read.reasoning?.written ?? read.text, offered)
      : null;
  const toolCalls = inText?.calls ?? native;
  const text = inText ? readMessage(inText.said).text : read.text;
  const word = wordOf(finish);
  const isEmpty = text === "" && toolCalls.length === 0 && read.reasoning === null;
  if (isEmpty && choiceError) return { error: choiceError, what: "an error" };
  if (isEmpty && word !== null && BROKEN_OFF.has(word))
    return { error: { message: `the reply broke off (finish_reason ${word})`, code: 502 }, what: "an error" };
  const { usage, reasoningTokens } = readUsage(whole);
  const known = word === null ? undefined : FINISH_REASONS.get(word);
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
  if (typeof own === "number" && own !== 0) return { message: at(body, "base_resp.status_msg"), code: own };
  const isBare =
    !hasReply && ["detail", "error_msg", "errors", "error_message"].some((name) => body[name] != null);
  return isBare && choiceIn(body) === null ? body : null;
}

interface FoundChoice {
  readonly choice: unknown;
  readonly message: unknown;
  readonly finish: unknown;
}

/** The first choice with content, in any API; "none" if the list of choices is empty; null if there is no list. */
function choiceIn(body: Fields): FoundChoice | "none" | null {
  const { choices } = body;
  if (isFields(choices)) return chatChoice(choices);
  if (Array.isArray(choices)) {
    const given = choices.filter((choice) => choice != null);
    if (given.length === 0) return "none";
    const found = given.map(chatChoice);
    return found.find((choice) => choice !== null) ?? null;
  }
  // OpenAI's Responses: the items of the output are the parts of one message.
  if (Array.isArray(body["output"])) return { choice: body, ...responseIn(body, body["output"]) };
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
  // llama.cpp's, TGI's and SGLang's own completions.
  const said = body["content"] ?? body["generated_text"] ?? body["text"] ?? body["response"];
  if (typeof said !== "string") return null;
  return {
    choice: body,
    message: { content: said },
    finish:
      body["stop_type"] ??
      at(body, "meta_info.finish_reason") ??
      body["finish_reason"] ??
      body["done_reason"],
  };
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
  const { tool_calls: listed, function_call: single } = message;
  if (Array.isArray(listed) && listed.length > 0) return listed as unknown[];
  if (isFields(listed)) return [listed];
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
