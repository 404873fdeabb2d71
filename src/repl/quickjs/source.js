// @ts-check
/**
 * Prepares a block of JavaScript for an interpreter that keeps its state: what a block declares at its top stays, and may be
 * declared again by a later block, as in the consoles of browsers and of Node.
 */

/** @typedef {{ type: string, start: number, end: number, [key: string]: unknown }} Node */
/** @typedef {(code: string, options: object) => Node} Parse - acorn's `parse` */

/**
 * @param {string} code @param {Parse} parse
 * @returns {{ code: string, isAsync: boolean, hasValue: boolean }} `isAsync`: it awaits at its top. `hasValue`: it ends in an
 * expression, whose value is shown. Code that cannot be parsed is returned as it is, so that the interpreter says what is wrong.
 */
export function prepare(code, parse) {
  let program;
  try {
    program = parse(code, { ecmaVersion: "latest", sourceType: "script", allowAwaitOutsideFunction: true });
  } catch {
    return { code, isAsync: false, hasValue: true };
  }
  const body = /** @type {Node[]} */ (program["body"]);
  const last = body.at(-1);
  const hasValue = last?.type === "ExpressionStatement" && last["directive"] === undefined;
  return { code: redeclarable(code, body), isAsync: body.some(awaits), hasValue };
}

/** @param {string} code @param {Node[]} body */
function redeclarable(code, body) {
  let [made, at] = ["", 0];
  /** @param {number} from @param {number} to @param {string} text */
  const replace = (from, to, text) => {
    made += code.slice(at, from) + text;
    at = to;
  };
  for (const node of body) {
    if (node.type === "VariableDeclaration" && node["kind"] !== "var") {
      const kind = String(node["kind"]);
      replace(node.start, node.start + kind.length, "var".padEnd(kind.length));
      for (const one of /** @type {Node[]} */ (node["declarations"]))
        if (one["init"] === null) replace(one.end, one.end, " = undefined");
    } else if (node.type === "ClassDeclaration") {
      replace(node.start, node.start, `var ${/** @type {{ name: string }} */ (node["id"]).name} = `);
      replace(node.end, node.end, ";");
    }
  }
  return made + code.slice(at);
}

/** Whether a node awaits outside of the functions in it. @param {unknown} node @returns {boolean} */
function awaits(node) {
  if (typeof node !== "object" || node === null) return false;
  if (Array.isArray(node)) return node.some(awaits);
  const { type } = /** @type {Node} */ (node);
  if (/Function/.test(type ?? "")) return false;
  if (type === "AwaitExpression" || (type === "ForOfStatement" && Reflect.get(node, "await") === true))
    return true;
  return Object.values(node).some((value) => typeof value === "object" && awaits(value));
}
