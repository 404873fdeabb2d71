/** Clojure in SCI, as a language of the REPL. */
import { ClojureReplPool } from "../../repl/clojure/pool.ts";
import type { Json, PromptStyle } from "../../types.ts";
import { defineLanguage } from "../define.ts";
import { oldTurnsOfClojure } from "../old-turns.ts";
import type { HostCallSyntax, HostFunction, ReplLanguage } from "../language.ts";
import { CLOJURE_WORDS } from "./words.ts";

/** A form that begins with a lower-case symbol or an answer, at the beginning of a line. */
const CODE = /^\s*(?:;.*\n\s*)*\((?:[a-z*+<>=/!?-][\w*+!?<>=./-]*|FINAL(?:_VAR)?|SHOW-VARS)(?:\s|\))/;
/** The names that a block defines. */
const DEFINED = /\((?:def|defn-?|defonce|defmacro|defmulti)\s+(?:\^\S+\s+)*([^\s()[\]{}"]+)/g;

const RESERVED = new Set(
  "context answer llm-query llm_query llm-query-batched llm_query_batched llm-batch llm_batch rlm-query rlm_query rlm-query-batched pmap FINAL FINAL_VAR SHOW-VARS def defn fn if do let loop recur quote var try catch finally throw new set ns require map filter reduce str count first rest next conj assoc get range take drop print println prn format sort vec list name key val keys vals merge max min inc dec not and or when cond case for apply comp partial identity type eval read time future delay force atom deref reset swap".split(
    " ",
  ),
);

/** The source is JSON: each function's name, and its parameters in their order. */
const HOST_CALLS: HostCallSyntax = {
  isReserved: (name, of = "tool") =>
    (of === "tool" && RESERVED.has(name)) || !/^[A-Za-z][A-Za-z0-9_]*$/.test(name),
  source: (functions: readonly HostFunction[]) =>
    JSON.stringify(
      functions.map(({ name, parameters }) => ({ name, parameters: parameters.map((one) => one.name) })),
    ),
  defines: (source, name) =>
    (JSON.parse(source) as readonly { readonly name: string }[]).some((one) => one.name === name),
  signature: ({ parameters }) =>
    ` [${parameters.map(({ name, isRequired }) => (isRequired ? name : `${name}?`)).join(" ")}]`,
};

/** Clojure in a style of the wording. */
export function clojureIn(style: PromptStyle = "default"): ReplLanguage {
  return defineLanguage(
    {
      name: "clojure",
      title: "Clojure",
      fences: ["clojure", "clj", "cljs", "repl", "edn", "lisp"],
      words: CLOJURE_WORDS,
      hostCalls: HOST_CALLS,
      looksLikeCode: (text) => CODE.test(text),
      boundNames: (code) => new Set([...code.matchAll(DEFINED)].map(([, name]) => name!)),
      finalVariable: (expression) =>
        `(FINAL_VAR ${expression.startsWith('"') ? expression : JSON.stringify(expression)})`,
      literal: clojureLiteral,
      oldTurns: oldTurnsOfClojure(clojureLiteral),
      openPool: (options) => new ClojureReplPool(options),
    },
    style,
  );
}

/** A JSON value as Clojure writes it; objects are maps with strings as their keys. */
export function clojureLiteral(value: Json): string {
  if (value === null) return "nil";
  if (Array.isArray(value)) return `[${value.map(clojureLiteral).join(" ")}]`;
  if (typeof value === "object")
    return `{${Object.entries(value)
      .map(([key, one]) => `${clojureLiteral(key)} ${clojureLiteral(one)}`)
      .join(", ")}}`;
  return JSON.stringify(value);
}
