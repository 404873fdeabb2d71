/** The REPL that a session keeps from one question to the next, if its resets ask for that: `session()` of the library, served. */
import { readingTokens } from "../cost/tokens.ts";
import type { RLMEnv } from "../env/env.ts";
import { type KeptQuestion, KeptQuestions } from "../env/kept-questions.ts";
import { UsageError } from "../errors.ts";
import { PYTHON } from "../languages/python/python.ts";
import type { ReplPool } from "../repl/repl.ts";
import type { Trajectory } from "../trajectory.ts";
import type { Context, JsonObject, Reference, Task } from "../types.ts";

/** A task that is played, with its gold if there is one. */
export interface Asked {
  readonly task: Task;
  readonly reference: Reference | null;
  /** Set if the client sent the task: the context that it sent with it, if any. */
  readonly sent?: { readonly context: Context | undefined };
}

/** The REPL and the questions of one session. */
export class KeptRepl {
  #questions: KeptQuestions | null = null;
  #question: KeptQuestion | null = null;
  #contextTokens = 0;

  /** The pool for the next episode, over the server's. */
  over(pool: ReplPool): ReplPool {
    this.#questions ??= new KeptQuestions(pool, "reset");
    return this.#questions.repls;
  }

  /**
   * The task as the next question of the session. Its id is one of its own where others may be asked about the same context. Throws
   * `UsageError` for a task that cannot be asked, which changes nothing, and `ReplError` if the REPL was lost.
   */
  ask({ task, reference, sent }: Asked, env: RLMEnv, rolloutId: string): Omit<Asked, "sent"> {
    if (env.language.name !== PYTHON)
      throw new UsageError(`reset: keep: a REPL of ${env.language.name} cannot be kept; only python can`);
    if (env.world !== null)
      throw new UsageError("reset: keep: the environment has a world, which begins anew with each episode");
    const isFirst = this.#questions!.records.length === 0;
    const context = sent ? (sent.context ?? (isFirst ? task.context : undefined)) : task.context;
    const asked = this.#questions!.next(task.question, context);
    this.#question = asked;
    if (isFirst) this.#contextTokens = readingTokens(asked.context);
    const id = isFirst && !sent ? task.id : `${task.id}@${rolloutId}`;
    return {
      task: {
        ...task,
        id,
        question: asked.question,
        context: asked.context,
        contextTokens: this.#contextTokens,
        metadata: { ...task.metadata, ...asked.metadata },
      },
      reference: reference && { ...reference, taskId: id },
    };
  }

  /** Which question of how many contexts is played, for the opening's metadata. */
  get facts(): JsonObject {
    return this.#question ? { kept: this.#question.metadata["session"]! } : {};
  }

  /** Takes the record of the question that has ended. */
  settle(record: Trajectory): void {
    this.#question?.settle(record);
    this.#question = null;
  }

  /** Releases the REPL; a further question is then refused. Idempotent. */
  async close(): Promise<void> {
    await this.#questions?.close();
  }
}
