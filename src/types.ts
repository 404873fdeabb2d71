/**
 * The vocabulary of the gym as types: task, observation, action, call and so on.
 * This file imports nothing but the text file, so that everything may import it.
 */
import type { TextFile } from "./text-file.ts";

/** A JSON value. Trajectories, tasks and references consist only of these. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
/** A JSON object, as files and configurations hold it. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** The context in the REPL, such as the variable `context` in Python: a text, bytes, any JSON value as the language has it, or a file. */
export type Context = Json | Uint8Array | TextFile;

/** What a policy is told about a context that it never sees whole. Lengths are in characters (bytes for `bytes`). */
export interface ContextSummary {
  readonly type: "str" | "list" | "dict" | "bytes" | "int" | "float" | "bool" | "None";
  /** Characters of the text, or of all the parts together; a part that is not text counts by its JSON. */
  readonly chars: number;
  /** Number of list items or dict keys; absent for other types. */
  readonly parts?: number;
  /** The type of a list's items, if it is not str; `mixed` if there are several. */
  readonly items?: "list" | "dict" | "int" | "float" | "bool" | "None" | "mixed";
  /** Content address of the context: sha256 of its canonical bytes, in hex. */
  readonly sha256: string;
}

/** One question over one long context. Plain data; holds no gold. */
export interface Task {
  /** Unique within its dataset. */
  readonly id: string;
  readonly dataset: string;
  readonly question: string;
  readonly context: Context;
  /** Tokens of one full reading of the context. */
  readonly contextTokens: number;
  /** Public facts such as the variant or the nominal length. Never gold. */
  readonly metadata: JsonObject;
}

/** The gold of a task. Rewards and oracles read it; it never enters a prompt or a worker. */
export interface Reference {
  readonly taskId: string;
  /** Accepted answers; how they combine (all, any, a set) is the scorer's business. */
  readonly answers: readonly string[];
  readonly metadata: JsonObject;
}

/** A task together with its gold, as a dataset yields it. */
export interface Problem {
  readonly task: Task;
  readonly reference: Reference;
}

/** Compares an answer with the gold; a number in [0, 1]. */
export type Scorer = (answer: string, reference: Reference) => number;

/** An embedding model: a vector for each text, in their order, all of one size. */
export type Embed = (texts: readonly string[]) => Promise<readonly (readonly number[])[]>;

/** An answer beside what it is scored by. */
export interface Answered {
  readonly answer: string;
  readonly reference: Reference;
}

/** The sender of a message. */
export type Role = "system" | "user" | "assistant" | "tool";

/** A native function call in an assistant message. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** The JSON text of an object; if the model wrote nothing that can be read as one, the text that it wrote. */
  readonly arguments: string;
  /** What the model wrote, if `arguments` is a conversion of it to JSON, for example from a Python dict. */
  readonly written?: string;
  /** What goes back to the server instead of `arguments`, if those are not the JSON text of an object. */
  readonly sentAs?: string;
  /** Fields of the call that the server wants back unchanged, such as Gemini's `extra_content`. */
  readonly extra?: JsonObject;
}

/** The field in which a server returned a model's thoughts; they go back to it in the same field. */
export type ReasoningFormat =
  | "reasoning_content"
  | "reasoning"
  | "reasoning_details"
  | "thinking_blocks"
  | "parts"
  | "items"
  | "text";

/**
 * What a model thought before it answered. It is never parsed, run or used as an answer, and `Completion.text` does not
 * contain it.
 */
export interface Reasoning {
  /** All thoughts of the completion, joined by newlines; empty if the server did not disclose them. */
  readonly text: string;
  /** Tokens of the thoughts, which are part of `usage.completionTokens`; absent if the server does not say. */
  readonly tokens?: number;
  /** The server's signature of the thoughts, by which it recognizes them. */
  readonly signature?: string;
  /** Absent for thoughts that no server reported, such as those in a scripted text. */
  readonly place?: ReasoningFormat;
  /** The whole text as the model wrote it, including thoughts and their marks, if they were part of the text. */
  readonly written?: string;
  /** The server's own parts or items, which must go back unchanged: signed, encrypted or redacted thoughts. */
  readonly parts?: readonly JsonObject[];
}

