/** Cuts a text into the tokens of python-dateutil's parser: numbers, words, and every other character by itself. */
import { isSpace } from "../python-text.ts";

const LETTER = /^\p{L}$/u;
const DIGIT = /^\p{Nd}$/u;

type State = "word" | "number" | "dotted word" | "dotted number";

/** Each white-space character becomes one space. `Oct.` is two tokens, `20.06` one, `20.06.2025` five. */
export function dateTokens(text: string): string[] {
  const chars = Array.from(text.replaceAll("\0", ""));
  const tokens: string[] = [];
  for (let i = 0; i < chars.length;) {
    const first = chars[i]!;
    i += 1;
    let state = stateOf(first);
    if (state === null) {
      tokens.push(isSpace(first) ? " " : first);
      continue;
    }
    let token = first;
    let hasLetters = false;
    for (; i < chars.length; i += 1) {
      // Seen only with the character after: a letter that ends the whole text is none yet.
      hasLetters ||= state === "word" || state === "dotted word";
      const next = afterChar(state, token, chars[i]!);
      if (next === null) break;
      state = next;
      token += chars[i]!;
    }
    tokens.push(...parted(token, state, hasLetters));
  }
  return tokens;
}

function stateOf(char: string): State | null {
  if (LETTER.test(char)) return "word";
  return DIGIT.test(char) ? "number" : null;
}

/** The state after this character; null if the character begins another token. */
function afterChar(state: State, token: string, char: string): State | null {
  const isDot = char === ".";
  if (state === "word") return isDot ? "dotted word" : LETTER.test(char) ? state : null;
  if (state === "number") {
    if (isDot || (char === "," && Array.from(token).length >= 2)) return "dotted number";
    return DIGIT.test(char) ? state : null;
  }
  if (isDot) return state;
  const [own, other] = state === "dotted word" ? [LETTER, DIGIT] : [DIGIT, LETTER];
  if (own.test(char)) return state;
  if (!other.test(char) || !token.endsWith(".")) return null;
  return state === "dotted word" ? "dotted number" : "dotted word";
}

/** A token with dots stays whole if it is a decimal number; a comma in it counts as the dot. */
function parted(token: string, state: State, hasLetters: boolean): string[] {
  if (state === "word" || state === "number") return [token];
  const dots = token.split(".").length - 1;
  if (hasLetters || dots > 1 || /[.,]$/.test(token))
    return token.split(/([.,])/).filter((part) => part !== "");
  return [state === "dotted number" && dots === 0 ? token.replaceAll(",", ".") : token];
}
