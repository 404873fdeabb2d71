/** Characters that text from a model or a foreign file may not bring onto a terminal, or into a page or a picture. */

/** Control characters except tab and line feed, and characters that reverse the direction of a line. */
// oxlint-disable-next-line no-control-regex
export const CONTROL_CHARS = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g;

/** The text with a replacement character for each control character, as XML demands. */
export function withoutControlChars(text: string): string {
  return text.replaceAll(CONTROL_CHARS, "\uFFFD");
}
