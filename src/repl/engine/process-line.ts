/** A worker in a child process. Node's permission model lets it read the engine's files and nothing else. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type Owed, readChildMessage } from "./child-messages.ts";
import type { GuestRuntime, Runtime, SentLayer, ToChild, WorkerRequest } from "./protocol.ts";
import type { LoadedEngine } from "./loaded-engine.ts";
import { withoutSpans } from "../state/state.ts";
import { Replies, WorkerDied, type WorkerLine } from "./worker-line.ts";

/** The flag has its final name since Node 22.13. */
const PERMISSION = process.allowedNodeEnvironmentFlags.has("--permission")
  ? "--permission"
  : "--experimental-permission";
const WORKER_FOLDER = new URL("../worker/", import.meta.url);
const GUEST_FOLDER = new URL("../guest/", import.meta.url);

/** Node's flags for the child process: it can read the worker's folder and the given ones, and start threads. Everything else is denied. */
export function permissionFlags(...more: readonly string[]): string[] {
  const folders = [WORKER_FOLDER.href, GUEST_FOLDER.href, ...more].map((url) => fileURLToPath(url));
  return [
    PERMISSION,
    "--no-warnings",
    "--allow-worker",
    ...folders.map((folder) => `--allow-fs-read=${folder}*`),
  ];
}

function foldersOf(runtime: Runtime | GuestRuntime): readonly string[] {
  return "guestUrl" in runtime ? runtime.folders : [runtime.pyodideUrl];
}

/** The first message, which tells the child what to load. */
function bootOf(runtime: Runtime | GuestRuntime, snapshot: Uint8Array): ToChild {
  if ("guestUrl" in runtime) {
    const { module: _, ...plain } = runtime;
    return { type: "bootGuest", ...plain };
  }
  const { pyodideUrl, lockFile, maxHeapBytes, wheels } = runtime;
  return { type: "boot", pyodideUrl, lockFile, maxHeapBytes, wheels, snapshot };
}

/** The line to a worker in a child process. */
export class ProcessLine implements WorkerLine {
  readonly #replies = new Replies();
  readonly #child: ChildProcess;
  /** The layer that the child holds. */
  #layerId: number | null = null;
  /** Requests without a reply so far, in order. */
  readonly #owed: Owed[] = ["boot"];
  /** The call whose reply Python is waiting for. */
  #asked: number | null = null;

  /** @param entry the script that the process runs; tests pass another one */
  constructor({ runtime, snapshot }: LoadedEngine, entry = new URL("child.js", WORKER_FOLDER)) {
    this.#child = fork(entry, {
      execArgv: permissionFlags(...foldersOf(runtime)),
      env: {},
      cwd: "/",
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    guardChannel(this.#child, ({ message }) =>
      this.#distrust(`it sent bytes that are not a message (${message})`),
    );
    this.#child.on("message", (message: unknown) => this.#hear(message));
    this.#child.on("error", (error) => this.#replies.end(new WorkerDied(error.message)));
    this.#child.on("exit", (code, signal) =>
      this.#replies.end(new WorkerDied(`the worker's process ended with ${signal ?? `code ${code}`}`)),
    );
    this.#send(bootOf(runtime, snapshot));
  }

  get died(): WorkerDied | null {
    return this.#replies.died;
  }

  set onCall(hear: (id: number, body: Uint8Array) => void) {
    this.#replies.onCall = hear;
  }

  reply<T>(): Promise<T> {
    return this.#replies.next<T>();
  }

  post(request: WorkerRequest): void {
    if (request.type !== "clear") this.#owed.push(request.type);
    this.#send({
      type: "request",
      request: "layer" in request ? { ...request, layer: this.#lean(request.layer) } : request,
    });
  }

  answer(id: number, body: Uint8Array): void {
    if (this.#asked === id) this.#asked = null;
    this.#send({ type: "answer", id, body });
  }

  interrupt(): void {
    this.#send({ type: "interrupt" });
  }

  hold(value: boolean): void {
    if (this.died) return;
    if (value) this.#child.ref();
    else this.#child.unref();
    if (value) this.#child.channel?.ref();
    else this.#child.channel?.unref();
  }

  async terminate(reason = "the worker was ended"): Promise<void> {
    this.#replies.end(new WorkerDied(reason, { byHost: true }));
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.ref();
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await gone;
  }

  #hear(raw: unknown): void {
    if (this.died) return;
    const message = readChildMessage(raw, this.#owed[0] ?? null);
    if (typeof message === "string") return this.#distrust(message);
    if (message.type === "died")
      return this.#replies.end(new WorkerDied(message.message, { outOfMemory: message.outOfMemory }));
    if (message.type === "reply") this.#owed.shift();
    // Python is blocked while it waits, so there is only one call at a time.
    else if (this.#asked !== null) return this.#distrust("it called while it waited for a reply");
    else this.#asked = message.id;
    this.#replies.hear(message);
  }

  /** Kills a child that breaks the protocol. */
  #distrust(why: string): void {
    this.#replies.end(new WorkerDied(`the worker's process was ended: ${why}`));
    this.#child.kill("SIGKILL");
  }

  /** Leaves out a state that the child holds already. */
  #lean(layer: SentLayer | null): SentLayer | null {
    if (!layer || layer.id !== this.#layerId) {
      this.#layerId = layer?.id ?? this.#layerId;
      if (!layer?.state) return layer;
      return { id: layer.id, state: { ...layer.state, memory: withoutSpans(layer.state.memory) } };
    }
    return { id: layer.id, state: null };
  }

  /** Ignores errors: a child that is gone is noticed by its exit. */
  #send(message: ToChild): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }
}

/**
 * Node parses a child's messages before it emits them, and an invalid one throws an error that no caller can catch. This
 * guard catches it at Node's handle of the channel, which has no public name. If a version of Node hides the handle in
 * another way, the channel stays unguarded.
 */
function guardChannel(child: ChildProcess, onFault: (error: Error) => void): void {
  const name = Object.getOwnPropertySymbols(child).find(
    ({ description }) => description === "kChannelHandle",
  );
  const channel = name && (Reflect.get(child, name) as { onread?: (...given: unknown[]) => void } | null);
  const read = channel?.onread;
  if (!channel || typeof read !== "function") return;
  channel.onread = function (...given: unknown[]) {
    try {
      read.apply(this, given);
    } catch (error) {
      onFault(error as Error);
    }
  };
}
