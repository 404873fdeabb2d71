/** The record of an episode: its turns, its calls, their cost, and its reward. */
import type {
  Answer,
  BlockResult,
  ContextSummary,
  Decision,
  Dialect,
  FinishReason,
  HistoryOptions,
  Json,
  JsonObject,
  Limits,
  Reasoning,
  PromptStyle,
  ReasoningHistory,
  RulesVersion,
  SampledTokens,
  StopReason,
  Task,
  ToolCall,
  Usage,
  UsageSource,
} from "./types.ts";

/** Who made a call, and why. */
export type CallPurpose = "policy" | "llm_query" | "rlm_query" | "judge" | "summary" | "ping";

/** What code granted one delegation: tokens, or dollars, or both. */
export interface Granted {
  readonly tokens?: number;
  readonly dollars?: number;
}

/** An image of a prompt; the record does not hold the image itself. */
export interface ImageFacts {
  /** Such as `image/png`. */
  readonly type: string;
  readonly bytes: number;
  /** Of the data URL. */
  readonly sha256: string;
}

/** One model completion: by the policy (depth 0) or from the REPL (depth ≥ 1). Money in integer nano-dollars. */
export interface Call {
  /** Position in the ledger of its episode, from 0. */
  readonly id: number;
  readonly purpose: CallPurpose;
  /** Set if `rlm_query` made a plain call because `maxDepth` left no room for an episode. */
  readonly plain?: true;
  /** The cap on the completion's tokens that the code named; absent if it named none. */
  readonly maxTokens?: number;
  /** What the code granted the call; absent if it named nothing. */
  readonly grant?: Granted;
  /** How hard the model was asked to think. */
  readonly effort?: string;
  /** The system message before the prompt. */
  readonly system?: string;
  /** The images that went with the prompt. */
  readonly images?: readonly ImageFacts[];
  /** Set if the reply had to match a schema: 0 for the first reply, and the number of the repair for later ones. */
  readonly repair?: number;
  /** The number of the handle, if the code did not wait for the call. */
  readonly handle?: number;
  /** Of a ping: the ids of the calls that timed out before it; empty if the policy of a child did. */
  readonly timedOut?: readonly number[];
  readonly depth: number;
  readonly turn: number;
  /** Index in `results` of the block that made the call; absent for the first block. */
  readonly block?: number;
  /** The batch that the call belonged to, and its index there; null for a single call. */
  readonly batch: { readonly id: number; readonly index: number; readonly size: number } | null;
  readonly model: string;
  /** The sub-call's prompt; null for the policy, whose prompt is the turns before. */
  readonly prompt: string | null;
  readonly reply: string | null;
  /** Set if the code asked for the thoughts besides the reply. */
  readonly asksReasoning?: true;
  /** What a sub-model thought before it replied; the policy's thoughts are in its turn. */
  readonly reasoning?: Reasoning;
  readonly error: string | null;
  /** Null if nobody reported it; the reservation then counts instead. */
  readonly usage: Usage | null;
  readonly usageSource: UsageSource;
  /** Set if the reply came from a cache: the usage is that of the original request. */
  readonly cached?: true;
  /** What the budget reserved for the call before it was sent. */
  readonly reserved: Usage;
  /** Null if the model's price is unknown. */
  readonly nanoDollars: number | null;
  readonly attempts: number;
  /** The seed that it was sampled with, if the episode set one; sub-calls without it used that of their episode. */
  readonly seed?: number;
  readonly tokens?: SampledTokens;
  /** Set if a network of macro moves, or a plan of them, made the turn. */
  readonly decision?: Decision;
  /** How long the call took, and how long after the start of its episode it began. */
  readonly wallClock: { readonly seconds: number; readonly startedSeconds?: number };
}

/** Sums over calls. Null money: at least one call's model has no known price. */
export interface Totals {
  readonly calls: number;
  /** Calls that a cache answered; the sums include their usage and price as if a model had answered. */
  readonly cachedCalls: number;
  /** Calls of unknown usage; the sums include their reservations instead. */
  readonly callsOfUnknownUsage: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
  readonly nanoDollars: number | null;
  /** Tokens used beyond the reservations of their calls; nothing was sent after the first of them. */
  readonly overshootTokens: number;
}

