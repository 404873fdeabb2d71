/** Python that lists the variables of an episode. The policy can forge its output: it is checked, and rewards ignore it. */
import { z } from "zod";

/** Names that the REPL contract defines; they are not variables of the policy. */
const OF_THE_CONTRACT = [
  "llm_query",
  "llm_query_batched",
  "llm_batch",
  "rlm_query",
  "rlm_query_batched",
  "SHOW_VARS",
  "FINAL",
  "FINAL_VAR",
];

const MAX_NAMES = 500;
const MAX_SHOWN_CHARS = 200;

/**
 * Prints one JSON object, from name to short text. Only plain values are shown themselves: the `repr` of an object would run
 * the policy's code. Leaves no name behind.
 */
export const PROBE = `print(__import__("json").dumps({k: (repr(v[:${MAX_SHOWN_CHARS}]) if type(v) in (str, bytes) else repr(v) if v is None or type(v) in (bool, float) or (type(v) is int and v.bit_length() < 1000) else f"{type(v).__name__} of {len(v)}" if type(v) in (list, dict, tuple, set) else type(v).__name__) for k, v in list(globals().items())[:${MAX_NAMES * 2}] if not k.startswith("_") and k not in ${JSON.stringify(OF_THE_CONTRACT)} and type(v).__name__ != "module"}))`;

/** Prints the variable as text. `name` is an identifier. */
export const VARIABLE_PROBE = (name: string) => `print(str(${name}))`;

const Variables = z.record(z.string().max(MAX_SHOWN_CHARS), z.string().max(MAX_SHOWN_CHARS * 4));

/** The variables by name; null if the policy's code left nothing readable. */
export function readProbe(stdout: string): Record<string, string> | null {
  try {
    const parsed = Variables.safeParse(JSON.parse(stdout));
    return parsed.success ? Object.fromEntries(Object.entries(parsed.data).slice(0, MAX_NAMES)) : null;
  } catch {
    return null;
  }
}
