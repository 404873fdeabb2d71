/** How JavaScript calls functions of the host. */
import type { HostCallSyntax, HostFunction } from "../language.ts";

const KEYWORDS =
  "await break case catch class const continue debugger default delete do else enum export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof undefined var void while with yield arguments eval NaN Infinity globalThis";
const CONTRACT =
  "context answer console print llm_query llm_query_batched llm_batch rlm_query rlm_query_batched SHOW_VARS FINAL FINAL_VAR Object Array String Number Boolean Math JSON Map Set Date RegExp Error Promise Symbol";
const RESERVED = new Set(`${KEYWORDS} ${CONTRACT}`.split(" "));
const PARAMETER_RESERVED = new Set(KEYWORDS.split(" "));

const TYPES: Readonly<Record<string, string>> = { integer: "number" };

/** The source is JSON: each function's name, and its parameters in their order. */
export const JAVASCRIPT_HOST_CALLS: HostCallSyntax = {
  isReserved: (name, of = "tool") =>
    (of === "tool" ? RESERVED : PARAMETER_RESERVED).has(name) || !/^[A-Za-z][A-Za-z0-9_]*$/.test(name),
  source: (functions) => JSON.stringify(functions.map(formOf)),
  defines: (source, name) =>
    (JSON.parse(source) as readonly { readonly name: string }[]).some((one) => one.name === name),
  signature: ({ parameters }) => {
    const written = parameters.map(({ name, type, isRequired, default: given }) => {
      const typed = type === null ? name : `${name}: ${TYPES[type] ?? type}`;
      if (isRequired) return typed;
      return given === undefined ? typed.replace(name, `${name}?`) : `${typed} = ${JSON.stringify(given)}`;
    });
    return `(${written.join(", ")})`;
  },
};

function formOf({ name, description, parameters }: HostFunction) {
  return { name, description, parameters: parameters.map((parameter) => parameter.name) };
}
