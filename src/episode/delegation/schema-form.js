// @ts-check
/** Whether a value has the form of a JSON Schema: what the validator itself does not check. */

const TYPES = new Set(["array", "boolean", "integer", "null", "number", "object", "string"]);
const MOST_SCHEMAS = 10_000;

/** @typedef {{ left: number }} Room */
/** @typedef {(value: unknown, path: string, room: Room) => string | null} FormCheck */

/** @param {unknown} value @returns {value is Record<string, unknown>} */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** @param {string} what @param {(value: any) => boolean} isRight @returns {FormCheck} */
const expects = (what, isRight) => (value, path) => (isRight(value) ? null : `${path}: expected ${what}`);

const count = expects("a whole number ≥ 0", (value) => Number.isInteger(value) && value >= 0);
const number = expects("a number", (value) => typeof value === "number");
const text = expects("a string", (value) => typeof value === "string");
const truth = expects("true or false", (value) => typeof value === "boolean");
const names = expects(
  "a list of strings",
  (value) => Array.isArray(value) && value.every((item) => typeof item === "string"),
);
const type = expects(`one of ${[...TYPES].join(", ")}, or a list of them`, (value) =>
  Array.isArray(value) ? value.length > 0 && value.every((one) => TYPES.has(one)) : TYPES.has(value),
);
const pattern = expects("a regular expression", (value) => typeof value === "string" && isPattern(value));

/** @param {string} value */
function isPattern(value) {
  try {
    return Boolean(new RegExp(value, "u"));
  } catch {
    return false;
  }
}

/** @type {FormCheck} */
const schemas = (value, path, room) => {
  if (!Array.isArray(value) || value.length === 0) return `${path}: expected a list of schemas`;
  return first(value.map((one, index) => () => schema(one, `${path}/${index}`, room)));
};

/** @type {FormCheck} */
const schemasByName = (value, path, room) => {
  if (!isObject(value)) return `${path}: expected an object of schemas`;
  return first(
    Object.entries(value).map(
      ([name, one]) =>
        () =>
          schema(one, `${path}/${name}`, room),
    ),
  );
};

/** @type {FormCheck} */
const schemasByPattern = (value, path, room) => {
  const wrong = isObject(value) ? Object.keys(value).find((name) => !isPattern(name)) : undefined;
  return wrong === undefined
    ? schemasByName(value, path, room)
    : `${path}/${wrong}: expected a regular expression`;
};

/** @type {FormCheck} */
const schemaOrSchemas = (value, path, room) =>
  Array.isArray(value) ? schemas(value, path, room) : schema(value, path, room);

/** Keywords whose value is one schema. */
const SCHEMA_KEYWORDS =
  "additionalProperties unevaluatedProperties propertyNames additionalItems unevaluatedItems contains not if then else";

/** @type {Map<string, FormCheck>} */
const KEYWORDS = new Map(
  Object.entries({
    type,
    enum: expects("a list", Array.isArray),
    required: names,
    properties: schemasByName,
    patternProperties: schemasByPattern,
    minProperties: count,
    maxProperties: count,
    dependentSchemas: schemasByName,
    dependentRequired: expects(
      "an object of lists of strings",
      (value) => isObject(value) && Object.values(value).every(Array.isArray),
    ),
    items: schemaOrSchemas,
    prefixItems: schemas,
    minContains: count,
    maxContains: count,
    minItems: count,
    maxItems: count,
    uniqueItems: truth,
    minimum: number,
    maximum: number,
    exclusiveMinimum: number,
    exclusiveMaximum: number,
    multipleOf: expects("a number above 0", (value) => typeof value === "number" && value > 0),
    minLength: count,
    maxLength: count,
    pattern,
    format: text,
    allOf: schemas,
    anyOf: schemas,
    oneOf: schemas,
    $ref: text,
    $id: text,
    $defs: schemasByName,
    definitions: schemasByName,
    title: text,
    description: text,
  }),
);
for (const keyword of SCHEMA_KEYWORDS.split(" ")) KEYWORDS.set(keyword, schema);

/** @type {FormCheck} */
function schema(value, path, room) {
  room.left -= 1;
  if (room.left < 0) return `it holds more than ${MOST_SCHEMAS} schemas`;
  if (typeof value === "boolean") return null;
  if (!isObject(value)) return `${path}: expected a schema: an object, true or false`;
  return first(
    Object.entries(value).map(([keyword, item]) => () => {
      const check = KEYWORDS.get(keyword);
      return check ? check(item, `${path}/${keyword}`, room) : null;
    }),
  );
}

/** @param {(() => string | null)[]} checks */
function first(checks) {
  for (const check of checks) {
    const problem = check();
    if (problem !== null) return problem;
  }
  return null;
}

/** What is wrong with a schema; null if nothing is. @param {unknown} value */
export function problemOfSchema(value) {
  return schema(value, "#", { left: MOST_SCHEMAS });
}
