/** The context of a task as one text, as an answer that hands over everything would hold it. */
import type { Task } from "../../src/types.ts";

export function textOf(task: Task): string {
  return partsOf(task).join("\n\n");
}

/** The documents of a list or dict, or the one text. */
export function partsOf({ id, context }: Task): readonly string[] {
  if (typeof context === "string") return [context];
  const parts: unknown[] = Object.values(context ?? {});
  if (!parts.every((part) => typeof part === "string"))
    throw new TypeError(`${id}: the context holds no texts`);
  return parts;
}
