/** Python that lists the variables of an episode. The policy can forge its output, so it is checked, and no reward uses it. */
import { z } from "zod";

const MAX_NAMES = 500;
/** repl_env cuts the text of a value at this length, and adds dots. */
const MAX_SHOWN_CHARS = 500;
/** Lists within lists are shown to this depth, and as many items of each as could fit. */
const MAX_DEPTH = 4;

/**
 * The text of a value, as `repr` gives it. Only plain values and collections of them are shown: the `repr` of another object would
 * run the policy's code, so that its type is shown instead.
 */
const SHOWN = `(lambda show: lambda v: (lambda text: text[:${MAX_SHOWN_CHARS}] + "..." if len(text) > ${MAX_SHOWN_CHARS} else text)(show(show, v, 0)))(lambda show, v, depth: repr(v[:${MAX_SHOWN_CHARS + 1}]) if type(v) in (str, bytes) else repr(v) if v is None or type(v) in (bool, float) or (type(v) is int and v.bit_length() < 1000) else f"<{type(v).__name__} of {len(v)}>" if type(v) in (list, dict, tuple, set) and depth >= ${MAX_DEPTH} else "[" + ", ".join(show(show, x, depth + 1) for x in v[:${MAX_SHOWN_CHARS}]) + "]" if type(v) is list else "(" + ", ".join(show(show, x, depth + 1) for x in v[:${MAX_SHOWN_CHARS}]) + (",)" if len(v) == 1 else ")") if type(v) is tuple else "set()" if type(v) is set and not v else ("{" + ", ".join(show(show, x, depth + 1) for x in list(v)[:${MAX_SHOWN_CHARS}]) + "}") if type(v) is set else ("{" + ", ".join(show(show, k, depth + 1) + ": " + show(show, x, depth + 1) for k, x in list(v.items())[:${MAX_SHOWN_CHARS}]) + "}") if type(v) is dict else f"<{type(v).__name__}>")`;

/** Prints one JSON object with a short text for each name that does not begin with an underscore. Adds no name itself. */
export const PROBE = `print(__import__("json").dumps((lambda shown: {k: shown(v) for k, v in list(globals().items())[:${MAX_NAMES * 2}] if not k.startswith("_")})(${SHOWN})))`;

const Variables = z.record(z.string().max(200), z.string().max(MAX_SHOWN_CHARS + 3));

/** The variables by name; null if the policy's code left nothing readable. */
export function readProbe(stdout: string): Record<string, string> | null {
  try {
    const parsed = Variables.safeParse(JSON.parse(stdout));
    return parsed.success ? Object.fromEntries(Object.entries(parsed.data).slice(0, MAX_NAMES)) : null;
  } catch {
    return null;
  }
}
