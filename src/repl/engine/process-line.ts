/** A worker in a child process of its own, which Node's permission model lets read the engine's files and nothing else. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type Owed, readChildMessage } from "./child-messages.ts";
import type { SentLayer, ToChild, WorkerRequest } from "./protocol.ts";
import type { LoadedRuntime } from "./runtime.ts";
import { Replies, WorkerDied, type WorkerLine } from "./worker-line.ts";

/** Since Node 22.13 the switch has its final name. */
const PERMISSION = process.allowedNodeEnvironmentFlags.has("--permission")
  ? "--permission"
  : "--experimental-permission";
const WORKER_FOLDER = new URL("../worker/", import.meta.url);

/** Node's flags for such a process: it may read the engine's two folders and start threads. Denied is all else Node can deny. */
export function permissionFlags(pyodideUrl: string): string[] {
  const folders = [WORKER_FOLDER.href, pyodideUrl].map((url) => fileURLToPath(url));
  return [
    PERMISSION,
    "--no-warnings",
    "--allow-worker",
    ...folders.map((folder) => `--allow-fs-read=${folder}*`),
  ];
}

export class ProcessLine implements WorkerLine {
  readonly #replies = new Replies();
  readonly #child: ChildProcess;
  /** The context attached apart that the child holds. */
  #layerId: number | null = null;
  /** What it has not replied to yet, in order. */
  readonly #owed: Owed[] = ["boot"];
  /** The call that Python waits for a reply to. */
  #asked: number | null = null;

  /** @param entry what the process runs; others than the default are for tests */
  constructor({ runtime, snapshot }: LoadedRuntime, entry = new URL("child.js", WORKER_FOLDER)) {
    const { pyodideUrl, lockFile, maxHeapBytes, wheels } = runtime;
    this.#child = fork(entry, {
      execArgv: permissionFlags(pyodideUrl),
      env: {},
      cwd: "/",
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    guardChannel(this.#child, ({ message }) =>
      this.#distrust(`it sent bytes that are no message (${message})`),
    );
    this.#child.on("message", (message: unknown) => this.#hear(message));
    this.#child.on("error", (error) => this.#replies.end(new WorkerDied(error.message)));
    this.#child.on("exit", (code, signal) =>
      this.#replies.end(new WorkerDied(`the worker's process ended with ${signal ?? `code ${code}`}`)),
    );
    this.#send({ type: "boot", pyodideUrl, lockFile, maxHeapBytes, wheels, snapshot });
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
    this.#owed.push(request.type);
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
    // Python stands still while it waits, so that there is one call at a time.
    else if (this.#asked !== null) return this.#distrust("it called while it waited for a reply");
    else this.#asked = message.id;
    this.#replies.hear(message);
  }

  /** A child that does not keep to the protocol is as good as dead. */
  #distrust(why: string): void {
    this.#replies.end(new WorkerDied(`the worker's process was ended: ${why}`));
    this.#child.kill("SIGKILL");
  }

  /** What the child holds already is not sent again. */
  #lean(layer: SentLayer | null): SentLayer | null {
    if (!layer || layer.id !== this.#layerId) {
      this.#layerId = layer?.id ?? this.#layerId;
      return layer;
    }
    return { id: layer.id, state: null };
  }

  /** A child that is gone says so by its exit. */
  #send(message: ToChild): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }
}

/**
 * Node reads a child's messages before anybody is given them, and throws past everybody where the bytes are none. Its handle
 * of the channel has no public name; where a version of Node hides it otherwise, messages are read as Node reads them.
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
