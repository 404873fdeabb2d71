/**
 * Reads the errors of servers, and what they mean. Messages are matched whatever the status, since servers give the same error
 * the status 400, 413, 422, 500 or 200.
 */
import type { ComplaintRow } from "./complaint-row.ts";
import { COMPLAINT_ROWS } from "./complaint-rows.ts";
import { at, isFields, readJson, textIn } from "./json.ts";

/** An error as a server tells it. */
export interface Complaint {
  /** In the server's words, on one line; empty where it says nothing. */
  readonly words: string;
  /** `code` and `type` of the error, in lower case, where they are words. */
  readonly codes: readonly string[];
  /** A status that stands in the body, such as that of a server behind the one that answers. */
  readonly status: number | null;
  /** The request's field that it is about, as the server names it. */
  readonly field: string | null;
  /** The error as it came. */
  readonly raw: unknown;
}

/** Reads an error in any of the shapes that servers have for it. */
export function complaintOf(body: unknown): Complaint {
  const whole = Array.isArray(body) && body.length > 0 ? (body[0] as unknown) : body;
  const inner = isFields(whole) && whole["error"] != null ? whole["error"] : whole;
  const error = typeof inner === "string" ? (readJson(inner) ?? inner) : inner;
  const told = isFields(error) && isFields(error["error"]) ? error["error"] : error;
  const numbers = ["code", "status", "status_code", "http_code"].map((name) =>
    Number(at(told, name) ?? at(whole, name)),
  );
  const codes = ["code", "type", "status", "reason", "error_code", "error_type"]
    .flatMap((name) => [at(told, name), at(whole, name)])
    .filter((code) => typeof code === "string")
    .map((code) => code.toLowerCase());
  return {
    words: wordsIn(told, whole).replaceAll(/\s+/g, " ").trim(),
    codes,
    status: numbers.find((number) => Number.isInteger(number) && number >= 400 && number < 600) ?? null,
    field: textIn(at(told, "param")) ?? fieldIn(at(told, "detail") ?? at(told, "message.detail") ?? told),
    raw: told,
  };
}

/** Where the words of an error stand; the more exact ones first. */
const WORD_PATHS = [
  "metadata.raw",
  "message",
  "msg",
  "error_msg",
  "error_message",
  "detail",
  "details",
  "error",
  "errors",
  "title",
  "fault.faultstring",
  "faultstring",
  "reason",
] as const;

function wordsIn(error: unknown, whole: unknown): string {
  if (typeof error === "string") return error;
  for (const source of [error, whole]) {
    for (const path of WORD_PATHS) {
      const found = at(source, path);
      const words = typeof found === "string" ? found : found == null ? "" : messagesIn(found);
      if (words !== "")
        return path === "metadata.raw" ? rawWords(words, textIn(at(error, "message"))) : words;
    }
  }
  return error == null ? "" : JSON.stringify(error);
}

/** OpenRouter wraps what the provider said, which may be JSON again. */
function rawWords(raw: string, message: string | null): string {
  const inner = readJson(raw);
  const words = inner === undefined ? raw : complaintOf(inner).words;
  return message === null ? words : `${message}: ${words}`;
}

/** FastAPI's list of what is wrong with each field, and others' lists and wrappings. */
function messagesIn(value: unknown): string {
  const items: unknown[] = Array.isArray(value)
    ? value
    : isFields(value) && Array.isArray(value["detail"])
      ? value["detail"]
      : [value];
  const texts = items.map((item) => {
    const where = at(item, "loc");
    const what = textIn(at(item, "msg")) ?? textIn(at(item, "message"));
    if (what === null) return typeof item === "string" ? item : JSON.stringify(item);
    return Array.isArray(where) ? `${where.filter((name) => name !== "body").join(".")}: ${what}` : what;
  });
  return texts.join("; ");
}

function fieldIn(details: unknown): string | null {
  const [first] = Array.isArray(details) ? (details as unknown[]) : [];
  const where = at(first, "loc");
  return Array.isArray(where) ? where.filter((name) => name !== "body").join(".") || null : null;
}

/** What a complaint means, and which counts of tokens it names. */
export interface Meaning {
  readonly means: ComplaintRow["means"] | null;
  readonly windowTokens: number | null;
  readonly promptTokens: number | null;
  /** Of prompt and reply together, as they were asked for. */
  readonly totalTokens: number | null;
}

/** Null where no row fits: then the status alone says what it is. */
export function meaningOf({ words, codes, raw }: Complaint, status: number): Meaning {
  for (const { means, codes: known = [], words: pattern, statuses } of COMPLAINT_ROWS) {
    if (statuses && !statuses.includes(status)) continue;
    const found = pattern?.exec(words) ?? null;
    const fits =
      pattern || known.length > 0 ? found !== null || known.some((code) => codes.includes(code)) : true;
    if (!fits) continue;
    if (means !== "window") return { means, windowTokens: null, promptTokens: null, totalTokens: null };
    return {
      means,
      windowTokens: countIn(at(raw, "n_ctx")) ?? countIn(found?.groups?.["window"]),
      promptTokens: countIn(at(raw, "n_prompt_tokens")) ?? countIn(found?.groups?.["prompt"]),
      totalTokens: countIn(found?.groups?.["total"]),
    };
  }
  return { means: null, windowTokens: null, promptTokens: null, totalTokens: null };
}

function countIn(value: unknown): number | null {
  const count = typeof value === "string" ? Number(value.replaceAll(/[,_.]/g, "")) : value;
  return Number.isSafeInteger(count) && (count as number) > 0 ? (count as number) : null;
}
