/** What a policy is told of a context that is too long to be a str: what works on it, and an example. */
import { REPL_TOOL } from "../native-tool.ts";
import { isLazy, MOST_STR_CHARS } from "../../../repl/lazy-context.ts";
import type { ContextSummary, Dialect } from "../../../types.ts";
import { describeContext, describeWithoutLength } from "./describe-context.ts";

/** Describes the context, which the policy does not see. @param hidesLength whether the text is the same for any length */
export function describeAnyContext(context: ContextSummary, hidesLength = false): string {
  const [chars, most] = [context.chars, MOST_STR_CHARS].map((count) => count.toLocaleString("en-US"));
  if (hidesLength && context.type === "str")
    return `context is a str; its length is not told here. If it has more than ${most} characters, it is a LazyText instead: slices, \`in\`, len, find, count and splitlines() work on it as on a str, and context.search(pattern) and context.grep(pattern, limit=100) do what re does on a str.`;
  if (hidesLength) return describeWithoutLength(context);
  if (!isLazy(context)) return describeContext(context);
  return `context is a LazyText of ${chars} characters: too long to be a str, so it stays outside Python, and you ask for parts of it.
- \`context[a:b]\` is a str of at most ${most} characters; do not call str(context).
- \`context.search(pattern)\` gives the first match or None, and \`context.grep(pattern, limit=100)\` a list of matches, with group(), start(), end(), line and line_number. They are fast. Patterns are those of re without look-around and backreferences. re.search, re.findall and the like take slices only.
- \`in\`, len, find, rfind, index, count, startswith, endswith and \`context.splitlines()\` work as on a str.`;
}

/** A first look that holds for any context; `looked` is the wording's own, for one that is not lazy. */
export function firstLook(
  context: ContextSummary,
  dialect: Dialect,
  looked: string,
  hidesLength = false,
): string {
  const mayBeLazy = hidesLength && context.type === "str";
  if (!mayBeLazy && (hidesLength || !isLazy(context))) return looked;
  const look = "print(len(context), context[:500])";
  const code = mayBeLazy
    ? look
    : `${look}
for match in context.grep(r"(?i)some word", limit=20):
    print(match.start(), match.line_number, match.line[:200])`;
  const head = "You have not seen the context yet, so do not answer now.";
  return dialect === "repl"
    ? `${head} Write one short \`\`\`repl block that looks at it, such as:\n\`\`\`repl\n${code}\n\`\`\``
    : `${head} Call ${REPL_TOOL} with code that looks at it, such as:\n${code}`;
}
