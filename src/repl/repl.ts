/** The interface of a Python REPL that runs one episode at a time, and of the pool that lends them. */
import type { BlockResult, Context } from "../types.ts";
import type { TextStore } from "./text/text-store.ts";
import type { ToolDesk } from "./tool-calls.ts";

/** A synchronous call out of Python. The host answers every prompt, or refuses the call as a whole. */
export interface HostCall {
  readonly kind: "llm_query" | "rlm_query";
  /** True for the batched form, also when it holds one prompt. */
  readonly batched: boolean;
  readonly prompts: readonly string[];
  /** The context of `rlm_query`, where one was passed; JSON or text. */
  readonly contexts?: readonly Context[];
  readonly model: string | null;
  /** Set where Python wants the thoughts beside the replies. */
  readonly reasoning?: true;
}

/** Replies in the order of the prompts, with the thoughts where they were asked for; `error` raises a RuntimeError in Python with that text. */
export type HostReply =
  | { readonly replies: readonly string[]; readonly reasoning?: readonly (string | null)[] }
  | { readonly error: string };

/** Answers the calls that Python makes to the host, such as `llm_query`. */
export type HostCallHandler = (call: HostCall) => Promise<HostReply>;

/** What an episode brings into a clean REPL. */
export interface ReplSession {
  /** A store, or a str of more than 64 Mi characters, becomes a lazy text; whoever made the store closes it. */
  readonly context: Context | TextStore;
  /** Fixes `random`, the hash seed's stream, `uuid4`, `os.urandom` and the clock. */
  readonly seed: number;
  readonly onCall: HostCallHandler;
  /** Functions of the host that Python finds beside those of the contract. */
  readonly tools?: ToolDesk | null;
  /** Modules that Python finds imported, by name; default: none. */
  readonly imported?: readonly string[];
  /** Whether `llm_query` takes `reasoning=True`, and then returns thoughts too; not so before version 0.3.0 of the rules. */
  readonly asksReasoning?: boolean;
  /** Where the REPL's clock begins, in milliseconds since 1970. It moves by itself from there, as the seed fixes it. */
  readonly clockMs?: number;
}

/** The bounds of one block of code: seconds, and characters of output. */
export interface ExecOptions {
  /** Python's own time in milliseconds; the wait for replies does not count, the host's work on a request does. */
  readonly timeoutMs: number;
  /** Characters of output kept for one block; the middle is left out. */
  readonly maxOutputChars: number;
  /** Puts the REPL's clock forward to this time before the block, in milliseconds since 1970; it never goes back. */
  readonly clockMs?: number;
}

/** The answer as it stands in the REPL after a block. */
export interface AnswerState {
  readonly content: string;
  readonly ready: boolean;
  /** Who set it last: the `answer` dict, or a call of FINAL or FINAL_VAR. */
  readonly source: "answer_dict" | "final" | "final_var";
  /** True where the code set `answer` to a value that is not a dict; `content` is its text, and `ready` is false. */
  readonly isNoDict?: boolean;
}

/** What a block of code printed and how it ended. */
export interface ExecResult {
  readonly block: BlockResult;
  readonly answer: AnswerState | null;
  /** Names of the REPL that the block had overwritten or deleted; they are as before again. Absent where there are none. */
  readonly restored?: readonly string[];
}

/** A Python interpreter with the variable `context` and the functions of the REPL contract. */
export interface Repl {
  /** Makes the interpreter clean and binds the session. Throws `ReplError` where it cannot. */
  start(session: ReplSession): Promise<void>;
  /** Runs one block. What the code did wrong is in the result; a dead worker throws `ReplError`. */
  exec(code: string, options: ExecOptions): Promise<ExecResult>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** A REPL whose state can be kept, and gone on from more than once. `State`: what its engine keeps of a state. */
export interface ForkableRepl<State = unknown> extends Repl {
  /** Saves the state as it is between two blocks. */
  snapshot(): Promise<State>;
  /** Goes on from a saved state, of this or of another REPL of the same build. */
  restore(snapshot: State, onCall: HostCallHandler, tools?: ToolDesk | null): Promise<void>;
  /** Another REPL that goes on from here by itself; `onCall` and `tools` answer its calls. */
  fork(onCall: HostCallHandler, tools?: ToolDesk | null): Promise<ForkableRepl<State>>;
}

/** Lends REPLs. `release` makes room for the next episode; the lent REPL must not be used after it. */
export interface ReplPool {
  acquire(options?: { signal?: AbortSignal }): Promise<Repl>;
  release(repl: Repl): Promise<void>;
  /**
   * A pool for child episodes of this depth, with workers that wait for no episode of a lesser one; closed with this one.
   * A pool without lanes lends any number of REPLs that run side by side.
   */
  lane?(depth: number): ReplPool;
  close(): Promise<void>;
}
