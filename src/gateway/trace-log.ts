/** The gateway's files: `traces.jsonl` has the trace of each ended call, `journal.jsonl` the sessions and the begun calls. */
import { createReadStream, existsSync } from "node:fs";
import { mkdir, open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DataError } from "../errors.ts";
import { expectNoLink } from "../files/no-link.ts";
import { AppendLog, type LineRange } from "../files/append-log.ts";
import { RunLock } from "../runs/run-lock.ts";
import type { JsonObject } from "../types.ts";
import type { Reply, Trace } from "./trace.ts";

/** A line of `journal.jsonl`. If a `begun` call has no trace, the gateway ended before the call. */
export type JournalLine =
  | {
      readonly type: "session";
      readonly session_id: string;
      readonly owner?: string;
      readonly metadata: JsonObject;
      readonly sampling_params: JsonObject;
    }
  | { readonly type: "begun"; readonly call: Unended }
  | { readonly type: "left"; readonly session_id: string }
  | { readonly type: "weights"; readonly weight_version: string };

/** The facts of a call before its reply. */
export type Unended = Omit<Trace, keyof Reply | "status" | "error" | "latency_ms">;

/** The position of a trace in the file, and the fields that are needed without reading it. */
export type TraceEntry = LineRange & Pick<Trace, "trace_id" | "status" | "purpose">;

/** The open files of a gateway. */
export class TraceLog {
  readonly #lock: RunLock;
  readonly #traces: AppendLog;
  readonly #journal: AppendLog;
  readonly #reader: FileHandle;

  private constructor(lock: RunLock, traces: AppendLog, journal: AppendLog, reader: FileHandle) {
    this.#lock = lock;
    this.#traces = traces;
    this.#journal = journal;
    this.#reader = reader;
  }

  /** Opens or creates the folder. Throws `RunError` if another process writes to it. */
  static async open(folder: string): Promise<TraceLog> {
    await expectNoLink(folder);
    await mkdir(folder, { recursive: true });
    const lock = await RunLock.acquire(folder);
    const traces = await AppendLog.open(join(folder, "traces.jsonl"));
    const journal = await AppendLog.open(join(folder, "journal.jsonl"), { sync: false });
    return new TraceLog(lock, traces, journal, await open(join(folder, "traces.jsonl"), "r"));
  }

  /** Writes a trace. When this resolves, it is on disk. */
  async append(trace: Trace): Promise<TraceEntry> {
    const range = await this.#traces.appendAt(trace);
    return entryOf(range, trace);
  }

  /** Writes a line of the journal. It survives a crash of the process, but perhaps not of the machine. */
  note(line: JournalLine): Promise<void> {
    return this.#journal.append(line);
  }

  /** Reads a trace back. */
  async read({ start, bytes }: LineRange): Promise<Trace> {
    const line = Buffer.alloc(bytes);
    await this.#reader.read(line, 0, bytes, start);
    return JSON.parse(line.toString("utf8")) as Trace;
  }

  async close(): Promise<void> {
    await this.#reader.close();
    await this.#traces.close();
    await this.#journal.close();
    await this.#lock.release();
  }
}

/** The range of a trace in its file, with the fields that are needed without reading it. */
export function entryOf(range: LineRange, { trace_id, status, purpose }: Trace): TraceEntry {
  return { ...range, trace_id, status, purpose };
}

/** The parsed lines of a file with the range of each. Throws `DataError` that names a line that is not JSON. */
export async function* linesWithRanges(file: string): AsyncGenerator<{ value: unknown; range: LineRange }> {
  if (!existsSync(file)) return;
  let start = 0;
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(file, "utf8"), crlfDelay: Infinity })) {
    number += 1;
    const bytes = Buffer.byteLength(line) + 1;
    yield { value: parsed(line, `${file}:${number}`), range: { start, bytes } };
    start += bytes;
  }
}

function parsed(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new DataError(`${where}: expected one JSON object a line`, { cause: error });
  }
}
