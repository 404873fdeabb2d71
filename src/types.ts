/**
 * The vocabulary of the gym as types: what a task, an observation, an action, a call and a trajectory are.
 * This file imports nothing, so that everything may import it.
 */

/** A JSON value. Trajectories, tasks and references are made of nothing else. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
/** A JSON object, as files and configurations hold it. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** What the REPL binds to the variable `context`: a text as str, bytes, or any JSON value as the Python value it stands for. */
export type Context = Json | Uint8Array;

/** What a policy is told of a context it never sees whole. Lengths are in characters (bytes for `bytes`). */
export interface ContextSummary {
  readonly type: "str" | "list" | "dict" | "bytes" | "int" | "float" | "bool" | "None";
  /** Characters of the text, or of all the parts together; a part that is not text counts with its JSON. */
  readonly chars: number;
  /** Number of list items or dict keys; absent for other types. */
  readonly parts?: number;
  /** The type of a list's items, where it is another than str; `mixed` where they have several. */
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

/** Who speaks in a message. */
export type Role = "system" | "user" | "assistant" | "tool";

/** A native function call in an assistant message. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** The JSON text of an object; where the model wrote nothing that can be read as one, the text that it wrote. */
  readonly arguments: string;
  /** What the model wrote, where `arguments` is the same thing put into JSON, such as a dict in Python's notation. */
  readonly written?: string;
  /** What goes back to the server instead of `arguments`, where those are not the JSON text of an object. */
  readonly sentAs?: string;
  /** Fields of the call that the server wants back as they are, such as Gemini's `extra_content`. */
  readonly extra?: JsonObject;
}

/** Where a server put a model's thoughts; they go back to it in the same place. */
export type ReasoningPlace =
  | "reasoning_content"
  | "reasoning"
  | "reasoning_details"
  | "thinking_blocks"
  | "parts"
  | "items"
  | "text";

/**
 * What a model thought before it answered. It is never parsed, run or taken for an answer, and `Completion.text` does not
 * contain it.
 */
export interface Reasoning {
  /** All thoughts of the completion, joined by newlines; empty where the server kept them to itself. */
  readonly text: string;
  /** Tokens of the thoughts, which are part of `usage.completionTokens`; absent where the server does not say. */
  readonly tokens?: number;
  /** The server's signature of the thoughts, by which it knows them again. */
  readonly signature?: string;
  /** Absent for thoughts that no server reported, such as those in a text that a script wrote. */
  readonly place?: ReasoningPlace;
  /** The whole text as the model wrote it, thoughts and their marks included, where they stood in the text. */
  readonly written?: string;
  /** The server's own parts or items, as they must go back: signed, encrypted or redacted thoughts. */
  readonly parts?: readonly JsonObject[];
}

/** Which thoughts go back to the server with the conversation: all, those of the last turn, or none. */
export type ReasoningHistory = "keep" | "last" | "drop";

/**
 * One chat message. `toolCalls` and `reasoning` stand on assistant messages, `toolCallId` on tool messages. A message
 * without `reasoning` is sent without thoughts.
 */
export interface Message {
  readonly role: Role;
  readonly content: string;
  readonly toolCalls?: readonly ToolCall[];
  readonly toolCallId?: string;
  readonly reasoning?: Reasoning;
}

/** Tokens of one call. `cachedTokens` are part of `promptTokens`. */
export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
}

/** Token ids and log-probabilities as the engine that sampled them reported them; never re-tokenised text. */
export interface SampledTokens {
  readonly promptIds?: readonly number[];
  readonly completionIds?: readonly number[];
  readonly logprobs?: readonly number[];
  /** The weights that sampled, and the trace that a gateway kept, where a gateway was in between. */
  readonly weightVersion?: string;
  readonly traceId?: string;
}

/** What a small network saw and chose in a turn: all that it takes to train one on the record again. */
export interface Decision {
  /** What the network saw, one number a feature. */
  readonly features: readonly number[];
  /** Which choices of the first head were open. */
  readonly legal: readonly boolean[];
  /** The index chosen from each head; 0 for those that the move has no use for. */
  readonly choices: readonly number[];
  /** Of the whole move, under the policy that made it; null where no chance chose it. */
  readonly logProbability: number | null;
  /** What the network expected the episode to earn; null where it expected nothing. */
  readonly value: number | null;
}

