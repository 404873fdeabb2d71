/** The answers of Python's str, computed with arrays of code points. */
import type { GrepReply } from "../../../src/repl/text/protocol.ts";
import { TextStore } from "../../../src/repl/text/text-store.ts";

/** Makes a store for one request, and returns its reply. */
export async function ask(store: TextStore, request: unknown): Promise<unknown> {
  const reply = await store.request(request);
  return reply instanceof Uint8Array ? new TextDecoder("utf-8", { ignoreBOM: true }).decode(reply) : reply;
}

export async function grep(store: TextStore, pattern: string, limit = 10_000): Promise<GrepReply> {
  return (await store.request({ op: "grep", pattern, limit })) as GrepReply;
}

/** The number of code points in a UTF-16 text, or before an index of it. */
export function codePoints(text: string, index = text.length): number {
  return Array.from(text.slice(0, index)).length;
}

export function slice(text: string, start: number, end: number): string {
  return Array.from(text).slice(start, end).join("");
}

export function find(text: string, needle: string): number {
  const at = text.indexOf(needle);
  return at < 0 ? -1 : codePoints(text, at);
}

export function rfind(text: string, needle: string): number {
  const at = text.lastIndexOf(needle);
  return at < 0 ? -1 : codePoints(text, at);
}

export interface ReferenceMatch {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly line: number;
}

export function matchesOf(text: string, pattern: RegExp): ReferenceMatch[] {
  return Array.from(text.matchAll(pattern), (match) => {
    const start = codePoints(text, match.index);
    const line = text.slice(0, match.index).split("\n").length;
    return { start, end: start + codePoints(match[0]), text: match[0], line };
  });
}
