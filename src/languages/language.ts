/**
 * The interface of a REPL language: everything that a language says of itself. Each language is one object in a folder of its own
 * beside this file; `docs/extending.md` shows how another one is added.
 */
import type { ToolSpec } from "../models/model.ts";
import type { ParsedCompletion, Text } from "../parse/parsed.ts";
import type { Written } from "../parse/write.ts";
import type { ReplPool } from "../repl/repl.ts";
import type { BlockResult, Dialect, Json } from "../types.ts";
import type { OldTurns } from "./old-turns.ts";
import type { TurnRemark, Wording } from "./wording.ts";

/** Everything that an episode needs from the language in which its policy writes code. */
export interface ReplLanguage {
  /** The name in records, flags and messages, such as `python`. */
  readonly name: string;
  /** The name in sentences, such as `Python`. */
  readonly title: string;
  /** The names of the fences whose code runs; the first one is that of prompts. */
  readonly fences: readonly [string, ...string[]];
  /** The supported dialects of completions: fenced blocks (`repl`), native calls (`tool`), or both. */
  readonly dialects: readonly Dialect[];
  /** The native function of the `tool` dialect; null without that dialect. */
  readonly nativeTool: ToolSpec | null;
  /** The texts for policies: the system prompt, the first observation, and each turn's observation. */
  readonly wording: Wording;
  /** How code calls functions of the host; null if it cannot. */
  readonly hostCalls: HostCallSyntax | null;
  /** The part of a system prompt about grants, schemas and handles; absent if the language has none. */
  describeDelegation?(hasChildren: boolean): string;
  /** The part of a system prompt about replies that are kept and shown by name; absent if the language does not keep them. */
  readonly describeReplies?: string;
  /** How old turns are kept in variables (`history: offload`); absent if the language cannot. */
  readonly oldTurns?: OldTurns;
  /** Reads the code to run and the answer from a completion. Never throws. */
  parse(completion: Text, dialect: Dialect, severalBlocks: boolean): ParsedCompletion;
  /**
   * The names that code binds, so that `FINAL(name)` in prose can mean a variable. Without it, such a name is the answer itself.
   */
  boundNames?(code: string): ReadonlySet<string>;
  /** Remarks on the errors of a block, beyond what its own message says. */
  remarksOn?(block: BlockResult): readonly TurnRemark[];
  /** Writes code as a model would: the inverse of `parse`. */
  writeCode(code: string, dialect: Dialect, toolCallId: string): Written;
  /** Code that answers with the value of an expression, for `FINAL_VAR(name)` in prose. */
  finalVariable(expression: string): string;
  /** A JSON value as a literal in code. */
  literal(value: Json): string;
  /** Opens a pool of REPLs, for environments that are given none. The caller closes it. */
  openPool(options?: PoolSettings): ReplPool;
}

/** The options of every language's pool; an absent one has the pool's default. Sizes are in bytes. */
export interface PoolSettings {
  /** Number of workers, which is how many blocks can run at the same time. */
  readonly size?: number;
  /** Where workers run: in threads of this process, or in child processes under Node's permission model. */
  readonly isolation?: "thread" | "process";
  /** Memory of one interpreter. */
  readonly maxHeapBytes?: number;
  /** The most REPLs lent at the same time; further ones wait. */
  readonly maxEpisodes?: number;
  /** Memory for workers, beyond which none is added to the first `size`. */
  readonly workerBytes?: number;
}

/** A function of the host as code sees it; required parameters come first. */
export interface HostFunction {
  readonly name: string;
  readonly description: string;
  readonly parameters: readonly HostParameter[];
}

/** A parameter of a function of the host. */
export interface HostParameter {
  readonly name: string;
  /** A JSON Schema type; null if the parameter has no single type. */
  readonly type: string | null;
  readonly isRequired: boolean;
  readonly default?: Json;
}

/** How a language writes functions of the host. */
export interface HostCallSyntax {
  /** Whether a function or a parameter cannot have this name. */
  isReserved(name: string, of?: "tool" | "parameter"): boolean;
  /** What a REPL is given to define the functions. Records keep it. */
  source(functions: readonly HostFunction[]): string;
  /** Whether such a source defines a function of this name. */
  defines(source: string, name: string): boolean;
  /** A function's signature behind its name, for the system prompt. */
  signature(host: Pick<HostFunction, "parameters">): string;
}
