// @ts-check
/**
 * The thread that checks values against JSON Schemas. Schemas come from a policy's code: a pattern or a nest of alternatives may take
 * for ever, and the host ends this thread then. The validator interprets schemas, so that no schema becomes code.
 */
import { parentPort } from "node:worker_threads";
import { Validator } from "@cfworker/json-schema";
import { problemOfSchema } from "./schema-form.js";

const port = parentPort;
if (port === null) throw new Error("the schema thread was loaded outside of a worker");

port.on("message", (/** @type {import("./schema-thread.ts").SchemaQuestion} */ question) => {
  const { id } = question;
  port.postMessage({ id });
  port.postMessage({ id, ...answerTo(question) });
});

/**
 * @param {import("./schema-thread.ts").SchemaQuestion} question
 * @returns {Pick<import("./schema-thread.ts").SchemaAnswer, "invalid" | "problems">}
 */
function answerTo({ schema, values }) {
  const wrong = problemOfSchema(schema);
  if (wrong !== null) return { invalid: wrong, problems: [] };
  try {
    const validator = new Validator(/** @type {any} */ (schema), "2020-12", true);
    if (values.length === 0) validator.validate(null);
    return { invalid: null, problems: values.map((value) => problemOf(validator.validate(value))) };
  } catch (error) {
    if (error instanceof RangeError) return { invalid: "it refers to itself without end", problems: [] };
    const [line] = String(error instanceof Error ? error.message : error).split("\n");
    return { invalid: line ?? "it cannot be used", problems: [] };
  }
}

/** @param {import("@cfworker/json-schema").ValidationResult} result */
function problemOf({ valid, errors }) {
  if (valid) return null;
  // The last error is the deepest one.
  const { instanceLocation = "#", error = "it does not match" } = errors.at(-1) ?? {};
  return `at ${instanceLocation}: ${error.slice(0, 300)}`;
}