/** Which thoughts go back to the server with the conversation: all, those of the last turn, or none. */
export type ReasoningHistory = "keep" | "last" | "drop";

/**
 * One chat message. Only assistant messages have `toolCalls` and `reasoning`, only tool messages `toolCallId`. A message
 * without `reasoning` is sent without thoughts.
 */
export interface Message {
  readonly role: Role;
  readonly content: string;
  readonly toolCalls?: readonly ToolCall[];
  readonly toolCallId?: string;
  readonly reasoning?: Reasoning;
  /** Images after the text of a user's message, as data URLs. */
  readonly images?: readonly string[];
}

/** Tokens of one call. `cachedTokens` are part of `promptTokens`. */
export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
}

/** Token ids and log-probabilities as reported by the engine that sampled them; never re-tokenised text. */
export interface SampledTokens {
  readonly promptIds?: readonly number[];
  readonly completionIds?: readonly number[];
  readonly logprobs?: readonly number[];
  /** The version of the weights that sampled, and the trace that a gateway kept, if there was one. */
  readonly weightVersion?: string;
  readonly traceId?: string;
}

/** What a small network saw and chose in a turn: all that is needed to train one on the record. */
export interface Decision {
  /** The network's input, one number per feature. */
  readonly features: readonly number[];
  /** Which choices of the first head were allowed. */
  readonly legal: readonly boolean[];
  /** The index chosen from each head; 0 for heads that the move does not use. */
  readonly choices: readonly number[];
  /** Of the whole move, under the policy that made it; null if it was not sampled. */
  readonly logProbability: number | null;
  /** The reward that the network expected; null if it makes no prediction. */
  readonly value: number | null;
}

/** Why the engine stopped writing. */
export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter" | "unknown";

/** A model's reply. `usage` is null if the server reported none: an unknown cost is not zero. */
export interface Completion {
  readonly text: string;
  /** What the model thought before it wrote `text`; absent if it did not think. */
  readonly reasoning?: Reasoning;
  readonly toolCalls: readonly ToolCall[];
  readonly finishReason: FinishReason;
  readonly model: string;
  readonly usage: Usage | null;
  /** `reported` by the server, `counted` with the built-in tokenizer, or `simulated`. */
  readonly usageSource: UsageSource;
  readonly tokens?: SampledTokens;
  /** Set if a network of macro moves made it. */
  readonly decision?: Decision;
  /** Requests made for this completion; more than one after retries. */
  readonly attempts: number;
}
/** The source of a call's token counts. */
export type UsageSource = "reported" | "counted" | "simulated" | "unknown";

/**
 * A version of the rules that decide what a policy's completion means and what the policy is told: parsing, prompts,
 * observations, sampling seeds, reservations. A record names its version and replays by it; a record without one was made by 0.1.0.
 */
export type RulesVersion = "0.1.0" | "0.2.0" | "0.3.0" | "0.4.0" | "0.5.0" | "0.6.0";
/** The rules of new episodes. */
export const CURRENT_RULES: RulesVersion = "0.6.0";

/** A wording of the prompts: for most models, for small ones, or close to the paper's. */
export type PromptStyle = "default" | "small" | "paper";

/** The form in which a completion contains code to run and the answer. */
export type Dialect = "repl" | "tool";

/** What a policy does in one turn: a completion to be parsed, or code or an answer directly. */
export type Action = string | Completion | { readonly code: string } | { readonly answer: string };

/** How an answer was given. `standing`: it was in `answer` but not marked ready when a limit ended the episode. */
export type AnswerSource = "answer_dict" | "final" | "final_var" | "action" | "standing";
/** The policy's answer, and how it was given. */
export interface Answer {
  readonly text: string;
  readonly source: AnswerSource;
}

/**
 * How a block of code ended. `timeout`: interrupted, state kept. `killed`: it did not stop.
 * `memory`: MemoryError or a heap at its cap. `violation`: it touched what the sandbox locks.
 */