/** A call of a function that the host offers to code. */
export interface HostToolCall {
  readonly turn: number;
  readonly name: string;
  readonly args: Json;
  /** What the code got back. If `error` is null the call succeeded, and the result may itself be null. */
  readonly result: Json;
  readonly error: string | null;
  /** Set if the arguments were wrong, which code in Python sees as a TypeError. */
  readonly isTypeError?: true;
  /** Of a tool of the world: the number of calls that had changed the tree's world before this one. */
  readonly worldCall?: number;
}

/** A state of a world: after how many calls of its tools, by the whole tree, and the hash of its JSON. */
export interface WorldMark {
  readonly calls: number;
  readonly sha256: string;
}

/** What a record holds of its world. */
export interface WorldRecord {
  readonly name: string;
  /** The state in which the episode began. */
  readonly begun: WorldMark;
  /** The last state as JSON, by which the episode is scored. Children, which share the world of their tree, have none. */
  readonly end?: Json;
}

/** System prompts by the role of an episode in its tree. */
export interface RolePrompts {
  /** Of the first episode. */
  readonly root?: string;
  /** Of an episode between the first and the deepest ones. */
  readonly child?: string;
  /** Of an episode at a depth that allows no child, and of `rlm_query` where it makes a plain call. */
  readonly leaf?: string;
}

/** The facts about a model that an episode needs besides its replies. */
export interface ModelFacts {
  readonly name: string;
  readonly simulated: boolean;
  readonly windowTokens?: number;
  /** Sampling and other fields that were sent with every request, if any were set. */
  readonly settings?: JsonObject;
}

/** What is needed to replay a tree of episodes, besides its turns and calls. */
export interface PlayedWith {
  /** The default one first. */
  readonly subModels: readonly ModelFacts[];
  /** Nano-dollars per million tokens, by the names under which calls were reserved; null if unknown. */
  readonly prices: {
    readonly [model: string]: {
      readonly input: number;
      readonly cachedInput: number;
      readonly output: number;
    } | null;
  };
  /** Code that defines the host's tools; null if there are none. */
  readonly toolSource: string | null;
}

/** Reveals a changed byte: a hash of a turn's bytes, their sum, and their sum weighted by position, modulo 2³¹ − 1. */
export interface Checksum {
  readonly sha256: string;
  readonly sum: number;
  readonly weighted: number;
}

/** The turn, block and batch of the parent in which a child episode began. */
export interface ParentCall {
  readonly rolloutId: string;
  readonly turn: number;
  readonly block?: number;
  readonly batch: Call["batch"];
  /** The number of the handle, if the parent did not wait for the child. */
  readonly handle?: number;
}

/** Where a turn stood when the episode's time was over, so that a replay ends it at the same place. */
export interface TimeOver {
  /** How many blocks of the completion had begun. */
  readonly blocks: number;
  /** Set if the time was over while the last of them ran. */
  readonly during?: CutBlock;
}

/** What the host knows of a block during which the episode's time was over, besides its result. */
export interface CutBlock {
  /** Its calls of sub-models and children that were not refused because the time was over. */
  readonly calls: number;
  /** Its calls of the host's tools. */
  readonly tools: number;
  /** The last limit that refused a call of the episode; absent if none did. */
  readonly refusedBy?: "turns" | "calls" | "tokens" | "dollars" | "seconds";
  /** The answer in the REPL after the block, whose text is the turn's `standing`; null if there was none. */
  readonly answer: {
    readonly ready: boolean;
    readonly source: "answer_dict" | "final" | "final_var";
    readonly isNoDict?: boolean;
  } | null;
  /** Reserved names that the block overwrote; absent if there are none. */
  readonly restored?: readonly string[];
}

/** What code saw of its handles when it asked whether one had ended. */
export interface HandleSight {
  /** The handle; null if code waited for the first of several, and none ended in time. */
  readonly handle: number | null;
  readonly ended: boolean;
  /** How often in a row it saw the same; absent for once. */
  readonly times?: number;
}

/** What was left of the budget of a tree of episodes at some moment. */
export interface BudgetLeft {
  readonly calls: number;
  readonly tokens: number;
  /** Null if a model has no known price. */
  readonly dollars: number | null;
  readonly seconds: number;
  /** Of the episode itself. */
  readonly turns: number;
  /** What the last turn of the episode cost, with all calls and children that it led to. */
  readonly lastTurn: { readonly tokens: number; readonly dollars: number | null };
}

