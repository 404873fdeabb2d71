// @ts-check
/** Reads the values with which SQL calls a sub-model: prompt, model and options. */

/** @typedef {import("./sqlite.js").SqlValue} SqlValue */

/** @param {SqlValue | undefined} value */
export function textOf(value) {
  if (value === null || value === undefined) return "";
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value);
}

/** What the functions of the contract take, of which the first is not optional. @type {Record<string, readonly string[]>} */
const PARAMETERS = {
  llm_query: ["prompt", "model", "options"],
  llm_query_batched: ["prompt", "model"],
  llm_batch: ["prompt", "model"],
  rlm_query: ["prompt", "context", "model", "options"],
  final: ["value"],
};

/** Refuses arguments that a function does not have, since to pass over them would hide a mistake. @param {string} name @param {number} count */
export function expectCount(name, count) {
  const known = PARAMETERS[name];
  if (known === undefined || (count > 0 && count <= known.length)) return;
  throw new Error(`${name}() takes ${known.join(", ")}, and got ${count} arguments`);
}

/** @param {string} name @param {SqlValue | undefined} value */
export function promptOf(name, value) {
  if (typeof value === "string") return value;
  const kind = value instanceof Uint8Array ? "a BLOB" : "a number";
  throw new Error(
    `${name}() needs a text as its prompt, not ${value === null || value === undefined ? "NULL" : kind}`,
  );
}

/** @param {SqlValue | undefined} value */
export function modelOf(value) {
  if (value === undefined || value === null) return null;
  const model = textOf(value);
  if (model.startsWith("{"))
    throw new Error(`expected the name of a model before the options, or NULL, not ${model}`);
  return model;
}

/** The options of a call in JSON, by their names in code. */
const OPTIONS = {
  llm_query: { max_tokens: "maxTokens", schema: "schema", effort: "effort" },
  rlm_query: { budget: "grant", max_turns: "maxTurns", tools: "tools", prompt: "prompt", effort: "effort" },
};

/** The terms of a call, from its options as a JSON object; null if it has none. @param {string} name @param {SqlValue | undefined} value */
export function termsOf(name, value) {
  if (value === undefined || value === null) return null;
  const known = new Map(Object.entries(OPTIONS[/** @type {keyof typeof OPTIONS} */ (name)]));
  const given = optionsIn(name, textOf(value));
  const terms = Object.entries(given).map(([key, option]) => {
    const term = known.get(key);
    if (term === undefined)
      throw new Error(`${name} takes no option ${key}; it takes ${[...known.keys()].join(", ")}`);
    return [term, key === "budget" && typeof option === "number" ? { tokens: option } : option];
  });
  return Object.fromEntries(terms);
}

/** @param {string} name @param {string} text @returns {object} */
function optionsIn(name, text) {
  try {
    const value = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // The error below says what was expected.
  }
  throw new Error(`${name}: expected its options as a JSON object, such as '{"max_tokens": 100}'`);
}
