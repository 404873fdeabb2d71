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

/** The thread begins a question: its time counts from here, and not while the thread loads. */
interface SchemaBegun {
  readonly id: number;
  readonly problems?: undefined;
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

// One text for both, so that a replay in which checks come in another order says the same.
const TOO_LONG = `checking the schema took more than ${MOST_MS / 1000} s, or others of this episode did`;

interface Asked {
  readonly question: SchemaQuestion;
  readonly checks: SchemaChecks;
  readonly resolve: (answer: SchemaAnswer) => void;
  readonly reject: (reason: Error) => void;
}

const waiting: Asked[] = [];
let worker: Worker | null = null;
let timer: NodeJS.Timeout | null = null;
let ids = 0;

/** The checks of one tree of episodes. */
export class SchemaChecks {
  /** How many took too long. */
  #slow: number;

  constructor(slow = 0) {
    this.#slow = slow;
  }

  /** Throws `SchemaError` if a value is not a JSON Schema. */
  async expectSchema(schema: Json): Promise<void> {
    await problemsOf(schema, [], this);
  }

  /** What is wrong with a value by a schema; null for nothing. Throws `SchemaError` if the schema cannot be used. */
  async problemOf(schema: Json, value: Json): Promise<string | null> {
    if (this.#slow >= MOST_SLOW) throw new SchemaError(TOO_LONG);
    return (await problemsOf(schema, [value], this))[0] ?? null;
  }

  /** Those of a branch of the tree, which goes on by itself. */
  fork(): SchemaChecks {
    return new SchemaChecks(this.#slow);
  }

  /** Counts a check that took too long. After the last that may, those that wait are refused as well. */
  noteSlow(): void {
    this.#slow += 1;
    if (this.#slow < MOST_SLOW) return;
    const refused = waiting.filter(
      ({ checks, question }, at) => at > 0 && checks === this && question.values.length > 0,
    );
    for (const asked of refused) {
      waiting.splice(waiting.indexOf(asked), 1);
      asked.reject(new SchemaError(TOO_LONG));
    }
  }
}

async function problemsOf(
  schema: Json,
  values: readonly Json[],
  checks: SchemaChecks,
): Promise<readonly (string | null)[]> {
  const { invalid, problems } = await new Promise<SchemaAnswer>((resolve, reject) => {
    waiting.push({ question: { id: ids++, schema, values }, checks, resolve, reject });
    if (waiting.length === 1) send();
  });
  if (invalid !== null) throw new SchemaError(`the schema is not a JSON Schema: ${invalid}`);
  return problems;
}

/** Ends the thread in the middle of the first question; the next one gets another thread. */
function dropThread(): void {
  void worker?.terminate();
  worker = null;
  settle(({ checks, question, reject }) => {
    if (question.values.length > 0) checks.noteSlow();
    reject(new SchemaError(TOO_LONG));
  });
}

/** Sends the first question. One at a time, so that its own time is measured. */
function send(): void {
  const [next] = waiting;
  if (!next) return worker?.unref();
  const thread = (worker ??= started());
  thread.ref();
  thread.postMessage({ ...next.question } satisfies SchemaQuestion);
}

function settle(how: (asked: Asked) => void): void {
  if (timer) clearTimeout(timer);
  timer = null;
  const asked = waiting[0];
  if (asked) how(asked);
  waiting.shift();
  // A tree that asks much lets others go first.
  const other = waiting.findIndex(({ checks }) => checks !== asked?.checks);
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
  thread.on("message", (answer: SchemaAnswer | SchemaBegun) => {
    if (worker !== thread || waiting[0]?.question.id !== answer.id) return;
    if (answer.problems === undefined) timer = setTimeout(dropThread, MOST_MS);
    else settle((asked) => asked.resolve(answer));
  });
  thread.on("error", died);
  thread.on("exit", () => died(new Error("its thread ended")));
  return thread;
}
