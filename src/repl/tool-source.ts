/** Writes the Python functions through which code calls the host's tools, with types, defaults and docstrings. */
import type { Json } from "../types.ts";

/** A function as Python sees it; required parameters come first. */
export interface ToolFunction {
  readonly name: string;
  readonly description: string;
  readonly parameters: readonly ToolParameter[];
}

interface ToolParameter {
  readonly name: string;
  /** A JSON Schema type; null if the parameter has no single type. */
  readonly type: string | null;
  readonly isRequired: boolean;
  readonly default?: Json;
}

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
  "context answer llm_query llm_query_batched llm_batch rlm_query rlm_query_batched SHOW_VARS FINAL FINAL_VAR";
const RESERVED = new Set(`${KEYWORDS} ${CONTRACT}`.split(" "));
const PARAMETER_RESERVED = new Set(KEYWORDS.split(" "));

/** Whether a tool or a parameter cannot have this name: it is taken, or it is not a public identifier in ASCII. */
export function isReserved(name: string, of: "tool" | "parameter" = "tool"): boolean {
  const taken = of === "tool" ? RESERVED : PARAMETER_RESERVED;
  return taken.has(name) || !/^[A-Za-z][A-Za-z0-9_]*$/.test(name);
}

/** The functions as the source of one module. They call `_call(name, args, optional)`, which sends the call. */
export function toolSource(functions: readonly ToolFunction[]): string {
  return functions.map(functionSource).join("\n\n");
}

/** A tool's signature in Python, such as `(word: str, limit: int = 5) -> object`. */
export function signatureOf({ parameters }: Pick<ToolFunction, "parameters">): string {
  const written = parameters.map((parameter) => {
    const type = parameter.type === null ? undefined : TYPES[parameter.type];
    const named = type === undefined ? parameter.name : `${parameter.name}: ${type}`;
    if (parameter.isRequired) return named;
    const given = literal(parameter.default ?? null);
    return type === undefined ? `${named}=${given}` : `${named} = ${given}`;
  });
  return `(${written.join(", ")}) -> object`;
}

function functionSource(tool: ToolFunction): string {
  const pairs = tool.parameters.map(({ name }) => `${JSON.stringify(name)}: ${name}`);
  const optional = tool.parameters.filter((one) => !one.isRequired && one.default === undefined);
  return `def ${tool.name}${signatureOf(tool)}:
    ${JSON.stringify(tool.description)}
    return _call(${JSON.stringify(tool.name)}, {${pairs.join(", ")}}, ${JSON.stringify(optional.map(({ name }) => name))})`;
}

/** A JSON value as Python writes it. */
function literal(value: Json): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(literal).join(", ")}]`;
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}: ${literal(item)}`)
    .join(", ")}}`;
}
