/** The messages between host and worker. The host sends requests in order and gets one reply to each. */
import type { MessagePort } from "node:worker_threads";
import type { ContextLayout } from "../state/context-layout.ts";
import type { InterpreterState } from "../state/state.ts";
import type { Wheel } from "./wheels.ts";
import type { WasmModule } from "../worker/internals.ts";

/** What all workers of a process share. */
export interface Runtime {
  readonly module: WasmModule;
  readonly stdlib: Uint8Array<SharedArrayBuffer>;
  readonly pyodideUrl: string;
  readonly lockFile: object;
  readonly maxHeapBytes: number;
  /** Packages that a user added; each worker imports them after the lockdown. */
  readonly wheels: readonly Wheel[];
}

/** What all workers of an engine share that is one WebAssembly module and the code around it, such as QuickJS. */
export interface GuestRuntime {
  /** The URL of the worker's file with `createGuest`. */
  readonly guestUrl: string;
  readonly module: WasmModule;
  /** Where a child process finds the module. */
  readonly wasmUrl: string;
  /** The folders that a child process may read besides the worker's own, as URLs. */
  readonly folders: readonly string[];
  /** What else the guest needs, as plain values. */
  readonly settings: Readonly<Record<string, string>>;
  readonly maxHeapBytes: number;
}

/** The engine's Python: modules by name, in the order of loading, and the code that loads them. */
export interface EngineSource {
  readonly loader: string;
  readonly modules: Readonly<Record<string, string>>;
}

/** The data of a worker that makes the snapshot, replies with its bytes, and ends. */
export interface SnapshotData {
  readonly kind: "snapshot";
  readonly runtime: Runtime;
  readonly engine: EngineSource;
}

/** The data of a worker that serves. Its first reply is the floor, or a text that says what is wrong with a wheel. */
export interface WorkerData {
  readonly kind: "serve";
  readonly runtime: Runtime | GuestRuntime;
  readonly snapshot: Uint8Array<SharedArrayBuffer>;
  /** The floor, if another worker has made it. It is the same for all workers. */
  readonly base: Uint8Array<SharedArrayBuffer> | null;
  /** Word 0 counts the host's messages (requests, and replies to calls). Word 1 is 2 to interrupt Python. */
  readonly control: Int32Array;
  readonly calls: MessagePort;
  /** The memory through which short blocks go; null in a child process, whose host shares no memory. */
  readonly mailbox: SharedArrayBuffer | null;
}

/** The state of a clean interpreter with a context, and its number, which is unique in the process. */
export interface AttachedLayer {
  readonly id: number;
  readonly state: InterpreterState;
}

/** Asks for a clean interpreter with a context, given as a layout or as a layer that an earlier start made. */
export interface StartRequest {
  readonly type: "start";
  readonly layout: ContextLayout | null;
  readonly layer: AttachedLayer | null;
  /** Asks for a layer with this number, for later starts with the same context; null for none. */
  readonly makeLayer: number | null;
  readonly seed: number;
  readonly clockNs: bigint | null;
  /** Python that defines the functions of the host's tools. */
  readonly tools: string | null;
  /**
   * Names of modules to import, separated by spaces, with `+reasoning` among them if `llm_query` can be asked for thoughts,
   * `+delegates` if calls take terms, `+replies` if their replies are kept, and `+printed` if answers are taken as they are printed; empty for none.
   */
  readonly imported: string;
}
/** The reply to a start: the layer if one was asked for, and the memory's size in bytes. */
export interface StartReply {
  readonly layer: InterpreterState | null;
  readonly heapBytes: number;
}

/** Asks to run a block of code. */
export interface ExecRequest {
  readonly type: "exec";
  readonly code: string;
  readonly maxOutputChars: number;
  /** The clock is moved forward to this time before the block; null leaves it. */
  readonly clockNs: bigint | null;
}
/** The reply to a block. `violations` counts forbidden calls. */
export interface ExecReply {
  /** The report as JSON; null if the interpreter crashed. */
  readonly report: string | null;
  /** How the interpreter crashed; null if it did not. It must be restored before its next use. */
  readonly crash: string | null;
  readonly heapBytes: number;
  readonly violations: number;
}

/** Asks to restore a saved state, or the floor if `state` is null. */
export interface LoadRequest {
  readonly type: "load";
  readonly state: InterpreterState | null;
  readonly layer: AttachedLayer | null;
}

/** The host's requests to a worker. `clear` forgets the episode at once, so that the next one waits less; it has no reply. */
export type WorkerRequest =
  | StartRequest
  | ExecRequest
  | LoadRequest
  | { readonly type: "save" }
  | { readonly type: "clear" };

/** A worker's message: a reply, or a call that Python waits for. */
export type WorkerMessage =
  | { readonly type: "reply"; readonly value?: unknown; readonly error?: string }
  | { readonly type: "call"; readonly id: number; readonly body: Uint8Array };

/** A layer as it is sent to a child process. The state is null if the child holds it already. */
export interface SentLayer {
  readonly id: number;
  readonly state: InterpreterState | null;
}

type Sent<T> = T extends { layer: unknown } ? Omit<T, "layer"> & { readonly layer: SentLayer | null } : T;

/** The host's messages to a child process with a worker. */
export type ToChild =
  | ({ readonly type: "boot"; readonly snapshot: Uint8Array } & Pick<
      Runtime,
      "pyodideUrl" | "lockFile" | "maxHeapBytes" | "wheels"
    >)
  | ({ readonly type: "bootGuest" } & Omit<GuestRuntime, "module">)
  | { readonly type: "request"; readonly request: Sent<WorkerRequest> }
  | { readonly type: "answer"; readonly id: number; readonly body: Uint8Array }
  | { readonly type: "interrupt" };

/** A child process's messages: those of its worker, with the floor's length instead of the floor, and the worker's death. */
export type FromChild =
  | WorkerMessage
  | { readonly type: "died"; readonly message: string; readonly outOfMemory: boolean };
