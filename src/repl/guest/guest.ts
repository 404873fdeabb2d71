/** What the engine of a language brings to a worker: one WebAssembly module whose memory is the whole state of its interpreter. */
import type { ContextLayout } from "../state/context-layout.ts";
import type { GuestRuntime } from "../engine/protocol.ts";
import type { WasmMemory } from "../worker/internals.ts";

/** What a worker gives to its guest. */
export interface GuestHost {
  readonly clock: { milliseconds(): number; read(): bigint; advance(seconds: number): void };
  /** Bytes that a seed fixes. */
  readonly chance: { byte(): number; fillBytes<T extends Uint8Array>(bytes: T): T };
  /** Whether the running block has to stop. */
  isInterrupted(): boolean;
  /** Asks the host, and waits: `J` for calls of sub-models, `H` for tools. Returns the reply as it came from JSON. */
  ask(kind: "J" | "H", request: object): Record<string, unknown>;
}

/** The report of a block, in the form that the host checks. */
export interface GuestReport {
  readonly kind: "ok" | "exception" | "memory";
  readonly stdout: string;
  readonly stderr: string;
  readonly value: string | null;
  readonly exception: string | null;
  readonly outputChars: number;
  readonly omittedChars: number;
  readonly answer: {
    readonly content: string;
    readonly ready: boolean;
    readonly source: "answer_dict" | "final" | "final_var";
    readonly isNoDict?: boolean;
  } | null;
  readonly restored: readonly string[];
}

/** An interpreter in its floor state, the state every episode starts from. It keeps no state outside of its memory. */
export interface Guest {
  readonly memory: WasmMemory;
  readonly stackPointer: { value: number };
  /** Binds the context. */
  bind(layout: ContextLayout): void;
  /** Begins an episode: fixes chance, and defines the host's tools. */
  begin(session: {
    readonly seed: number;
    readonly tools: string | null;
    readonly imported: readonly string[];
  }): void;
  /** Runs one block. It may throw anything: the state is then restored. */
  run(code: string, maxOutputChars: number): GuestReport;
}

/** Makes a guest. It must call `strip` once all its modules are imported, and before it runs anything. */
export type CreateGuest = (runtime: GuestRuntime, host: GuestHost, strip: () => void) => Promise<Guest>;
