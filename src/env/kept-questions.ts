/** Several questions in one REPL: what the next one finds there, how it is told so, and how contexts and histories are numbered. */
import { expectContext, summariseContext } from "../data/context.ts";
import { SEE_LAST_REPLY } from "../episode/prompt.ts";
import { ReplError, UsageError } from "../errors.ts";
import { pythonOf } from "../languages/python/python.ts";
import { PersistentRepls } from "../repl/persistent-repls.ts";
import type { ReplPool } from "../repl/repl.ts";
import type { Trajectory } from "../trajectory.ts";
import type { Context, Json, JsonObject } from "../types.ts";

/** Further contexts travel as code, and are bounded for that reason. The first one is not. */
const MOST_CHARS = 2 ** 24;

/** A question as its episode gets it. */
export interface KeptQuestion {
  /** What was asked, and after the first question also which names the REPL has. */
  readonly question: string;
  /** The context of the first question, which all of them have as `context`. */
  readonly context: Context;
  /** What the task's metadata says of it. */
  readonly metadata: JsonObject;
  /** Counts the question as asked, with its record. */
  settle(record: Trajectory): void;
}

/** The questions of one session, and the REPL that they share. */
export class KeptQuestions {
  /** The pool for the episodes of the session. */
  readonly repls: PersistentRepls;
  /** The records so far. */
  readonly records: Trajectory[] = [];
  readonly #contexts: Context[] = [];
  readonly #owner: string;

  /** @param owner who speaks in errors, such as `session` */
  constructor(pool: ReplPool, owner: string) {
    this.repls = new PersistentRepls(pool);
    this.#owner = owner;
  }

  /**
   * Prepares the REPL for the next question. `context` is a new one, if the question brings one; the first question has to. Throws
   * `UsageError` for a context that cannot be added, which changes nothing, and `ReplError` if the REPL was lost.
   */
  next(prompt: string, context: Context | undefined): KeptQuestion {
    const number = this.records.length;
    if (number > 0 && !this.repls.holdsState)
      throw new ReplError(
        `${this.#owner}: the REPL was lost after question ${number}; begin another session`,
      );
    const added = this.#added(context);
    const contexts = [...this.#contexts, ...added];
    this.repls.prepare(preparation(this.records, contexts, added));
    return {
      question: number === 0 ? prompt : withNames(prompt, contexts, added, number),
      context: contexts[0]!,
      metadata: { session: { question: number, contexts: contexts.length } },
      settle: (record) => {
        this.#contexts.push(...added);
        this.records.push(record);
      },
    };
  }

  /** Releases the REPL. Idempotent. */
  close(): Promise<void> {
    return this.repls.close();
  }

  #added(context: Context | undefined): readonly Context[] {
    const owner = this.#owner;
    if (context === undefined && this.#contexts.length === 0)
      throw new UsageError(`${owner}: expected the context of the first question`);
    if (context === undefined) return [];
    if (this.#contexts.length === 0) return [context];
    expectContext(context);
    if (context instanceof Uint8Array)
      throw new UsageError(`${owner}: bytes can only be the context of the first question`);
    const { chars } = summariseContext(context);
    if (chars <= MOST_CHARS) return [context];
    throw new UsageError(
      `${owner}: a later context has at most ${MOST_CHARS} characters, not ${chars}; bring it with the first question`,
    );
  }
}

/** Whether the record is of a question in a REPL that was kept, so that it replays only with those before it. */
export function isKeptQuestion({ task }: Trajectory): boolean {
  const told = task.metadata["session"] as { readonly question?: Json; readonly contexts?: Json } | undefined;
  return typeof told?.question === "number" && typeof told.contexts === "number";
}

/** The code that names what the next question finds. @internal */
export function preparation(
  before: readonly Trajectory[],
  contexts: readonly Context[],
  added: readonly Context[],
): string[] {
  const python = pythonOf();
  const last = before.at(-1);
  if (!last) return ["context_0 = context"];
  return [
    `history_${before.length - 1} = ${python.literal(messagesOf(last))}\nanswer = {"content": "", "ready": False}`,
    ...added.map((context) => `context_${contexts.length - 1} = ${python.literal(context as Json)}`),
  ];
}

/** The messages of a question as its policy had them. */
function messagesOf({ systemPrompt, opening, turns }: Trajectory): Json {
  const asked = (content: string) => ({ role: "user", content });
  return [
    { role: "system", content: systemPrompt },
    asked(opening),
    ...turns.flatMap(({ completion, observation }) => [
      { role: "assistant", content: completion.text || SEE_LAST_REPLY },
      asked(observation),
    ]),
  ];
}

/** The question, after what the REPL holds besides `context`. */
function withNames(
  prompt: string,
  contexts: readonly Context[],
  added: readonly Context[],
  number: number,
): string {
  const shown = contexts.map((context, index) => {
    const { type, chars } = summariseContext(context);
    const isNew = added.length > 0 && index === contexts.length - 1;
    return `\`context_${index}\` (${type}, ${chars} characters${isNew ? ", new" : ""})`;
  });
  const histories = number === 1 ? "`history_0` holds" : `\`history_0\` to \`history_${number - 1}\` hold`;
  return `${prompt}\n\n(This is question ${number + 1} in one REPL, which keeps the variables of the earlier ones. It has ${shown.join(", ")}; \`context\` is \`context_0\`. ${histories} the messages of the earlier questions.)`;
}
