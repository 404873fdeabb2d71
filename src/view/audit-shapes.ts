/** The shapes of an audit trail: from an answer back to the bytes of the context that it rests on. */
import type { ContextSummary } from "../types.ts";
import type { Place } from "./context-text.ts";

/** A statement that the answer depends on. */
export interface CodeStep {
  readonly kind: "code";
  /** Turn and block from 0, and the line in the block from 1. */
  readonly turn: number;
  readonly block: number;
  readonly line: number;
  readonly code: string;
  /** Of the whole block's code. */
  readonly sha256: string;
  /** Variables that it sets or changes, and those that it reads. */
  readonly sets: readonly string[];
  readonly reads: readonly string[];
  /** Calls of the episode that its block made, by their ids, and children by theirs. */
  readonly calls: readonly number[];
  readonly children: readonly string[];
  /** Stretches of the context that its code read and the answer holds, as positions in `slices`. */
  readonly slices: readonly number[];
}

/** Output that the policy saw before it wrote the answer itself. */
export interface OutputStep {
  readonly kind: "output";
  readonly turn: number;
  readonly block: number;
  readonly text: string;
  readonly sha256: string;
  /** Parts of the answer that stand in it. */
  readonly holds: readonly string[];
  readonly slices: readonly number[];
}

/** A sub-call whose reply the answer depends on. */
export interface CallStep {
  readonly kind: "call";
  readonly turn: number;
  readonly block: number;
  readonly call: number;
  readonly purpose: string;
  readonly model: string;
  readonly promptSha256: string | null;
  readonly replySha256: string | null;
  readonly reply: string | null;
  readonly error: string | null;
  readonly holds: readonly string[];
  /** What of the context stood in its prompt, and within it where parts of the answer stand. */
  readonly slices: readonly number[];
}

/** A child episode whose answer the answer depends on, with its own trail. */
export interface ChildStep {
  readonly kind: "child";
  readonly turn: number;
  readonly block: number;
  readonly rolloutId: string;
  readonly answerSha256: string | null;
  readonly answer: string | null;
  readonly holds: readonly string[];
  readonly steps: readonly AuditStep[];
}

/** One step back from the answer. */
export type AuditStep = CodeStep | OutputStep | CallStep | ChildStep;

/** A stretch of the context. */
export interface AuditSlice {
  /** `prompt`: a sub-model saw it. `output`: code printed it. `value`: a part of the answer stands in it. */
  readonly kind: "prompt" | "output" | "value";
  /** Characters of the context's text; texts of a list or dict are joined by blank lines. */
  readonly start: number;
  readonly end: number;
  /** Its bytes in the content store, with a hash of them. */
  readonly places: readonly Place[];
  /** The beginning of its text. */
  readonly text: string;
  readonly holds: readonly string[];
}

/** The trail of an episode's answer. */
export interface AuditTrail {
  readonly rolloutId: string;
  readonly taskId: string;
  readonly context: ContextSummary & {
    /** Whether the stored bytes were read and have the hash of their name; false where the run does not have them. */
    readonly verified: boolean;
  };
  readonly answer: {
    readonly text: string;
    readonly source: string;
    readonly sha256: string;
    /** How the answer was made: from variables, written by the policy after what it saw, or given by hand. */
    readonly from: "variables" | "policy" | "hand";
    /** The parts of it that were looked for in replies, outputs and the context. */
    readonly values: readonly string[];
  } | null;
  /** From the answer back. */
  readonly steps: readonly AuditStep[];
  readonly slices: readonly AuditSlice[];
  /** What the trail cannot tell. */
  readonly notes: readonly string[];
}
