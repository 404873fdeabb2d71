/** OOLONG made from any labelled texts: windows of any length, each with questions of which the gold is computed. */
import type { Dataset } from "../../src/dataset.ts";
import { UsageError } from "../../src/errors.ts";
import { Random } from "../../src/random.ts";
import type { Problem } from "../../src/types.ts";
import { COUNTING } from "./counting.ts";
import type { Question, TaskGroup, Template } from "./question.ts";
import { TIMELINE } from "./timeline.ts";
import { USERS } from "./users.ts";
import { drawWindow, type LabelledSource, type Window } from "./window.ts";

export interface OolongOptions {
  readonly source: LabelledSource;
  /** Tokens that a context holds at most. */
  readonly length: number;
  readonly seed: number;
  /** Which kinds of questions are asked; all where absent. */
  readonly groups?: readonly TaskGroup[];
  /** Questions over one window before the next is drawn; 25 as published. */
  readonly questionsPerWindow?: number;
}

const TEMPLATES: Readonly<Record<TaskGroup, readonly Template[]>> = {
  counting: COUNTING,
  user: USERS,
  timeline: TIMELINE,
};

/** Attempts at one kind of question before the next kind is tried. */
const ATTEMPTS = 5;

/**
 * An endless dataset; the task at an index depends on source, seed, length and index alone. Tasks of one window share
 * `context_window_id` in their metadata.
 */
export function oolong(options: OolongOptions): Dataset {
  const { source, length, seed, questionsPerWindow = 25 } = options;
  const templates = (options.groups ?? (["counting", "user", "timeline"] as const)).flatMap(
    (group) => TEMPLATES[group],
  );
  let last: { index: number; window: Window } | null = null;
  const windowAt = (index: number) => {
    if (last?.index !== index) {
      const window = drawWindow(source, length, Random.of(seed, source.name, length, index, "window"));
      last = { index, window };
    }
    return last.window;
  };
  const at = (index: number): Promise<Problem> => {
    const windowIndex = Math.floor(index / questionsPerWindow);
    const window = windowAt(windowIndex);
    const question = drawQuestion(templates, window, index % questionsPerWindow, (attempt) =>
      Random.of(seed, source.name, length, index, "question", attempt),
    );
    const windowId = `${source.name}-${length}-${seed}-${windowIndex}`;
    return Promise.resolve(
      problem(`${windowId}-${index % questionsPerWindow}`, windowId, window, question, options),
    );
  };
  return {
    name: "oolong",
    size: Infinity,
    at,
    async *[Symbol.asyncIterator]() {
      for (let index = 0; ; index += 1) yield await at(index);
    },
  };
}

/** A question of the kind whose turn it is, or of the next kind that the window has a clear answer to. */
function drawQuestion(
  templates: readonly Template[],
  window: Window,
  turn: number,
  stream: (attempt: number) => Random,
): Question {
  for (let attempt = 0; attempt < ATTEMPTS * templates.length; attempt += 1) {
    const template = templates[(turn + Math.floor(attempt / ATTEMPTS)) % templates.length] as Template;
    const question = template(window, stream(attempt));
    if (question) return question;
  }
  throw new UsageError(
    `oolong: a window of ${window.lines.length} line(s) has no clear answer to any question`,
  );
}

function problem(
  id: string,
  windowId: string,
  { context, contextTokens }: Window,
  { group, task, answerType, text, answers }: Question,
  { source, length }: OolongOptions,
): Problem {
  return {
    task: {
      id,
      dataset: "oolong",
      question: text,
      context,
      contextTokens,
      metadata: {
        source: source.name,
        context_len: length,
        context_window_id: windowId,
        task_group: group,
        task,
        answer_type: answerType,
      },
    },
    reference: { taskId: id, answers, metadata: { answer_type: answerType } },
  };
}
