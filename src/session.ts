/** Several questions in one REPL: what one of them left there, the next ones find. */
import {
  answerQuestion,
  CompletionError,
  type CompletionOptions,
  type CompletionResult,
} from "./completion.ts";
import { expectContext, summariseContext } from "./data/context.ts";
import { SEE_LAST_REPLY } from "./episode/prompt.ts";
import { UsageError } from "./errors.ts";
import { PYTHON, pythonOf } from "./languages/python/python.ts";
import { PersistentRepls } from "./repl/persistent-repls.ts";
import type { ReplPool } from "./repl/repl.ts";
import { type Replayed, replayEpisode } from "./replay/replay.ts";
import type { Trajectory } from "./trajectory.ts";
import type { Context, Json } from "./types.ts";

/** Further contexts travel as code, and are bounded for that reason. The first one is not. */
const MOST_CHARS = 2 ** 24;

/** The options of all questions of a session, as those of `completion`. `rolloutId` is the beginning of their ids. */
export type SessionOptions = Omit<CompletionOptions, "prompt" | "context">;

/** One question. A context that comes with a later one is added beside the earlier ones. */
export interface SessionQuestion {
  readonly prompt: string;
  readonly context?: Context;
}

/** A session. Questions are asked one after the other. */
export interface Session {
  /** Answers a question in the REPL as the earlier ones left it. Throws as `completion` does; an aborted question closes the session. */
  ask(question: SessionQuestion): Promise<CompletionResult>;
  /** The records so far, for `replaySession`. */
  readonly records: readonly Trajectory[];
  /** Releases the REPL. Idempotent. */
  close(): Promise<void>;
}

/**
 * Opens a session. Its REPL has `context_0`, which is also `context`, and `context_1` and so on for contexts that later questions
 * bring; `history_0` and so on hold the messages of the questions before. Only Python can be kept. Throws `UsageError`.
 */
export function session(options: SessionOptions = {}): Session {
  const { repl = PYTHON, rolloutId = "session", repls: given, ...shared } = options;
  if (repl !== PYTHON) throw new UsageError(`session: a REPL of ${repl} cannot be kept; only python can`);
  const pool = given ?? pythonOf().openPool();
  const repls = new PersistentRepls(pool);
  const records: Trajectory[] = [];
  const contexts: Context[] = [];
  let [isBusy, isClosed] = [false, false];
  return {
    records,
    ask: async ({ prompt, context }) => {
      if (isClosed) throw new UsageError("session: it is closed");
      if (isBusy)
        throw new UsageError("session: another question is being answered; ask one after the other");
      const number = records.length;
      const added = addedContext(contexts, number, context, prompt);
      repls.prepare(preparation(records, [...contexts, ...added], added));
      isBusy = true;
      try {
        const result = await answerQuestion(
          {
            ...shared,
            repls,
            rolloutId: `${rolloutId}/${number}`,
            prompt: number === 0 ? prompt : withNames(prompt, [...contexts, ...added], added, number),
            context: contexts[0] ?? added[0]!,
          },
          { session: { question: number, contexts: contexts.length + added.length } },
        );
        contexts.push(...added);
        records.push(result.trajectory);
        return result;
      } catch (error) {
        // Without a record nobody knows what the question left in the REPL.
        if (!(error instanceof CompletionError)) isClosed = true;
        else {
          contexts.push(...added);
          records.push(error.trajectory);
        }
        throw error;
      } finally {
        isBusy = false;
      }
    },
    close: async () => {
      isClosed = true;
      await repls.close();
      if (!given) await pool.close();
    },
  };
}

/**
 * Replays the records of a session, in their order and in one REPL. `contexts` has the context of each question; undefined for one that
 * brought none, and the prompt for a first question without one. Stops at the first record that differs.
 */
export async function replaySession(
  records: readonly Trajectory[],
  contexts: readonly (Context | undefined)[],
  options: { readonly repls: ReplPool; readonly signal?: AbortSignal },
): Promise<readonly Replayed[]> {
  const [first] = contexts;
  if (first === undefined) throw new UsageError("replaySession: expected the context of the first question");
  const repls = new PersistentRepls(options.repls);
  const replayed: Replayed[] = [];
  const known: Context[] = [];
  try {
    for (const [number, record] of records.entries()) {
      const context = contexts[number];
      const added = context === undefined ? [] : [context];
      known.push(...added);
      repls.prepare(preparation(records.slice(0, number), known, added));
      const again = await replayEpisode(record, first, { ...options, repls });
      replayed.push(again);
      if (again.difference !== null) break;
    }
    return replayed;
  } finally {
    await repls.close();
  }
}

function addedContext(
  known: readonly Context[],
  number: number,
  context: Context | undefined,
  prompt: string,
): readonly Context[] {
  if (number === 0 && known.length === 0) return [context ?? prompt];
  if (context === undefined) return [];
  expectContext(context);
  if (context instanceof Uint8Array)
    throw new UsageError("session: bytes can only be the context of the first question");
  const { chars } = summariseContext(context);
  if (chars <= MOST_CHARS) return [context];
  throw new UsageError(
    `session: a later context has at most ${MOST_CHARS} characters, not ${chars}; bring it with the first question`,
  );
}

/** The code that names what the next question finds. */
function preparation(
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