export type ExecOutcome = "ok" | "exception" | "timeout" | "killed" | "memory" | "violation";

/** The output of one block. Text is already cut; the counts say by how many characters. */
export interface BlockResult {
  readonly code: string;
  readonly outcome: ExecOutcome;
  readonly stdout: string;
  readonly stderr: string;
  /** `repr` of the last expression's value; null if there was none or it was None. */
  readonly value: string | null;
  /** The traceback's last lines; null if nothing was raised. */
  readonly exception: string | null;
  /** Characters written to stdout, stderr, value and exception together, and how many of them were cut. */
  readonly outputChars: number;
  readonly omittedChars: number;
  /** False if the code's variables are lost after it. */
  readonly stateKept: boolean;
}

/** What the policy sees: `text` verbatim, the rest for policies that are not language models. */
export interface Observation {
  /** Turns taken so far: 0 after reset. */
  readonly turn: number;
  readonly turnsLeft: number;
  readonly text: string;
  readonly question: string;
  readonly context: ContextSummary;
  /** The blocks run in this turn, in order. */
  readonly results: readonly BlockResult[];
  /** Why the completion could not be read; null if it could. */
  readonly invalid: string | null;
}

/**
 * How observations look. `constant`: what they say, and the most that they hold, does not depend on the length of the context or of
 * an output. `maxChars` is the most output of a turn (default 2000).
 */
export interface ObservationOptions {
  readonly form: "constant";
  readonly maxChars?: number;
}

/** The same with its bound, as records keep it. */
export type ConstantObservations = Required<ObservationOptions>;

/**
 * What happens to the policy's old turns. `drop`: keeps only the first messages and the last `keepTurns` turns. `summarise`:
 * once the conversation is longer than `whenTokens`, a model's summary replaces all turns except the last `keepTurns`
 * (default 1). `offload`: keeps the first messages and the last `keepTurns` turns (default 1); those before go into variables of
 * the REPL, and a text of fixed length says where they are.
 */
export type HistoryOptions =
  | { readonly mode: "off" }
  | { readonly mode: "drop"; readonly keepTurns: number }
  | { readonly mode: "summarise"; readonly whenTokens: number; readonly keepTurns?: number }
  | { readonly mode: "offload"; readonly keepTurns?: number };

/**
 * Why an episode ended; a closed set. `max_window`: the policy's prompt no longer fits into its model's window.
 * `cancelled`: the parent ended the child, or ended itself first. `content_filter`: a content filter refused the policy's prompt. `rejected`: the policy's
 * model rejects what the episode has come to hold.
 */
export type StopReason =
  | "answered"
  | "max_window"
  | "content_filter"
  | "rejected"
  | "max_turns"
  | "max_calls"
  | "max_tokens"
  | "max_dollars"
  | "max_seconds"
  | "cancelled"
  | "infra_error";

/** Limits of one episode. Reaching one truncates the episode; it does not count as a failed answer. */
export interface Limits {
  readonly maxTurns: number;
  /** Model calls at every depth, including the policy's own. */
  readonly maxCalls: number;
  /** Prompt and completion tokens of all calls at every depth. */
  readonly maxTokens: number;
  readonly maxDollars: number;
  readonly maxSeconds: number;
  /** Seconds of code in one block, not counting the wait for sub-models. */
  readonly maxExecSeconds: number;
  /** Characters of output shown to the policy for one block. */
  readonly maxOutputChars: number;
  /** Completion tokens of one call. */
  readonly maxCompletionTokens: number;
  /** Completion tokens, and prompt tokens that no cache held, of all calls at every depth. Default: no bound of their own. */
  readonly maxNewTokens?: number;
  /** Turns of the episode and of all children below it. Default: no bound. */
  readonly maxTreeTurns?: number;
  /** Children in the whole tree. Default: no bound. */
  readonly maxChildren?: number;
  /** Children of one episode that play at the same time; others wait. Default: 32. */
  readonly maxChildrenAtOnce?: number;
}
