/** Turns the record of an episode into a recording of what its models and tools answered, at every depth. */
import { RecordingError } from "../errors.ts";
import type { ModelErrorKind } from "../errors.ts";
import { requestKey } from "../models/request-key.ts";
import type { Recording, RecordedCall } from "./recording.ts";
import type { RecordedToolHost } from "../episode/tools/host-tools.ts";
import type { ToolReply } from "../repl/tool-calls.ts";
import { rulesOf, rulesOfRecord } from "../episode/rules.ts";
import { messagesOf } from "../episode/delegation/plain-calls.ts";
import { PING, PING_CUT } from "../episode/model-call.ts";
import type { Call, HostToolCall, Trajectory } from "../trajectory.ts";
import type { Json } from "../types.ts";

/**
 * Every sub-call of the tree, including those of children, as a request that `RecordingPlayer` answers. The policy's own
 * replies are its turns, which `recordedPolicy` plays.
 */
export function recordingOf(record: Trajectory): Recording {
  const { rolloutId, task, parent } = record;
  const { id, question, context } = task;
  const entries = episodesOf(record).flatMap(entriesOf);
  // The calls of a child name the task of the whole tree, which its record does not have.
  if (parent !== null) return { rolloutId, entries };
  return { rolloutId, task: { id, question, contextSha256: context.sha256 }, entries };
}

/** The record and the records of all children below it. */
export function episodesOf(record: Trajectory): readonly Trajectory[] {
  return [record, ...record.children.flatMap(episodesOf)];
}

function entriesOf(record: Trajectory): RecordedCall[] {
  const rules = rulesOf(rulesOfRecord(record));
  const timedOut = new Set(record.calls.flatMap((call) => call.timedOut ?? []));
  return record.calls.flatMap((call) => {
    const isSubCall = call.purpose !== "policy" && call.purpose !== "judge" && call.prompt !== null;
    if (!isSubCall) return [];
    const seed = call.seed ?? rules.subCallSeed(record.seed, 0);
    const { system, images = [], effort } = call;
    const asked = {
      messages: messagesOf({ prompt: call.prompt, system, sentImages: images.map(({ sha256 }) => sha256) }),
      maxTokens: capOf(call, record),
      seed,
      ...(effort !== undefined && { effort }),
    };
    const request = call.purpose === "ping" ? PING : asked;
    return [
      { key: requestKey(call.model, request), model: call.model, outcome: outcomeOf(call, record, timedOut) },
    ];
  });
}

/** The cap on the completion that was sent. A grant may have left less for it than the code asked for. */
function capOf({ grant, maxTokens = Infinity, reserved }: Call, { limits }: Trajectory): number {
  return grant ? reserved.completionTokens : Math.min(limits.maxCompletionTokens, maxTokens);
}

function outcomeOf(call: Call, record: Trajectory, timedOut: ReadonlySet<number>): RecordedCall["outcome"] {
  const { model, reply, reasoning, error, usage, usageSource, attempts, tokens } = call;
  if (error !== null) return { error: { ...failureOf(call, record, timedOut), message: error, attempts } };
  if (reply === null) return null;
  return {
    completion: {
      text: reply,
      ...(reasoning && { reasoning }),
      toolCalls: [],
      finishReason: "stop",
      model,
      usage,
      usageSource,
      attempts,
      ...(tokens && { tokens }),
    },
  };
}

/** A kind of error with the recorded consequences: a fault ended the episode, and a call without usage may have cost something. */
function failureOf(
  { id, purpose, error, usage }: Call,
  record: Trajectory,
  timedOut: ReadonlySet<number>,
): { readonly kind: ModelErrorKind; readonly status: number | null } {
  const isFree = usage !== null;
  if (timedOut.has(id))
    return isFree ? { kind: "overloaded", status: 504 } : { kind: "timeout", status: null };
  if (purpose !== "ping") return { kind: kindOf({ error, usage }, record), status: null };
  if (error === PING_CUT) return { kind: "aborted", status: null };
  return { kind: isFree ? "unreachable" : "timeout", status: null };
}

function kindOf({ error, usage }: Pick<Call, "error" | "usage">, record: Trajectory): ModelErrorKind {
  const fault =
    record.error?.message === error ? /^model_(.+)$/.exec(record.error?.kind ?? "")?.[1] : undefined;
  if (fault !== undefined) return fault as ModelErrorKind;
  return usage === null ? "aborted" : "rejected";
}

/** Answers Python's calls of host tools as recorded. Throws `RecordingError` for a call that was not recorded. */
export function recordedToolHost(record: Trajectory, source: string): RecordedToolHost {
  let next = 0;
  return {
    source: record.toolSource === undefined ? source : record.toolSource,
    call: (name, args): Promise<ToolReply & Pick<HostToolCall, "worldCall" | "isCut">> => {
      const call = record.toolCalls[next];
      next += 1;
      if (call?.name !== name || !isSame(call.args, args)) {
        const made = `call ${next} of a tool, ${name}(${JSON.stringify(args).slice(0, 80)})`;
        throw new RecordingError(`recording of rollout ${record.rolloutId}: ${made} was not recorded`);
      }
      const { worldCall, isCut } = call;
      const placed = { ...(worldCall !== undefined && { worldCall }), ...(isCut && { isCut }) };
      if (call.error === null) return Promise.resolve({ result: call.result, ...placed });
      return Promise.resolve({ error: call.error, kind: call.isTypeError ? "type" : "other", ...placed });
    },
  };
}

function isSame(one: Json, other: Json): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