/** One policy completion and the observation that followed it. */
export interface Turn {
  readonly index: number;
  readonly completion: {
    readonly text: string;
    /** What the policy thought before; absent if it did not think. */
    readonly reasoning?: Reasoning;
    readonly toolCalls: readonly ToolCall[];
    readonly finishReason: FinishReason;
  };
  /** The policy's call in `calls`; null if the action was given by hand. */
  readonly callId: number | null;
  readonly results: readonly BlockResult[];
  readonly observation: string;
  /** True if the completion had nothing to run and no answer. */
  readonly invalid?: true;
  /** The number of earlier turns in its prompt, if the window had room for fewer than `history` keeps. */
  readonly keptTurns?: number;
  /** Set if the episode's time was over when the turn's blocks were. */
  readonly timeOver?: TimeOver;
  /** Within a segment each prompt begins with the one before it; a new segment begins when old turns were dropped. */
  readonly segment: number;
  /** The answer after the turn, ready or not; null if there was none. */
  readonly standing: string | null;
  /** The budget that the observation told; absent if it told none. */
  readonly budget?: BudgetLeft;
  /** What code saw of its handles, in order; absent if it asked about none. */
  readonly handles?: readonly HandleSight[];
  /** The state of the world after the turn; absent without a world. */
  readonly world?: WorldMark;
  /** What potentials gave the turn; the last turn also includes the total reward. */
  readonly reward: number;
  readonly wallClock: { readonly seconds: number };
}

/** A part of a reward: what was measured, and what it added. */
export interface RewardTerm {
  readonly raw: number;
  readonly weighted: number;
  /** The unit of a cost term; absent for other terms, and in records of 0.1.0. */
  readonly unit?: "dollars" | "tokens";
}

/** A reward with its parts by name. `score` is the raw task score in [0, 1]. */
export interface RewardRecord {
  readonly total: number;
  readonly score: number;
  readonly terms: { readonly [name: string]: RewardTerm };
  /** What each potential gave each turn, weighted. Not part of the total. Absent if the reward has no potentials. */
  readonly steps?: { readonly [name: string]: readonly number[] };
}

/** An infrastructure fault. Never trained on. */
export interface InfraError {
  readonly kind: string;
  readonly message: string;
}

// Figures of an ended episode: how it split its work, what it read, and what it did twice.

/** Calls and tokens of one depth: 0 is the policy, and each level of sub-calls is one more. */
export interface DepthMetrics {
  readonly depth: number;
  /** Calls by purpose; a purpose without calls is absent. */
  readonly calls: { readonly [purpose: string]: number };
  /** If a usage is unknown, its reservation counts. `cachedTokens` are part of `promptTokens`. */
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens: number;
  /** Null if a model has no known price. */
  readonly nanoDollars: number | null;
}

/** Figures about an episode, which rewards and tables read. */
export interface Metrics {
  readonly turns: number;
  /** From the policy down; depths without calls are absent. */
  readonly depths: readonly DepthMetrics[];
  /** Prompts of each batch, in the order in which the batches were sent. */
  readonly batchSizes: readonly number[];
  /** Characters that code wrote as output, and how many of them the policy was not shown. */
  readonly printedChars: number;
  readonly cutChars: number;
  /** The share of the context that code printed or sent to sub-models; null if the context is not text. */
  readonly coverage: number | null;
  /** Sub-calls with the same model and prompt as an earlier one of the episode. */
  readonly repeatedSubQueries: number;
  /** Completions of the policy with nothing to run and no answer; absent from records of 0.1.0. */
  readonly invalidCompletions?: number;
  /** What the policy did after it had a right answer; null if only a judge could tell what is right. */
  readonly afterRight: AfterRight | null;
  /** `replSeconds`: the code's own time and the host's around it, without the wait for sub-calls. */
  readonly wallClock: { readonly replSeconds: number };
}

/** What an episode did after it had a right answer. */
export interface AfterRight {
  /** Turns after the first turn with a right standing answer. */
  readonly turns: number;
  /** How often an answer was given again in them, the same or another. */
  readonly answers: number;
}

