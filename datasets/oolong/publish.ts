/** Writes generated tasks in the layout of `oolongbench/oolong-synth`, so that its readers can read them. */
import type { JsonObject } from "../../src/types.ts";
import { formatList } from "../python-literal.ts";
import { oolongDraws, type OolongOptions } from "./oolong.ts";
import { ALL, type Question } from "./question.ts";
import { renderLine, type Window } from "./window.ts";

/** The first `count` rows, numbered from 0, as are their windows. */
export function* oolongRows(options: OolongOptions, count: number): Generator<JsonObject> {
  const draw = oolongDraws(options);
  for (let id = 0; id < count; id += 1) {
    const { window, windowIndex, question } = draw(id);
    yield {
      id,
      ...windowFields(window, windowIndex, options),
      question: question.text,
      task_group: question.group,
      task: question.task,
      answer: answerLiteral(question),
      answer_type: question.answerType,
      input_subset: question.text.startsWith(ALL) ? "False" : "True",
    };
  }
}

/** The columns that all rows of a window share. */
export function windowFields(
  window: Window,
  windowIndex: number,
  { source, length }: Pick<OolongOptions, "source" | "length">,
): JsonObject {
  return {
    context_window_id: windowIndex,
    context_len: length,
    dataset: source.name,
    num_labels: window.labels.length,
    context_window_text: window.context,
    context_window_text_with_labels: labelledText(window),
  };
}

function labelledText({ lines, context }: Window): string {
  const plain = lines.map(renderLine).join("\n");
  const labelled = lines.map((line) => `${renderLine(line)} || Label: ${line.label}`).join("\n");
  return context.replace(plain, () => labelled);
}

function answerLiteral({ answers, answerType }: Question): string {
  if (answerType === "ANSWER_TYPE.NUMERIC") return `[${answers.join(", ")}]`;
  if (answerType !== "ANSWER_TYPE.DATE") return formatList(answers);
  const dates = answers.map((date) => `datetime.date(${date.split("-").map(Number).join(", ")})`);
  return `[${dates.join(", ")}]`;
}
