/** Questions to the schema thread. Many episodes share it, and it ends when it takes too long and is started again by the next question. */
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

/** A tree of episodes whose checks took too long this often is refused further ones, so that its end does not wait for many. */
const MOST_SLOW = 3;
/** The most trees of which that is known. */
const MOST_TREES = 1000;

// One text for both, so that a replay in which checks come in another order says the same.
const TOO_LONG = `checking the schema took more than ${MOST_MS / 1000} s, or others of this episode did`;

interface Asked {
  readonly question: SchemaQuestion;
  /** The tree of episodes that asks. */
  readonly tree: string;
  readonly resolve: (answer: SchemaAnswer) => void;
  readonly reject: (reason: Error) => void;
}

const waiting: Asked[] = [];
/** How often checks of a tree took too long. */
const slow = new Map<string, number>();
let worker: Worker | null = null;
let timer: NodeJS.Timeout | null = null;
let ids = 0;

/** Throws `SchemaError` if a value is not a JSON Schema. `tree`: the tree of episodes that asks. */
export async function expectSchema(schema: Json, tree: string): Promise<void> {
  await problemsOf(schema, [], tree);
}

/** What is wrong with a value by a schema; null for nothing. Throws `SchemaError` if the schema cannot be used. */
export async function checkAgainst(schema: Json, value: Json, tree: string): Promise<string | null> {
  if ((slow.get(tree) ?? 0) >= MOST_SLOW) throw new SchemaError(TOO_LONG);
  return (await problemsOf(schema, [value], tree))[0] ?? null;
}

async function problemsOf(
  schema: Json,
  values: readonly Json[],
  tree: string,
): Promise<readonly (string | null)[]> {
  const { invalid, problems } = await new Promise<SchemaAnswer>((resolve, reject) => {
    waiting.push({ question: { id: ids++, schema, values }, tree, resolve, reject });
    if (waiting.length === 1) send();
  });
  if (invalid !== null) throw new SchemaError(`the schema is not a JSON Schema: ${invalid}`);
  return problems;
}

/** Ends the thread in the middle of the first question; the next one gets another thread. */
function dropThread(): void {
  void worker?.terminate();
  worker = null;
  settle(({ tree, question, reject }) => {
    if (question.values.length > 0) noteSlow(tree);
    reject(new SchemaError(TOO_LONG));
  });
}

function noteSlow(tree: string): void {
  const count = (slow.get(tree) ?? 0) + 1;
  slow.delete(tree);
  slow.set(tree, count);
  const [oldest] = slow.keys();
  if (slow.size > MOST_TREES && oldest !== undefined) slow.delete(oldest);
  if (count < MOST_SLOW) return;
  const refused = waiting.filter(
    (asked, at) => at > 0 && asked.tree === tree && asked.question.values.length > 0,
  );
  for (const asked of refused) {
    waiting.splice(waiting.indexOf(asked), 1);
    asked.reject(new SchemaError(TOO_LONG));
  }
}

/** Sends the first question. One at a time, so that its own time is measured. */
function send(): void {
  const [next] = waiting;
  if (!next) return worker?.unref();
  const thread = (worker ??= started());
  thread.ref();
  thread.postMessage({ ...next.question } satisfies SchemaQuestion);
  timer = setTimeout(dropThread, MOST_MS);
}

function settle(how: (asked: Asked) => void): void {
  if (timer) clearTimeout(timer);
  timer = null;
  const asked = waiting[0];
  if (asked) how(asked);
  waiting.shift();
  // A tree that asks much lets others go first.
  const other = waiting.findIndex(({ tree }) => tree !== asked?.tree);
  if (other > 0) waiting.unshift(...waiting.splice(other, 1));
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
