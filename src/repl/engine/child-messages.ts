/** Validates the messages of a child process. Code that broke out of its interpreter could send anything. */
import { z } from "zod";
import type { FromChild, WorkerRequest } from "./protocol.ts";

/** What a child must reply to: its start, or a request. */
export type Owed = "boot" | Exclude<WorkerRequest["type"], "clear">;

/** Python may send 64 MiB at once. */
const MAX_CALL_BYTES = 64 << 20;
const MAX_MESSAGE_CHARS = 10_000;
const PAGE_BYTES = 1024;
/** A report holds an answer and a block's output, escaped. The block's own limit is checked when the report is parsed. */
const MAX_REPORT_CHARS = 512 << 20;

const count = z.number().int().nonnegative();
const short = z.string().max(MAX_MESSAGE_CHARS);
const bytes = z.instanceof(Uint8Array);
const heapBytes = count.max(2 ** 32);

const files = z.strictObject({
  nodes: z.array(
    z.strictObject({
      id: count,
      name: z.string(),
      parent: count,
      mode: count,
      device: count,
      times: z.tuple([z.number(), z.number(), z.number()]),
      named: z.boolean(),
      entries: z.array(z.tuple([z.string(), count])).nullable(),
      bytes: bytes.nullable(),
      link: z.string().nullable(),
    }),
  ),
  streams: z.array(
    z.strictObject({
      fd: count,
      node: count,
      path: z.string().nullable(),
      flags: z.number().int(),
      position: z.number(),
      sharedWith: count.nullable(),
    }),
  ),
  folder: z.string(),
  nextInode: count,
});

const state = z.strictObject({
  memory: z
    .strictObject({
      pages: z.instanceof(Uint32Array),
      data: bytes,
      heapBytes,
      stackPointer: count,
    })
    .refine(
      ({ pages, data }) => data.length === pages.length * PAGE_BYTES,
      "expected the data of as many pages as there are page numbers",
    )
    .refine(
      ({ pages, heapBytes: end }) =>
        pages.every((page, at) => at === 0 || page > Number(pages[at - 1])) &&
        (pages.at(-1) ?? 0) * PAGE_BYTES <= end,
      "expected page numbers in ascending order and inside the memory",
    ),
  files: files.nullable(),
  clockNs: z.bigint(),
  idleNs: z.bigint(),
  chance: count.max(2 ** 32),
});

const VALUES: Readonly<Record<Owed, z.ZodType>> = {
  boot: z.union([heapBytes, short]),
  start: z.strictObject({ layer: state.nullable(), heapBytes }),
  exec: z.strictObject({
    report: z.string().max(MAX_REPORT_CHARS).nullable(),
    crash: z.string().nullable(),
    heapBytes,
    violations: count,
  }),
  load: z.strictObject({ heapBytes }),
  save: state,
};

const message = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("died"), message: z.string(), outOfMemory: z.boolean() }),
  z.strictObject({
    type: z.literal("call"),
    id: count,
    body: bytes.refine(({ length }) => length <= MAX_CALL_BYTES),
  }),
  z.strictObject({ type: z.literal("reply"), value: z.unknown().optional(), error: z.string().optional() }),
]);

/** The message, or a sentence that says why it is invalid. `owed` is the oldest request without a reply; null for none. */
export function readChildMessage(raw: unknown, owed: Owed | null): FromChild | string {
  const read = message.safeParse(raw);
  if (!read.success) return "it sent a message of an unknown shape";
  if (read.data.type !== "reply") return read.data;
  const { error, value } = read.data;
  if (owed === null) return "it sent a reply without a request";
  if (error !== undefined) return { type: "reply", error: error.slice(0, MAX_MESSAGE_CHARS) };
  const checked = VALUES[owed].safeParse(value);
  return checked.success
    ? { type: "reply", value: checked.data }
    : `its reply to ${owed} has the wrong shape`;
}
