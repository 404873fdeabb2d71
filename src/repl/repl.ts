/** The interface of a REPL that runs one episode at a time, and of the pool that lends them. */
import type { BlockResult, Context } from "../types.ts";
import type { CallTerms } from "./call-terms.ts";
import type { TextStore } from "./text/text-store.ts";
import type { ToolHost } from "./tool-calls.ts";

/** A call that code makes to the host and waits for. The host answers every prompt, or refuses the whole call. */
export interface HostCall {
  readonly kind: "llm_query" | "rlm_query";
  /** True for the batched form, also when it holds one prompt. */
  readonly batched: boolean;
  readonly prompts: readonly string[];
  /** The contexts of `rlm_query`, one for each prompt: JSON or text. Absent if the call passed none. */
  readonly contexts?: readonly Context[];
  readonly model: string | null;
  /** Set if the code asks for the thoughts besides the replies. */
  readonly reasoning?: true;
  /** The terms on which each prompt is asked; absent if the call names none. */
  readonly terms?: CallTerms;
}

/** The class of an error in the code, if it is not the general one. */
export type HostErrorKind = "GrantError" | "SchemaError" | "ReplyError" | "HandleError" | "TypeError";

/**
 * Replies in the order of the prompts, with the thoughts if they were asked for. `error` becomes an error with that text in the
 * code, in Python a RuntimeError.
 */
export type HostReply =
  | { readonly replies: readonly string[]; readonly reasoning?: readonly (string | null)[] }
  | { readonly error: string; readonly kind?: HostErrorKind };

/** Answers the calls that code makes to the host, such as `llm_query`. */
export type HostCallHandler = (call: HostCall) => Promise<HostReply>;

/** What an episode brings into a clean REPL. */
export interface ReplSession {
  /** A store, or a string of more than 64 Mi characters, becomes a lazy text. The caller closes the store. */
  readonly context: Context | TextStore;
  /** Fixes what `random`, `uuid4` and `os.urandom` draw. */
  readonly seed: number;
  readonly onCall: HostCallHandler;
  /** Functions of the host that code can call besides those of the contract. */
  readonly tools?: ToolHost | null;
  /** Names of modules that are already imported in Python. Default: none. */
  readonly imported?: readonly string[];
  /** Whether `llm_query` takes `reasoning=True`, and then returns thoughts, too. False before version 0.3.0 of the rules. */
  readonly asksReasoning?: boolean;
  /** Whether calls take terms, and need not be waited for. False before version 0.6.0 of the rules. */
  readonly delegates?: boolean;
  /** Whether what sub-calls return is kept in `REPLIES`, and shown by name. Python alone has it. */
  readonly keepsReplies?: boolean;
  /** Whether an answer becomes a text as `print` shows it, and `FINAL_VAR` passes over names without a value. */
  readonly printsAnswers?: boolean;
  /**
   * The time at which the REPL's clock begins, in milliseconds since 1970. Default: 2025-01-01. It moves by one microsecond
   * with each reading and by the time the code sleeps.
   */
  readonly clockMs?: number;
}

/** The bounds of one block of code: seconds, and characters of output. */
export interface ExecOptions {
  /** The code's own time in milliseconds. The wait for replies does not count; the host's work on a request does. */
  readonly timeoutMs: number;
  /** Characters of output kept for one block. The middle of longer output is left out. */
  readonly maxOutputChars: number;
  /** Interrupts the block, as its time limit does. */
  readonly signal?: AbortSignal;
  /** Moves the REPL's clock forward to this time (milliseconds since 1970) before the block. The clock never goes back. */
  readonly clockMs?: number;
}

/** The answer in the REPL after a block. */
export interface AnswerState {
  readonly content: string;
  readonly ready: boolean;
  /** What set it last: the `answer` dict, or a call of FINAL or FINAL_VAR. */
  readonly source: "answer_dict" | "final" | "final_var";
  /** True if the code set `answer` to a value that is not a dict. `content` is then its text, and `ready` is false. */
  readonly isNoDict?: boolean;
}

/** What a block of code printed and how it ended. */
export interface ExecResult {
  readonly block: BlockResult;
  readonly answer: AnswerState | null;
  /**
   * Reserved names that the block overwrote or deleted and the REPL restored, and `answer` if the block set it to None. Absent
   * if there are none.
   */
  readonly restored?: readonly string[];
}

/** An interpreter with the context and the functions of the REPL contract. */
export interface Repl {
  /** Resets the interpreter and binds the session. Throws `ReplError` if it cannot. */
  start(session: ReplSession): Promise<void>;
  /** Runs one block. The result reports the code's own errors; a dead worker throws `ReplError`. */
  exec(code: string, options: ExecOptions): Promise<ExecResult>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** A REPL whose state can be saved and resumed more than once. `State` is what its engine saves. */
export interface ForkableRepl<State = unknown> extends Repl {
  /** Saves the state between two blocks. */
  snapshot(): Promise<State>;
  /** Resumes a saved state of this REPL or of another one of the same build. */
  restore(snapshot: State, onCall: HostCallHandler, tools?: ToolHost | null): Promise<void>;
  /** Makes another REPL that starts from this state. `onCall` and `tools` answer its calls. */
  fork(onCall: HostCallHandler, tools?: ToolHost | null): Promise<ForkableRepl<State>>;
}

/** Lends REPLs. `release` makes room for the next episode; the REPL must not be used after it. */
export interface ReplPool {
  acquire(options?: { signal?: AbortSignal }): Promise<Repl>;
  release(repl: Repl): Promise<void>;
  /**
   * A pool for child episodes of this depth. Its workers never wait for an episode of a lower depth, so parents and children
   * cannot block each other. It closes with this pool. A pool without lanes lends any number of REPLs side by side.
   */
  lane?(depth: number): ReplPool;
  close(): Promise<void>;
}