/** The record of an episode. Wall-clock readings are under keys named `wallClock`, except those that the code was given. */
export interface Trajectory {
  readonly schemaVersion: 1;
  readonly rolloutId: string;
  readonly groupId: string;
  readonly environment: string;
  readonly policy: string;
  /** Set if the policy was told the gold: the episode is an upper bound for others, and no trainer may use it. */
  readonly readsGold?: true;
  /** False if the program that recorded the episode says that its policy must not be trained, for example an opponent's. */
  readonly trainable?: false;
  readonly seed: number;
  /** 0 at the top; a child is one deeper than its parent. */
  readonly depth: number;
  /** How deep calls may go: 0 none, 1 plain sub-calls, d + 2 child episodes of an episode at depth d. */
  readonly maxDepth: number;
  /** Null at the top. */
  readonly parent: ParentCall | null;
  /** Set if the first turns, up to `turn`, were taken from another episode and another policy continued from there. */
  readonly continues?: {
    readonly rolloutId: string;
    readonly turn: number;
    /** The models that the REPL's functions reached from that turn on. */
    readonly subModels: readonly ModelFacts[];
  };
  /** The policy's model; absent if the policy is not a model. */
  readonly policyModel?: ModelFacts;
  /** What the parent granted the episode, with all that it leads to; absent if it named nothing. */
  readonly grant?: Granted;
  /** On the top episode of a tree: the system prompts of those below, by their role; absent if none were set. */
  readonly prompts?: RolePrompts;
  /** Code that defines the host's tools, if the parent left the episode fewer of them than the tree has; null for none. */
  readonly toolSource?: string | null;
  /** Only on the top episode of a tree. */
  readonly tape?: PlayedWith;
  /** For the opening, each turn and the ending; made by `src/record/checksums.ts`. */
  readonly seals?: readonly Checksum[];
  readonly task: Omit<Task, "context"> & { readonly context: ContextSummary };
  readonly dialect: Dialect;
  /** The language of the REPL; absent for Python. */
  readonly language?: string;
  readonly history: HistoryOptions;
  /** Which of the policy's thoughts went back to its server; absent if none did. */
  readonly reasoning?: ReasoningHistory;
  /** The rules that it was played by; absent for those of 0.1.0. */
  readonly rules?: RulesVersion;
  readonly promptStyle?: PromptStyle;
  /** Set if all blocks of a completion were to run. */
  readonly severalBlocks?: true;
  /** Set if a `FINAL(…)` that code printed was taken as the answer. */
  readonly printedAnswers?: true;
  /** How the policy saw its budget: `BUDGET()`, or also a line in each observation; absent if it did not. */
  readonly budgetView?: "function" | "line";
  readonly systemPrompt: string;
  readonly systemPromptSha256: string;
  /** Counted with the built-in tokenizer. */
  readonly systemPromptTokens?: number;
  readonly limits: Limits;
  /** True if a simulated model answered any call. */
  readonly simulated: boolean;
  readonly status: "ok" | "infra_error";
  readonly error: InfraError | null;
  readonly stopReason: StopReason;
  /** The first observation, as the policy saw it. */
  readonly opening: string;
  readonly turns: readonly Turn[];
  /** The episode's own calls; its children hold theirs. */
  readonly calls: readonly Call[];
  readonly toolCalls: readonly HostToolCall[];
  /** Set if the environment has a world. */
  readonly world?: WorldRecord;
  /**
   * Set if the REPL's clock followed the host's: its readings in milliseconds since 1970, one at the start and one before
   * each turn. They are part of the recording, because code can act on them.
   */
  readonly clockMs?: readonly number[];
  /** The episodes that `rlm_query` began, in the order of asking. */
  readonly children: readonly Trajectory[];
  /** The handles that code started and never waited for; they ended with the episode. */
  readonly unawaited?: readonly number[];
  /** The sums over the calls of the episode and of all children below it. */
  readonly totals: Totals;
  /** What one full reading of the context would cost as a prompt of the policy's model; rewards measure cost by it. */
  readonly fullReading: {
    readonly model: string;
    readonly tokens: number;
    readonly nanoDollars: number | null;
  };
  readonly answer: Answer | null;
  readonly metrics: Metrics;
  /** What a judging model found, if there is one; rewards read it. */
  readonly judgement?: Json;
  /** Null for infra errors. */
  readonly reward: RewardRecord | null;
  readonly wallClock: { readonly startedAt: string; readonly seconds: number };
}
