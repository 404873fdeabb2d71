/** Reads native calls that a server left in the text because it did not know the model's notation. */
import { type ParsedBlock, blockOf, type Remark } from "../../../../parse/parsed.ts";
import { REPL_TOOL } from "../../native-tool.ts";
import type { ToolCall } from "../../../../types.ts";
import { findAllFences } from "./fences.ts";

/** A notation. What does not end behind its first start does not end behind a later one either, so that it is looked for once. */
interface Notation {
  readonly start: RegExp;
  readonly whole: RegExp;
}

const NOTATIONS: readonly Notation[] = [
  {
    start: /<tool_call>\s*\{/,
    whole: /<tool_call>\s*(\{[^]*?\})\s*(?:<\/tool_call>|$)/y,
  },
  { start: /\[TOOL_CALLS\]\s*\[?\{/, whole: /\[TOOL_CALLS\]\s*\[?(\{[^]*\})\]?/y },
  { start: /<\|python_tag\|>\s*\{/, whole: /<\|python_tag\|>\s*(\{[^]*\})/y },
  {
    start: /^\s*(?:```(?:json)?\s*)?\{/,
    whole: /\s*(?:```(?:json)?\s*)?(\{\s*"(?:name|function)"\s*:[^]*\})\s*(?:```\s*)?$/y,
  },
];
/** Qwen3-Coder's notation, whose parameters are plain text. */
const PARAMETER: Notation = {
  start: /<function=call_python_repl>\s*<parameter=code>/,
  whole: /<function=call_python_repl>\s*<parameter=code>\n?([^]*?)\n?<\/parameter>/y,
};

function bodyOf({ start, whole }: Notation, text: string): string | undefined {
  const at = text.search(start);
  if (at === -1) return undefined;
  whole.lastIndex = at;
  return whole.exec(text)?.[1];
}

/** The code of the first call in the text; null if there is no call. */
export function findWrittenCall(text: string): string | null {
  const parameter = bodyOf(PARAMETER, text);
  if (parameter !== undefined) return parameter;
  for (const notation of NOTATIONS) {
    const body = bodyOf(notation, text);
    const call = body === undefined ? null : asObject(body);
    if (call === null) continue;
    const given = call["arguments"] ?? call["parameters"];
    const args = typeof given === "string" ? asObject(given) : given;
    const code = typeof args === "object" && args !== null && "code" in args ? args.code : undefined;
    if (isReplTool(call["name"] ?? call["function"]) && typeof code === "string") return code;
  }
  return null;
}

/**
 * The block of a native call, or why it cannot run. `isCut`: the completion reached its length limit. Code of more than
 * `mostFencedChars` has no fence around it: to look for one would take too long.
 */
export function readToolCall(
  { id, name, arguments: written }: ToolCall,
  isCut: boolean,
  mostFencedChars = Infinity,
): ParsedBlock {
  const problem = (remark: Remark): ParsedBlock => ({ code: "", toolCallId: id, problem: remark });
  if (!isReplTool(name)) return problem({ kind: "unknown_function", name });
  const parsed = asJson(written);
  if (parsed === undefined)
    return problem(isCut ? { kind: "cut", where: "call" } : { kind: "arguments_not_json" });
  const code = typeof parsed === "object" && parsed !== null && "code" in parsed ? parsed.code : parsed;
  if (typeof code !== "string") return problem({ kind: "arguments_lack_code" });
  return blockOf(code.length > mostFencedChars ? code : unfenced(code), id);
}

/** There is only one function, so a call without a name, or with its name in a namespace or repeated, means it. */
function isReplTool(name: unknown): boolean {
  if (name === null || name === undefined || name === "") return true;
  const known = new RegExp(`^(?:functions?[.:/])?(?:${REPL_TOOL})+(?:[.:<].*)?$`);
  return typeof name === "string" && known.test(name.trim());
}

/** Removes a fence around the code inside the arguments. */
function unfenced(code: string): string {
  if (!/^\s*(?:`{3}|~{3}|'{3}|"{3})/.test(code)) return code;
  const [fence, ...more] = findAllFences(code);
  const around = fence && code.slice(0, fence.start) + code.slice(fence.end);
  if (!fence?.closed || more.length > 0 || around?.trim() !== "" || fence.code.trim() === "") return code;
  return fence.language === null || fence.language === "python" ? fence.code : code;
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function asObject(text: string): Record<string, unknown> | null {
  const value = asJson(text);
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}
