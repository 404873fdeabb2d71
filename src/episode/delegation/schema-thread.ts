/** Asks the schema thread. Many episodes share it, and it ends when it takes too long and is started again by the next question. */
import { Worker } from "node:worker_threads";
import { SchemaError } from "../../errors.ts";
import type { Json } from "../../types.ts";

/** A question to the thread; without values it asks about the schema alone. */
export interface SchemaQuestion {
  readonly id: number;
  readonly schema: Json;
  readonly values: readonly Json[];
}

/** What is wrong with the schema, and with each value; null for nothing. */
export interface SchemaAnswer {
  readonly id: number;
  readonly invalid: string | null;
  readonly problems: readonly (string | null)[];
}

/** The most time for one question. No schema that was meant well takes it. */
const MOST_MS = 5000;

interface Asked {
  readonly question: SchemaQuestion;
  readonly resolve: (answer: SchemaAnswer) => void;
  readonly reject: (reason: Error) => void;
}

const waiting: Asked[] = [];
let worker: Worker | null = null;
let timer: NodeJS.Timeout | null = null;
let ids = 0;

/** Throws `SchemaError` if a value is not a JSON Schema. */
export async function expectSchema(schema: Json): Promise<void> {
  const { invalid } = await ask(schema, []);
  if (invalid !== null) throw new SchemaError(`the schema is not a JSON Schema: ${invalid}`);
}

/** What is wrong with a value by a schema; null for nothing. Throws `SchemaError` if the schema cannot be used. */
export async function checkAgainst(schema: Json, value: Json): Promise<string | null> {
  const { invalid, problems } = await ask(schema, [value]);
  if (invalid !== null) throw new SchemaError(`the schema is not a JSON Schema: ${invalid}`);
  return problems[0] ?? null;
}

function ask(schema: Json, values: readonly Json[]): Promise<SchemaAnswer> {
  return new Promise((resolve, reject) => {
    waiting.push({ question: { id: ids++, schema, values }, resolve, reject });
    if (waiting.length === 1) send();
  });
}

/** Sends the first question. One at a time, so that its own time is measured. */
function send(): void {
  const [next] = waiting;
  if (!next) return worker?.unref();
  const thread = (worker ??= started());
  thread.ref();
  thread.postMessage({ ...next.question } satisfies SchemaQuestion);
  timer = setTimeout(() => {
    const slow = worker;
    worker = null;
    void slow?.terminate();
    settle((asked) =>
      asked.reject(new SchemaError(`checking the schema took more than ${MOST_MS / 1000} s`)),
    );
  }, MOST_MS);
}

function settle(how: (asked: Asked) => void): void {
  if (timer) clearTimeout(timer);
  timer = null;
  const asked = waiting.shift();
  if (asked) how(asked);
  send();
}

function started(): Worker {
  const thread = new Worker(new URL("./schema-worker.js", import.meta.url), {
    env: {},
    execArgv: [],
    name: "schema",
    resourceLimits: { maxOldGenerationSizeMb: 128 },
  });
  const died = (error: Error) => {
    if (worker !== thread) return;
    worker = null;
    settle((asked) => asked.reject(new SchemaError(`the schema could not be checked: ${error.message}`)));
  };
  thread.on("message", (answer: SchemaAnswer) => {
    if (worker === thread && waiting[0]?.question.id === answer.id) settle((asked) => asked.resolve(answer));
  });
  thread.on("error", died);
  thread.on("exit", () => died(new Error("its thread ended")));
  return thread;
}
