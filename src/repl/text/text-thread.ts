/** The thread that searches all texts of the process. The first request starts it, and closing the last text ends it. */
import { Worker } from "node:worker_threads";
import { DataError, ReplError, UsageError } from "../../errors.ts";
import type { FaultKind, FromThread, TextOrigin, TextReply, TextRequest, ToThread } from "./protocol.ts";

/** A text as the thread knows it. */
export interface ThreadText {
  readonly id: number;
  readonly origin: TextOrigin;
}

interface Waiting {
  readonly text: number;
  readonly resolve: (reply: TextReply) => void;
  readonly reject: (reason: unknown) => void;
}

let worker: Worker | null = null;
let requests = 0;
const open = new Set<number>();
const waiting = new Map<number, Waiting>();

/** Keeps the thread for a text until `closeText`. */
export function retainText(id: number): void {
  open.add(id);
}

/** Forgets a text; its requests in flight fail. Idempotent. */
export function closeText(id: number): void {
  if (!open.delete(id) || worker === null) return;
  for (const [request, { text }] of waiting)
    if (text === id) cancel(worker, request, new UsageError("the text was closed"));
  worker.postMessage({ kind: "close", text: id } satisfies ToThread);
  if (open.size > 0) return;
  const last = worker;
  worker = null;
  void last.terminate();
}

/**
 * Sends one request to a text. Throws `UsageError` for an invalid request, `DataError` for a file that is gone or changed,
 * `ReplError` if the thread died, and the signal's reason if it aborts.
 */
export async function askText(
  text: ThreadText,
  request: TextRequest,
  signal?: AbortSignal,
): Promise<TextReply> {
  signal?.throwIfAborted();
  const thread = (worker ??= startWorker());
  const id = requests++;
  const abort = () => cancel(thread, id, signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    return await new Promise<TextReply>((resolve, reject) => {
      waiting.set(id, { text: text.id, resolve, reject });
      thread.ref();
      thread.postMessage({ kind: "ask", id, text: text.id, origin: text.origin, request } satisfies ToThread);
    });
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}

function startWorker(): Worker {
  const started = new Worker(new URL("./worker.js", import.meta.url), {
    env: {},
    execArgv: [],
    name: "text",
  });
  started.unref();
  started.on("message", receive);
  started.on("error", (error) => detach(started, new ReplError(`the search thread died: ${error.message}`)));
  started.on("exit", () => detach(started, new ReplError("the search thread ended")));
  return started;
}

function receive(message: FromThread): void {
  const request = settle(message.id);
  if ("reply" in message) request?.resolve(message.reply);
  else request?.reject(errorOf(message.fault.kind, message.fault.message));
}

function cancel(thread: Worker, request: number, reason: unknown): void {
  thread.postMessage({ kind: "cancel", id: request } satisfies ToThread);
  settle(request)?.reject(reason);
}

/** Removes a request from those in flight. A thread without requests does not keep the process alive. */
function settle(id: number): Waiting | undefined {
  const request = waiting.get(id);
  waiting.delete(id);
  if (waiting.size === 0) worker?.unref();
  return request;
}

/** Forgets a thread that ended, and fails its requests in flight. The next request starts another. */
function detach(ended: Worker, reason: Error): void {
  if (worker !== ended) return;
  worker = null;
  for (const request of waiting.values()) request.reject(reason);
  waiting.clear();
}

function errorOf(kind: FaultKind, message: string): Error {
  if (kind === "usage") return new UsageError(message);
  return kind === "data" ? new DataError(message) : new ReplError(`the search thread failed: ${message}`);
}
