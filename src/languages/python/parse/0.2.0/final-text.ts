/** Reads `FINAL(...)` and `FINAL_VAR(...)` that a model wrote in prose and not in code. */
import type { FinalText, Remark } from "../../../../parse/parsed.ts";

/** An answer in prose; a remark if the text only talks about answering; null if there is neither. */
export type FoundFinal =
  | { readonly final: FinalText; readonly closed: boolean }
  | { readonly remark: Remark }
  | null;

const CALL = /^[ \t>*`#-]*(FINAL_VAR|FINAL|Final_Var|Final|final_var|final)[ \t]*\(/gm;
const ANYWHERE = /\bFINAL(?:_VAR)?[ \t]*\(/;
const QUOTED = /^\s*("""|'''|"|')(?:\\.|[^\\])*?\1(?=\s*\))/s;
const F_STRING = /^[rR]?[fF][rR]?(?:"""[^]*"""|'''[^]*'''|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')$/;
const NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;
/** An expression with a variable: an attribute, an item or a call. */
const PATH = /^[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_]\w*|\[[^[\]]*\]|\([^()]*\))+$/u;
/** A call of a function that turns a value into a text or a number. */
const CONVERSION =
  /^(?:str|int|float|len|sum|max|min|round|sorted|list|json\.dumps|["'][^"']*["']\.join)\([^]*\)$/;
const IDENTIFIERS = /(?<![\w.])[\p{L}_][\p{L}\p{N}_]*/gu;
/** The arguments of FINAL in sentences about answering. */
const PLACEHOLDER =
  /^(?:\.\.\.|…|<[^<>]*>|\[[^[\]]*\bhere\]|(?:your|the|my)?[ _]?(?:final )?answer(?: here)?|your .*|value|text|x)$/i;
const NEVER_AN_ANSWER = /^(?:\.\.\.|…|<[^<>]*answer[^<>]*>|(?:your|my) (?:final )?answer(?: here)?)$/i;
/** Smileys, whose parentheses close nothing. */
const SMILE = /[:;=][-'^]?\)/g;

/** Once so many characters were looked at for calls that give no answer, no further call is. */
const MOST_LOOKED_AT = 1_000_000;

/** The first final answer that begins a line of the prose; null if there is none. */
export function findFinal(prose: string): FinalText | null {
  const found = readFinal(prose);
  return found && "final" in found ? found.final : null;
}

/**
 * Finds the first line that gives an answer. Parentheses may nest and may be in quotes. If they never balance, the last closing
 * one ends the answer.
 */
export function readFinal(prose: string): FoundFinal {
  const smileless = prose.replaceAll(SMILE, (smile) => "·".repeat(smile.length));
  let remark: Remark | null = null;
  let left = MOST_LOOKED_AT;
  for (const call of prose.matchAll(CALL)) {
    const start = call.index + call[0].length;
    const inner = prose.slice(start);
    const { end, looked } = closingParenthesis(inner, smileless.slice(start));
    left -= looked;
    const argument = inner.slice(0, end).trim();
    const [rest = ""] = inner.slice(end + 1).split("\n", 1);
    const isSentence = /[\p{L}\p{N}]/u.test(rest) && PLACEHOLDER.test(unquoted(argument));
    const isClosed = inner[end] === ")";
    // `FINAL()` is an empty answer, but `FINAL(` alone is a slip.
    const isNothing = argument === "" && !isClosed;
    if (isSentence || isNothing || NEVER_AN_ANSWER.test(unquoted(argument))) {
      remark ??= { kind: "placeholder" };
      if (left < 0) break;
      continue;
    }
    const isVariable = call[1]!.toUpperCase() === "FINAL_VAR";
    return { final: isVariable ? variable(argument) : answer(argument), closed: isClosed };
  }
  if (remark !== null) return { remark };
  return ANYWHERE.test(prose) ? { remark: { kind: "final_in_sentence" } } : null;
}

function variable(argument: string): FinalText {
  const name = unquoted(argument);
  return { kind: "variable", argument: NAME.test(name) ? JSON.stringify(name) : argument };
}

function answer(argument: string): FinalText {
  if (F_STRING.test(argument))
    return { kind: "expression", text: argument, code: `FINAL(${argument})`, names: null };
  const text = unquoted(argument);
  if (text !== argument && !argument.startsWith("`")) return { kind: "text", text };
  if (NAME.test(text))
    return { kind: "expression", text, code: `FINAL_VAR(${JSON.stringify(text)})`, names: [text] };
  if (!PATH.test(text) && !CONVERSION.test(text)) return { kind: "text", text };
  const names = text.replaceAll(/"[^"]*"|'[^']*'/g, "").match(IDENTIFIERS) ?? [];
  return { kind: "expression", text, code: `FINAL(${text})`, names };
}

/** Where an answer ends, and how many characters were looked at for it. @param smileless the text without its smiles */
function closingParenthesis(
  text: string,
  smileless: string,
): { readonly end: number; readonly looked: number } {
  const quoted = QUOTED.exec(text)?.[0].length;
  const sought = quoted === undefined && /^\s*["']/.test(text) ? text.length : (quoted ?? 0);
  // Smileys are ignored at first. If the parentheses then do not balance, a smiley's was the closing one.
  const end = balanced(smileless, quoted ?? 0);
  if (end !== null) return { end: end + loneParenthesis(smileless.slice(end)), looked: sought + end };
  const smiling = balanced(text, quoted ?? 0);
  const last = smiling === null ? lastParenthesis(text) : smiling + loneParenthesis(text.slice(smiling));
  return { end: last, looked: sought + text.length };
}

/** The offset of the parenthesis that closes the one before the text; null if none does. */
function balanced(text: string, from: number): number | null {
  let depth = 1;
  for (let i = from; i < text.length; i += 1) {
    if (text[i] === "(") depth += 1;
    if (text[i] === ")") depth -= 1;
    if (depth === 0) return i;
  }
  return null;
}

function lastParenthesis(text: string): number {
  const last = text.lastIndexOf(")");
  return last === -1 ? text.length : last;
}

/** How much later the call ends if its text has lone closing parentheses, as in `1) this, 2) that`. */
function loneParenthesis(rest: string): number {
  const [firstLine = ""] = rest.split("\n", 1);
  const line = /^.*\)(?=[ \t*`.]*$)/.exec(firstLine)?.[0] ?? "";
  const opened = line.split("(").length;
  const closed = line.split(")").length;
  return closed - 1 > opened && /[\p{L}\p{N}]/u.test(line) ? line.length - 1 : 0;
}

/** Removes one layer of quotes around the whole text, and backslashes before inner quotes: `FINAL("42")` means 42. */
function unquoted(text: string): string {
  for (const quote of ['"""', "'''", '"', "'", "`"]) {
    if (text.length < 2 * quote.length || !text.startsWith(quote) || !text.endsWith(quote)) continue;
    const inner = text.slice(quote.length, -quote.length);
    const isOpen = quote.length === 1 && hasBareQuote(inner, quote);
    if (!isOpen && !inner.endsWith("\\")) return inner.replaceAll(/\\(["'])/g, "$1");
  }
  return text;
}

/** Whether the text has a quote that is neither escaped nor an apostrophe in a word. */
function hasBareQuote(inner: string, quote: string): boolean {
  const bare = inner.replaceAll(/\\./g, "").replaceAll(/(?<=\p{L})'(?=\p{L})/gu, "");
  return bare.includes(quote);
}
