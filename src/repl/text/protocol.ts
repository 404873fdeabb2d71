/** What is asked of a lazy text and what comes back. Offsets are in characters (code points), as in Python's str. */
import { z } from "zod";

const offset = z.number().int().nonnegative();
/** A half-open range of characters; `end` null is the text's end. Offsets past the end mean the end. */
const range = { start: offset.default(0), end: offset.nullable().default(null) };
const needle = z
  .string()
  .min(1)
  .max(2 ** 20);

/** The most matches one `grep` may ask for. */
const maxMatches = 10_000;

/**
 * A request, as it arrives from an interpreter that is not trusted. `find` and `rfind` answer -1 where there is
 * nothing; `count` counts occurrences that do not overlap; `lines` answers a piece of text that ends after a newline
 * where it holds one; `grep` answers the matches of a pattern in Python's syntax, `^` and `$` standing at every line.
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

/** One match. Group offsets count from the match's start; null marks a group that took no part. */
export interface TextMatch {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly groups: readonly (readonly [start: number, end: number] | null)[];
  /** Number of the line the match starts in, from 1. */
  readonly line: number;
  /** That line without its newline; of a long line, the part around the match's start. */
  readonly lineText: string;
}

export interface GrepReply {
  readonly matches: readonly TextMatch[];
  /** Group numbers by name. */
  readonly names: { readonly [name: string]: number };
  /** False where the limit, or the size of the reply, ended the search before the range did. */
  readonly complete: boolean;
}

/** A number for offsets, lengths and counts; valid UTF-8 for `slice` and `lines`. */
export type TextReply = number | Uint8Array | GrepReply;

/** Where a text's bytes are: in memory that threads share, or in a file as it was when the text was opened. */
export type TextOrigin =
  | { readonly kind: "shared"; readonly bytes: SharedArrayBuffer }
  | {
      readonly kind: "file";
      readonly path: string;
      readonly size: number;
      readonly mtimeMs: number;
      readonly inode: number;
    };

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

/** `usage`: the request cannot be served; `data`: the bytes cannot be had; `internal`: a fault of the thread. */
export type FaultKind = "usage" | "data" | "internal";
export type FromThread =
  | { readonly id: number; readonly reply: TextReply }
  | { readonly id: number; readonly fault: { readonly kind: FaultKind; readonly message: string } };
