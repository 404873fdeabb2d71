/** OOLONG generated from any labelled texts: windows of any length, each with questions whose gold is computed. */
import { type Dataset, generated } from "../../src/data/dataset.ts";
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
  /** The most tokens a context may hold. */
  readonly length: number;
  readonly seed: number;
  /** Which kinds of questions are asked; all if absent. */
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

/** A question over a window, with the index of each. */
export interface Drawn {
  readonly window: Window;
  readonly windowIndex: number;
  /** The question's index among those of its window, from 0. */
  readonly turn: number;
  readonly question: Question;
}

/** Draws a question for an index; the draw depends on source, seed, length and index only. */
export function oolongDraws(options: OolongOptions): (index: number) => Drawn {
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
  return (index) => {
    const windowIndex = Math.floor(index / questionsPerWindow);
    const turn = index % questionsPerWindow;
    const window = windowAt(windowIndex);
    const question = drawQuestion(templates, window, turn, (attempt) =>
      Random.of(seed, source.name, length, index, "question", attempt),
    );
    return { window, windowIndex, turn, question };
  };
}

/** An endless dataset. Tasks of one window share `context_window_id` in their metadata. */
export function oolong(options: OolongOptions): Dataset {
  const draw = oolongDraws(options);
  const at = (index: number) => problem(draw(index), options);
  return generated("oolong", at);
}

/** A question of the kind whose turn it is, or of the next kind to which the window has a clear answer. */
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
  { window: { context, contextTokens }, windowIndex, turn, question }: Drawn,
  { source, length, seed }: OolongOptions,
): Problem {
  const { group, task, answerType, text, answers } = question;
  const windowId = `${source.name}-${length}-${seed}-${windowIndex}`;
  const id = `${windowId}-${turn}`;
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
