/** A judge that shows an answer and the gold to a model, as the authors of several benchmarks do. */
import type { Judge } from "../src/episode/contract.ts";
import { ModelError, type ModelErrorKind } from "../src/errors.ts";
import type { Model } from "../src/models/model.ts";
import type { Json, Message, Reference } from "../src/types.ts";

/** What a benchmark asks its judge, and how it reads the reply. */
export interface JudgeForm {
  readonly messages: (question: string, response: string, reference: Reference) => Message[];
  readonly read: (reply: string) => Json;
  /** The finding about an answer that is wrong without asking. */
  readonly wrong: Json;
}

/** How a model refuses an answer for what it is. */
const NOT_TAKEN: ReadonlySet<ModelErrorKind> = new Set(["rejected", "filtered", "window"]);
/** What is judged instead of an answer that the judge's model does not take, to see whether it takes any. */
const HARMLESS = "None";

/**
 * Asks the model once for each answer; counts an empty answer as wrong without asking. An answer that the model does not take,
 * because it is too long or for its words, is wrong, too, if the model takes another one.
 */
export function modelJudge(model: Model, { messages, read, wrong }: JudgeForm): Judge {
  return {
    model,
    judge: async ({ task, answer, stopReason }, reference, ask) => {
      if (stopReason !== "answered" || !answer || answer.text.trim() === "") return wrong;
      const replyTo = (text: string) => ask(messages(task.question, text, reference));
      try {
        return read(await replyTo(answer.text));
      } catch (error) {
        if (!(error instanceof ModelError && NOT_TAKEN.has(error.kind))) throw error;
        await replyTo(HARMLESS);
        return wrong;
      }
    },
  };
}
