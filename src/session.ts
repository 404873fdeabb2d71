/** Several questions in one REPL: what one of them left there, the next ones find. */
import {
  answerQuestion,
  CompletionError,
  type CompletionOptions,
  type CompletionResult,
} from "./completion.ts";
import { KeptQuestions, preparation } from "./env/kept-questions.ts";
import { UsageError } from "./errors.ts";
import { PYTHON, pythonOf } from "./languages/python/python.ts";
import { PersistentRepls } from "./repl/persistent-repls.ts";
import type { ReplPool } from "./repl/repl.ts";
import { type Replayed, replayEpisode } from "./replay/replay.ts";
import type { Trajectory } from "./trajectory.ts";
import type { Context } from "./types.ts";

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
  const kept = new KeptQuestions(pool, "session");
  let [isBusy, isClosed] = [false, false];
  return {
    records: kept.records,
    ask: async ({ prompt, context }) => {
      if (isClosed) throw new UsageError("session: it is closed");
      if (isBusy)
        throw new UsageError("session: another question is being answered; ask one after the other");
      const number = kept.records.length;
      const asked = kept.next(prompt, context ?? (number === 0 ? prompt : undefined));
      isBusy = true;
      try {
        const result = await answerQuestion(
          {
            ...shared,
            repls: kept.repls,
            rolloutId: `${rolloutId}/${number}`,
            prompt: asked.question,
            context: asked.context,
          },
          asked.metadata,
        );
        asked.settle(result.trajectory);
        return result;
      } catch (error) {
        // Without a record nobody knows what the question left in the REPL.
        if (!(error instanceof CompletionError)) isClosed = true;
        else asked.settle(error.trajectory);
        throw error;
      } finally {
        isBusy = false;
      }
    },
    close: async () => {
      isClosed = true;
      await kept.close();
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
