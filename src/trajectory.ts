/** The record of an episode: its turns, its calls, their cost, and its reward. */
import type { Call, Granted, Totals } from "./call.ts";
import type { Metrics, RewardRecord } from "./episode-figures.ts";
import type {
  Answer,
  BlockResult,
  ConstantObservations,
  ContextSummary,
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
  StopReason,
  Task,
  ToolCall,
} from "./types.ts";

export type { Call, CallPurpose, Granted, ImageFacts, Totals } from "./call.ts";
export type { AfterRight, DepthMetrics, Metrics, RewardRecord, RewardTerm } from "./episode-figures.ts";

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
  /** Of a tool of the world: set if the time of its episode was over before it ended, so that the state was put back. */
  readonly isCut?: true;
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

/** An infrastructure fault. Never trained on. */
export interface InfraError {
  readonly kind: string;
  readonly message: string;
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
  /** What stood in the place of turns that `history: offload` moved into the REPL; absent for other histories. */
  readonly oldTurns?: string;
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
  /** Set if its observations had a constant shape. */
  readonly observations?: ConstantObservations;
  /** Set if what sub-calls returned was kept, and shown by name. */
  readonly replies?: "kept";
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
