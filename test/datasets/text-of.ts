/** The context of a task whose context is one text. */
import type { Task } from "../../src/types.ts";

export function textOf(task: Task): string {
  if (typeof task.context !== "string") throw new TypeError(`${task.id}: the context is no text`);
  return task.context;
}
