/** What host and worker say to each other. The host sends requests in order and gets one reply to each. */
import type { MessagePort } from "node:worker_threads";
import type { ContextLayout } from "../state/context-layout.ts";
import type { InterpreterState } from "../state/state.ts";
import type { Wheel } from "./wheels.ts";
import type { WasmModule } from "../worker/internals.ts";

/** What every worker of a process shares. */
export interface Runtime {
  readonly module: WasmModule;
  readonly stdlib: Uint8Array<SharedArrayBuffer>;
  readonly pyodideUrl: string;
  readonly lockFile: object;
  readonly maxHeapBytes: number;
  /** Packages that a user added; each worker imports them after the lockdown. */
  readonly wheels: readonly Wheel[];
}

/** The engine's Python: modules by name, in the order of loading, and the code that loads them. */
export interface EngineSource {
  readonly loader: string;
  readonly modules: Readonly<Record<string, string>>;
}

/** Data of a worker that makes the snapshot, replies with its bytes, and ends. */
export interface SnapshotData {
  readonly kind: "snapshot";
  readonly runtime: Runtime;
  readonly engine: EngineSource;
}

/** Data of a worker that serves; its first reply is the floor, or a text on what is wrong with a wheel. */
export interface WorkerData {
  readonly kind: "serve";
  readonly runtime: Runtime;
  readonly snapshot: Uint8Array<SharedArrayBuffer>;
  /** The floor, where another worker has made it; the memory of all is the same. */
  readonly base: Uint8Array<SharedArrayBuffer> | null;
  /** Word 0 counts what the host sends, requests and replies to calls; word 1 holds 2 to interrupt Python. */
  readonly control: Int32Array;
  readonly calls: MessagePort;
}

/** The state of a clean interpreter with a context, and the number that names it among those of the process. */
export interface AttachedLayer {
  readonly id: number;
  readonly state: InterpreterState;
}

/** A clean interpreter with a context: laid out, or as the layer an earlier start made of it. */
export interface StartRequest {
  readonly type: "start";
  readonly layout: ContextLayout | null;
  readonly layer: AttachedLayer | null;
  /** Asks for the state with the context attached, for other starts with it, under this number. */
  readonly makeLayer: number | null;
  readonly seed: number;
  readonly clockNs: bigint | null;
  /** Python that defines the functions of the host's tools. */
  readonly tools: string | null;
  /** Modules that Python finds imported, with spaces between, and `+reasoning` where `llm_query` may be asked for thoughts; empty for none. */
  readonly imported: string;
}
export interface StartReply {
  readonly layer: InterpreterState | null;
  readonly heapBytes: number;
}

export interface ExecRequest {
  readonly type: "exec";
  readonly code: string;
  readonly maxOutputChars: number;
  /** The clock is put forward to it before the block. */
  readonly clockNs: bigint | null;
}
export interface ExecReply {
  /** JSON of a report; null where the interpreter came down. */
  readonly report: string | null;
  /** How it came down; it must be restored before its next use. */
  readonly crash: string | null;
  readonly heapBytes: number;
  readonly violations: number;
}

export interface LoadRequest {
  readonly type: "load";
  readonly state: InterpreterState | null;
  readonly layer: AttachedLayer | null;
}

export type WorkerRequest = StartRequest | ExecRequest | LoadRequest | { readonly type: "save" };

/** What a worker posts: a reply, or a call that Python waits for. */
export type WorkerMessage =
  | { readonly type: "reply"; readonly value?: unknown; readonly error?: string }
  | { readonly type: "call"; readonly id: number; readonly body: Uint8Array };

/** A layer on its way to a child process; no state where the child holds it already. */
export interface SentLayer {
  readonly id: number;
  readonly state: InterpreterState | null;
}

type Sent<T> = T extends { layer: unknown } ? Omit<T, "layer"> & { readonly layer: SentLayer | null } : T;

/** What the host sends a child process that holds a worker. */
export type ToChild =
  | ({ readonly type: "boot"; readonly snapshot: Uint8Array } & Pick<
      Runtime,
      "pyodideUrl" | "lockFile" | "maxHeapBytes" | "wheels"
    >)
  | { readonly type: "request"; readonly request: Sent<WorkerRequest> }
  | { readonly type: "answer"; readonly id: number; readonly body: Uint8Array }
  | { readonly type: "interrupt" };

/** What such a process sends: the worker's messages, with the length of the floor in its place, and its death. */
export type FromChild =
  | WorkerMessage
  | { readonly type: "died"; readonly message: string; readonly outOfMemory: boolean };
