/** BABILong made here: facts of a world of our own among the sentences of a book, at any length. */
import { type Dataset, generated } from "../../src/data/dataset.ts";
import { UsageError } from "../../src/errors.ts";
import { Random } from "../../src/random.ts";
import type { Problem } from "../../src/types.ts";
import { type Background, hideFacts, ownBackground } from "./background.ts";
import { MADE_LABELS, type MadeTask } from "./labels.ts";
import { questionText } from "./questions.ts";
import { drawStory, type Story } from "./story.ts";

/** What tasks to make. */
export interface BabilongOptions {
  /** The families of tasks, which take turns. */
  readonly tasks: readonly MadeTask[];
  /** The most tokens of a text; 0 for the facts alone. */
  readonly length: number;
  readonly seed: number;
  /** The book; Moby-Dick if absent. */
  readonly background?: Background;
}

/** A drawn task: its text, and the story in it. */
export interface DrawnTask extends Story {
  readonly task: MadeTask;
  readonly context: string;
  readonly contextTokens: number;
}

/** An endless dataset; the task at an index depends on the options and the index only. Throws `UsageError` for a length that the facts do not fit. */
export function babilong(options: BabilongOptions): Dataset {
  return generated("babilong", (index) => problem(options, index));
}

/** The task at an index. Throws `UsageError` for a length that the facts do not fit. */
export function drawnAt(
  { tasks, length, seed, background = ownBackground() }: BabilongOptions,
  index: number,
): DrawnTask {
  const task = tasks[index % tasks.length]!;
  const story = drawStory(task, Random.of(seed, task, index, "story"));
  const random = Random.of(seed, task, length, index, "background");
  const text = hideFacts(story.facts, background, length === 0 ? null : length, random);
  if (text === null)
    throw new UsageError(
      `babilong: a length of ${length} tokens is too short for the facts of ${task}; expected 400 or more, or 0 for the facts alone`,
    );
  return { ...story, ...text, task };
}

function problem(options: BabilongOptions, index: number): Problem {
  const { task, context, contextTokens, question, target } = drawnAt(options, index);
  const { length, seed } = options;
  const id = `${task}-${length}-${seed}-${index}`;
  return {
    task: {
      id,
      dataset: "babilong",
      question: questionText(task, question, MADE_LABELS[task]),
      context,
      contextTokens,
      metadata: { task, length },
    },
    reference: { taskId: id, answers: [target], metadata: { question, labels: [...MADE_LABELS[task]] } },
  };
}
