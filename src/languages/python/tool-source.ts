/** Writes the Python functions through which code calls the host's tools, with types, defaults and docstrings. */
import type { Json } from "../../types.ts";
import type { HostCallSyntax, HostFunction } from "../language.ts";

const TYPES: Readonly<Record<string, string>> = {
  string: "str",
  integer: "int",
  number: "float",
  boolean: "bool",
  array: "list",
  object: "dict",
};

const KEYWORDS =
  "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield";
const CONTRACT =
  "context answer llm_query llm_query_batched llm_batch llm_start rlm_query rlm_query_batched rlm_start SHOW_VARS FINAL FINAL_VAR GrantError SchemaError ReplyError HandleError";
const RESERVED = new Set(`${KEYWORDS} ${CONTRACT}`.split(" "));
const PARAMETER_RESERVED = new Set(KEYWORDS.split(" "));

/** Whether a tool or a parameter cannot have this name: it is taken, or it is not a public identifier in ASCII. */
function isReserved(name: string, of: "tool" | "parameter" = "tool"): boolean {
  const taken = of === "tool" ? RESERVED : PARAMETER_RESERVED;
  return taken.has(name) || !/^[A-Za-z][A-Za-z0-9_]*$/.test(name);
}

/** The functions as the source of one module. They call `_call(name, args, optional)`, which sends the call. */
function toolSource(functions: readonly HostFunction[]): string {
  return functions.map(functionSource).join("\n\n");
}

/** A tool's signature in Python, such as `(word: str, limit: int = 5) -> object`. */
function signatureOf({ parameters }: Pick<HostFunction, "parameters">): string {
  const written = parameters.map((parameter) => {
    const type = parameter.type === null ? undefined : TYPES[parameter.type];
    const named = type === undefined ? parameter.name : `${parameter.name}: ${type}`;
    if (parameter.isRequired) return named;
    const given = pythonLiteral(parameter.default ?? null);
    return type === undefined ? `${named}=${given}` : `${named} = ${given}`;
  });
  return `(${written.join(", ")}) -> object`;
}

function functionSource(tool: HostFunction): string {
  const pairs = tool.parameters.map(({ name }) => `${JSON.stringify(name)}: ${name}`);
  const optional = tool.parameters.filter((one) => !one.isRequired && one.default === undefined);
  return `def ${tool.name}${signatureOf(tool)}:
    ${JSON.stringify(tool.description)}
    return _call(${JSON.stringify(tool.name)}, {${pairs.join(", ")}}, ${JSON.stringify(optional.map(({ name }) => name))})`;
}

/** A JSON value as Python writes it. */
export function pythonLiteral(value: Json): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(pythonLiteral).join(", ")}]`;
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}: ${pythonLiteral(item)}`)
    .join(", ")}}`;
}

/** How Python calls functions of the host. */
export const PYTHON_HOST_CALLS: HostCallSyntax = {
  isReserved,
  source: toolSource,
  defines: (source, name) => source.includes(`def ${name}(`),
  signature: signatureOf,
};
