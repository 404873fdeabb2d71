/**
 * Token segments: the ids that an engine received and sampled, joined without tokenising any text again. A new
 * segment begins when a prompt does not exactly extend what came before it.
 */
import type { Call, Trajectory } from "../trajectory.ts";

export interface TokenSegment {
  readonly inputIds: number[];
  /** 1 for what the model sampled, 0 for everything else. */
  readonly lossMask: number[];
  /** 0 if the mask is 0; null if the engine reported none for a call of the segment. */
  readonly logprobs: number[] | null;
  /** Tokens before the first sampled one. */
  readonly promptLen: number;
  readonly model: string;
  /** The version of the weights that sampled it; null if unknown, or if several versions sampled it. */
  readonly weightVersion: string | null;
  /** Ids of the calls in the episode's ledger. */
  readonly callIds: readonly number[];
}

interface Sampled {
  readonly call: Call;
  readonly promptIds: readonly number[];
  readonly completionIds: readonly number[];
  readonly logprobs: readonly number[] | null;
  readonly weightVersion: string | null;
}

/** The policy's segments, or the reason why there are none. `segmentOf` separates a compaction even if ids happened to fit. */
export function policySegments(trajectory: Trajectory): TokenSegment[] | string {
  const calls = trajectory.calls.filter(({ purpose, error }) => purpose === "policy" && error === null);
  if (calls.length === 0) return "no model call by the policy";
  const segmentOfCall = new Map(trajectory.turns.map(({ callId, segment }) => [callId, segment]));
  const builder = new SegmentBuilder();
  for (const call of calls) {
    const sampled = sampledIn(call);
    if (typeof sampled === "string") return sampled;
    builder.add(sampled, segmentOfCall.get(call.id) ?? 0);
  }
  return builder.segments;
}

/** One segment for each plain sub-call with token ids. */
export function subCallSegments(trajectory: Trajectory): { call: Call; segment: TokenSegment }[] {
  return trajectory.calls.flatMap((call) => {
    const isSubCall = call.purpose === "llm_query" || call.purpose === "rlm_query";
    const sampled = isSubCall && call.error === null ? sampledIn(call) : "";
    if (typeof sampled === "string") return [];
    const builder = new SegmentBuilder();
    builder.add(sampled, 0);
    return [{ call, segment: builder.segments[0]! }];
  });
}

/** What the engine reported for a call, or what is missing. */
function sampledIn(call: Call): Sampled | string {
  const { promptIds, completionIds, logprobs = null, weightVersion = null } = call.tokens ?? {};
  if (!promptIds || !completionIds) return NO_TOKENS;
  if (completionIds.length === 0) return "a completion without tokens";
  if (logprobs && logprobs.length !== completionIds.length)
    return "a completion with more or fewer log-probabilities than tokens";
  return { call, promptIds, completionIds, logprobs, weightVersion };
}

export const NO_TOKENS = "no token ids from the engine";

class SegmentBuilder {
  readonly segments: (TokenSegment & {
    callIds: number[];
    logprobs: number[] | null;
    weightVersion: string | null;
  })[] = [];
  #compaction = 0;

  add({ call, promptIds, completionIds, logprobs, weightVersion }: Sampled, compaction: number): void {
    let current = this.segments.at(-1);
    if (!current || compaction !== this.#compaction || !beginsWith(promptIds, current.inputIds)) {
      current = {
        inputIds: [],
        lossMask: [],
        logprobs: [],
        promptLen: promptIds.length,
        model: call.model,
        weightVersion,
        callIds: [],
      };
      this.segments.push(current);
    }
    this.#compaction = compaction;
    for (let i = current.inputIds.length; i < promptIds.length; i += 1) {
      current.inputIds.push(promptIds[i]!);
      current.lossMask.push(0);
      current.logprobs?.push(0);
    }
    if (logprobs === null) current.logprobs = null;
    if (weightVersion !== current.weightVersion) current.weightVersion = null;
    for (let i = 0; i < completionIds.length; i += 1) {
      current.inputIds.push(completionIds[i]!);
      current.lossMask.push(1);
      current.logprobs?.push(logprobs?.[i] ?? 0);
    }
    current.callIds.push(call.id);
  }
}

function beginsWith(ids: readonly number[], beginning: readonly number[]): boolean {
  if (ids.length < beginning.length) return false;
  for (let i = 0; i < beginning.length; i += 1) if (ids[i] !== beginning[i]) return false;
  return true;
}
