/** The requests to a lazy text and the replies. Offsets are in characters (code points), as in Python's str. */
import { z } from "zod";

const offset = z.number().int().nonnegative();
/** A half-open range of characters. An `end` of null is the end of the text; offsets past the end mean the end. */
const range = { start: offset.default(0), end: offset.nullable().default(null) };
const needle = z
  .string()
  .min(1)
  .max(2 ** 20);

/** The most matches that one `grep` can ask for. */
const maxMatches = 10_000;

/**
 * A request from an interpreter that is not trusted. `find` and `rfind` return -1 if there is no occurrence. `count` counts
 * occurrences without overlaps. `lines` returns a piece of text that ends after a newline if it has one. `grep` returns the
 * matches of a pattern in Python's syntax, in which `^` and `$` match at every line.
 */
export const textRequest = z.discriminatedUnion("op", [
  z.strictObject({ op: z.literal("length") }),
  z.strictObject({ op: z.literal("slice"), ...range }),
  z.strictObject({ op: z.literal("lines"), start: offset }),
  z.strictObject({ op: z.literal("find"), needle, ...range }),
  z.strictObject({ op: z.literal("rfind"), needle, ...range }),
  z.strictObject({ op: z.literal("count"), needle, ...range }),
  z.strictObject({
    op: z.literal("grep"),
    pattern: z.string().max(10_000),
    limit: z.number().int().min(1).max(maxMatches).default(100),
    ...range,
  }),
]);
export type TextRequest = z.infer<typeof textRequest>;

/** One match. Group offsets count from the start of the match; null marks a group that did not match. */
export interface TextMatch {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly groups: readonly (readonly [start: number, end: number] | null)[];
  /** The number of the line in which the match starts, from 1. */
  readonly line: number;
  /** That line without its newline; only the part around the start of the match if the line is long. */
  readonly lineText: string;
}

/** The reply to `grep`. */
export interface GrepReply {
  readonly matches: readonly TextMatch[];
  /** Group numbers by name. */
  readonly names: { readonly [name: string]: number };
  /** False if the limit, or the size of the reply, ended the search before the end of the range. */
  readonly complete: boolean;
}

/** A number for offsets, lengths and counts; valid UTF-8 for `slice` and `lines`. */
export type TextReply = number | Uint8Array | GrepReply;

/** Where the bytes of a text are: in shared memory, or in a file as it was when the text was opened. */
export type TextOrigin =
  | { readonly kind: "shared"; readonly bytes: SharedArrayBuffer }
  | {
      readonly kind: "file";
      readonly path: string;
      readonly size: number;
      readonly mtimeMs: number;
      readonly inode: number;
    };

/** The messages to the search thread. */
export type ToThread =
  | {
      readonly kind: "ask";
      readonly id: number;
      readonly text: number;
      readonly origin: TextOrigin;
      readonly request: TextRequest;
    }
  | { readonly kind: "cancel"; readonly id: number }
  | { readonly kind: "close"; readonly text: number };

/** `usage`: the request is invalid; `data`: the bytes cannot be read; `internal`: an error of the search thread. */
export type FaultKind = "usage" | "data" | "internal";
/** The messages from the search thread. */
export type FromThread =
  | { readonly id: number; readonly reply: TextReply }
  | { readonly id: number; readonly fault: { readonly kind: FaultKind; readonly message: string } };
