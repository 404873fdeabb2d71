/** Reads the reply of a reflecting model: the prompt in it, or why there is none that can be played. */
import { countTokens } from "../cost/tokens.ts";

/** The marks between which the reflecting model writes its prompt. Not a fence, since prompts hold fences. */
export const OPEN = "<prompt>";
export const CLOSE = "</prompt>";

/** Why a reply was refused; a closed set. */
export type Refusal =
  /** The model gave no reply. */
  | "no reply"
  /** No text between the marks. */
  | "no prompt"
  | "empty"
  | "too long"
  /** Holds characters that no prompt needs, such as a null. */
  | "control characters"
  /** Does not name the variable `context`. */
  | "does not name context"
  /** Does not say by which name an answer is given. */
  | "does not name FINAL or answer"
  /** The prompt was tried before. */
  | "tried before";

/** A prompt that can be played, or the reason against it. */
export type Proposal = { readonly prompt: string } | { readonly refusal: Refusal };

/** Of a longer prompt the tokens are not even counted. */
const MOST_CHARS_PER_TOKEN = 40;

/** Of a longer reply nothing is read. */
export const MOST_REPLY_CHARS = 400_000;

/** Control characters besides tab and line feed, and halves of surrogate pairs, which no file keeps. */
const UNWANTED = /[^\P{Cc}\t\n]|\p{Cs}/u;

/** The prompt of a reply: what stands between the last pair of marks. Never throws, whatever the model wrote. */
export function readProposal(
  reply: string,
  { maxPromptTokens }: { readonly maxPromptTokens: number },
): Proposal {
  if (reply.length > MOST_REPLY_CHARS) return { refusal: "too long" };
  const close = reply.lastIndexOf(CLOSE);
  const open = close < 0 ? -1 : reply.lastIndexOf(OPEN, close);
  if (open < 0) return { refusal: reply.trim() === "" ? "no reply" : "no prompt" };
  if (close - open > maxPromptTokens * MOST_CHARS_PER_TOKEN) return { refusal: "too long" };
  const prompt = reply
    .slice(open + OPEN.length, close)
    .replaceAll("\r\n", "\n")
    .trim();
  const refusal = refusalOf(prompt, maxPromptTokens);
  return refusal === null ? { prompt } : { refusal };
}

function refusalOf(prompt: string, maxPromptTokens: number): Refusal | null {
  if (prompt === "") return "empty";
  if (UNWANTED.test(prompt)) return "control characters";
  if (countTokens(prompt) > maxPromptTokens) return "too long";
  if (!/\bcontext\b/.test(prompt)) return "does not name context";
  if (!/\bFINAL(?:_VAR)?\b|\banswer\s*\[/.test(prompt)) return "does not name FINAL or answer";
  return null;
}
