/** Tells a program from prose in a reply that lost its fence: the text has to parse as Python, and do something. */
import { parser } from "@lezer/python";

/** Ends at the first error, so that prose costs no time. */
const PYTHON = parser.configure({ strict: true });

/** A longer reply is read in its completion's own ways alone. */
const MOST_CHARS = 100_000;

/** Statements that no sentence parses as; of an expression, its parts decide. */
const DOES_SOMETHING = new Set([
  "ImportStatement",
  "FunctionDefinition",
  "ClassDefinition",
  "ForStatement",
  "WhileStatement",
  "IfStatement",
  "WithStatement",
  "TryStatement",
  "MatchStatement",
  "DeleteStatement",
  "AssertStatement",
  "RaiseStatement",
  "AssignOp",
  "UpdateOp",
  "AwaitExpression",
  "LambdaExpression",
  "ArrayComprehensionExpression",
  "DictionaryComprehensionExpression",
  "SetComprehensionExpression",
  "ComprehensionExpression",
]);

/** Where an argument list or an index begins directly behind what it belongs to: prose has a space there. */
const BEHIND_A_NAME = /[\p{L}\p{N}_)\]"']/u;

/**
 * Whether the whole text is Python that does something other than to name its answer. `Paris`, `Paris (France)` and
 * `Answer: 42` parse as Python, too, but are prose; a text of `FINAL(…)` alone is an answer, which may hold words.
 */
export function isProgram(text: string): boolean {
  const tree = text.length > MOST_CHARS ? null : treeOf(text);
  let does = false;
  let isPython3 = tree !== null;
  tree?.iterate({
    enter: ({ type, from, node }) => {
      // Python 2's print parses, too.
      if (type.name === "PrintStatement") isPython3 = false;
      if (!isPython3 || does) return isPython3;
      if (DOES_SOMETHING.has(type.name)) does = true;
      else if (type.name === "ArgList")
        does = isBehindName(text, from) && !FINAL.test(text.slice(node.parent?.from ?? from, from));
      else if (type.name === "[" && node.parent?.name === "MemberExpression") does = isBehindName(text, from);
      return true;
    },
  });
  return isPython3 && does;
}

/** Null for what is not Python, or is nested more deeply than the stack is. */
function treeOf(text: string): ReturnType<typeof PYTHON.parse> | null {
  try {
    return PYTHON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return null;
    throw error;
  }
}

const FINAL = /^FINAL(?:_VAR)?$/;

function isBehindName(text: string, at: number): boolean {
  return BEHIND_A_NAME.test(text[at - 1] ?? "");
}