/** Why the engine stopped writing. */
export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter" | "unknown";

/** What a model answers. `usage` is null where the server reported none: an unknown cost is not zero. */
export interface Completion {
  readonly text: string;
  /** What the model thought before it wrote `text`; absent where it did not think. */
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
/** Where the token counts of a call come from. */
export type UsageSource = "reported" | "counted" | "simulated" | "unknown";

/**
 * A version of the rules that decide what a policy's completion means and what the policy is told: parsing, prompts,
 * observations, sampling seeds, reservations. A record names its own and plays again by them; one without was made by 0.1.0.
 */
export type RulesVersion = "0.1.0" | "0.2.0" | "0.3.0";
/** The rules of new episodes. */
export const CURRENT_RULES: RulesVersion = "0.3.0";

/** A wording of the prompts: for most models, for small ones, or close to the paper's. */
export type PromptStyle = "default" | "small" | "paper";

/** How a completion says "run this" and "this is my answer". */
export type Dialect = "repl" | "tool";

/** What a policy does in one turn: a completion to be parsed, or the parsed thing itself. */
export type Action = string | Completion | { readonly code: string } | { readonly answer: string };

/** Where an answer came from. `standing`: it was in `answer` but not marked ready when a limit ended the episode. */
export type AnswerSource = "answer_dict" | "final" | "final_var" | "action" | "standing";
/** What the policy answered, and how it said so. */
export interface Answer {
  readonly text: string;
  readonly source: AnswerSource;
}

/**
 * How a block of code ended. `timeout`: interrupted, state kept. `killed`: it would not stop.
 * `memory`: MemoryError or a heap at its cap. `violation`: it touched what the sandbox seals.
 */
export type ExecOutcome = "ok" | "exception" | "timeout" | "killed" | "memory" | "violation";

/** What running one block showed. Text is already cut; the counts say by how many characters. */
export interface BlockResult {
  readonly code: string;
  readonly outcome: ExecOutcome;
  readonly stdout: string;
  readonly stderr: string;
  /** `repr` of the last expression's value; null where there was none or it was None. */
  readonly value: string | null;
  /** The traceback's last lines; null where nothing was raised. */
  readonly exception: string | null;
  /** Characters written to stdout, stderr, value and exception together, and how many of them were left out. */
  readonly outputChars: number;
  readonly omittedChars: number;
  /** False where the code's variables are gone after it. */
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
  /** What was wrong with the completion, where it could not be read. */
  readonly invalid: string | null;
}

/**
 * What becomes of the policy's old turns. `drop`: only the first messages and the last `keepTurns` turns stay. `summarise`:
 * once the conversation is longer than `whenTokens`, a model's summary stands for all turns but the last `keepTurns`
 * (default 1).
 */
export type HistoryOptions =
  | { readonly mode: "off" }
  | { readonly mode: "drop"; readonly keepTurns: number }
  | { readonly mode: "summarise"; readonly whenTokens: number; readonly keepTurns?: number };

/** Why an episode ended; a closed set. `max_window`: the policy's prompt no longer fitted into its model's window. */
export type StopReason =
  | "answered"
  | "max_window"
  | "max_turns"
  | "max_calls"
  | "max_tokens"
  | "max_dollars"
  | "max_seconds"
  | "infra_error";

/** Bounds of one episode. Reaching one truncates the episode; it is not a failed answer. */
export interface Limits {
  readonly maxTurns: number;
  /** Model calls of every depth, the policy's own among them. */
  readonly maxCalls: number;
  /** Prompt and completion tokens over every call of every depth. */
  readonly maxTokens: number;
  readonly maxDollars: number;
  readonly maxSeconds: number;
  /** Seconds of Python in one block, not counting the wait for sub-models. */
  readonly maxExecSeconds: number;
  /** Characters of output shown to the policy for one block. */
  readonly maxOutputChars: number;
  /** Completion tokens of one call. */
  readonly maxCompletionTokens: number;
}
