/** Removes the thoughts that a reasoning model's server leaves in the text. */

const OPEN = /^\s*<think>/;
/** A closing tag alone on its line: the chat template wrote the opening tag, so the completion lacks it. */
const CLOSE_OF_UNOPENED = /^[ \t]*<\/think>[ \t]*$/m;

/** The text after the thoughts; empty if they never end. */
export function afterThoughts(text: string): string {
  const close = (OPEN.test(text) ? /<\/think>/ : CLOSE_OF_UNOPENED).exec(text);
  if (close) return text.slice(close.index + close[0].length);
  return OPEN.test(text) ? "" : text;
}
