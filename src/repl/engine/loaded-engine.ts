/** An engine that is loaded once for all its workers, whatever its language. */
import type { GuestRuntime, Runtime } from "./protocol.ts";

/** The names of errors as the language of an engine writes them. */
export interface ErrorNames {
  /** The time is over. */
  readonly time: string;
  readonly memory: string;
  /** The stack is used up. */
  readonly stack: string;
  /** Something that the sandbox forbids. */
  readonly permission: string;
  /** The interpreter came down. */
  readonly system: string;
  /** The code ended the interpreter. */
  readonly exit: string;
}

/** The loaded engine. */
export interface LoadedEngine {
  readonly runtime: Runtime | GuestRuntime;
  /** The interpreter's snapshot, from which workers start; empty for an engine that has none. */
  readonly snapshot: Uint8Array<SharedArrayBuffer>;
  /** Identifies the build. A saved state can be restored only under the same key. */
  readonly key: string;
  /** The language's name in messages. */
  readonly title: string;
  readonly errorNames: ErrorNames;
}
