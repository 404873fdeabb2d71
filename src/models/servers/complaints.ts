/**
 * Reads the errors of servers and finds their meanings. Messages are matched with any status, since servers send the same error
 * with status 400, 413, 422, 500 or 200.
 */
import type { ComplaintRow } from "./complaint-row.ts";
import { COMPLAINT_ROWS } from "./complaint-rows.ts";
import { at, isFields, readJson, textIn } from "./json.ts";

/** A server's error. */
export interface Complaint {
  /** The server's words on one line; empty if there are none. */
  readonly words: string;
  /** The error's `code`, `type` and similar fields that are texts, in lower case. */
  readonly codes: readonly string[];
  /** A status in the body, such as that of a server behind the one that answers; null if there is none. */
  readonly status: number | null;
  /** The field of the request that the error names; null if it names none. */
  readonly field: string | null;
  /** The error as it came. */
  readonly raw: unknown;
}

/** Reads an error in any of the shapes that servers use. */
export function complaintOf(body: unknown): Complaint {
  const whole = Array.isArray(body) && body.length > 0 ? (body[0] as unknown) : body;
  const inner = isFields(whole) && whole["error"] != null ? whole["error"] : whole;
  const error = typeof inner === "string" ? (readJson(inner) ?? inner) : inner;
  const told = isFields(error) && isFields(error["error"]) ? error["error"] : error;
  const numbers = ["code", "status", "status_code", "http_code"].map((name) =>
    Number(at(told, name) ?? at(whole, name)),
  );
  const codes = ["code", "type", "status", "reason", "error_code", "error_type"]
    .flatMap((name) => [at(told, name), at(whole, name), at(told, `innererror.${name}`)])
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

/** The paths of an error's words; the more precise ones come first. */
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

/** OpenRouter wraps the provider's words, which may be JSON again. */
function rawWords(raw: string, message: string | null): string {
  const inner = readJson(raw);
  const words = inner === undefined ? raw : complaintOf(inner).words;
  return message === null ? words : `${message}: ${words}`;
}

/** The messages in FastAPI's list of errors by field, and in other servers' lists. */
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

/** The meaning of a complaint, and the token counts that it names. */
export interface Meaning {
  readonly means: ComplaintRow["means"] | null;
  readonly windowTokens: number | null;
  readonly promptTokens: number | null;
  /** The tokens of prompt and requested reply together. */
  readonly totalTokens: number | null;
}

/** The meaning of a complaint. `means` is null if no row fits; then only the status tells. */
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
