/**
 * Small JSON checks that combine to the shape of a record. They run over every record that is read, so they allocate nothing
 * unless there is an error to report: several times as fast as a schema that also copies.
 */

/** The problem of a value, with the path to the field; null if there is none. */
export type Check = (value: unknown) => Problem | null;

/** A path in a value, and what was expected there. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

function expected(what: string, value: unknown): Problem {
  const found =
    value === null
      ? "null"
      : value === undefined
        ? "nothing"
        : Array.isArray(value)
          ? "a list"
          : typeof value;
  return { path: [], message: `expected ${what}, found ${found}` };
}

function within(key: string | number, { path, message }: Problem): Problem {
  return { path: [key, ...path], message };
}

export const text: Check = (value) => (typeof value === "string" ? null : expected("a text", value));

export const number: Check = (value) => (typeof value === "number" ? null : expected("a number", value));

export const truth: Check = (value) => (typeof value === "boolean" ? null : expected("true or false", value));

/** A whole number from 0. */
export const count: Check = (value) =>
  typeof value === "number" && value >= 0 && Number.isSafeInteger(value)
    ? null
    : expected("a whole number from 0", value);

/** A text that matches the pattern; `what` describes such texts. */
export function matching(pattern: RegExp, what: string): Check {
  return (value) => {
    if (typeof value === "string" && pattern.test(value)) return null;
    const found = typeof value === "string" ? JSON.stringify(value.slice(0, 80)) : null;
    return found === null ? expected(what, value) : { path: [], message: `expected ${what}, found ${found}` };
  };
}

/** One of a few values. */
export function oneOf(...values: readonly (string | number)[]): Check {
  return (value) =>
    (values as readonly unknown[]).includes(value)
      ? null
      : { path: [], message: `expected one of ${values.map((one) => JSON.stringify(one)).join(", ")}` };
}

export function orNull(check: Check): Check {
  return (value) => (value === null ? null : check(value));
}

export function optional(check: Check): Check {
  return (value) => (value === undefined ? null : check(value));
}

/** A list whose items all pass. */
export function listOf(check: Check): Check {
  return (value) => {
    if (!Array.isArray(value)) return expected("a list", value);
    for (let i = 0; i < value.length; i += 1) {
      const problem = check(value[i]);
      if (problem !== null) return within(i, problem);
    }
    return null;
  };
}

/** An object that has these fields; further fields are allowed. */
export function shape(fields: Readonly<Record<string, Check>>): Check {
  const checks = Object.entries(fields);
  return (value) => {
    if (!isObject(value)) return expected("an object", value);
    for (const [key, check] of checks) {
      const problem = check(value[key]);
      if (problem !== null) return within(key, problem);
    }
    return null;
  };
}

/** An object whose values all pass, under any keys. */
export function mapOf(check: Check): Check {
  return (value) => {
    if (!isObject(value)) return expected("an object", value);
    for (const key of Object.keys(value)) {
      const problem = check(value[key]);
      if (problem !== null) return within(key, problem);
    }
    return null;
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
