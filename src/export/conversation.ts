/**
 * Rebuilds from a record the conversations that a policy was shown: one for each stretch of turns whose prompts extend
 * each other. A new conversation begins when old turns were dropped or summarised, as it did in the episode.
 */
import { openingWith, SEE_LAST_REPLY, underSummary } from "../episode/prompt.ts";
import type { Call, Trajectory, Turn } from "../trajectory.ts";
import type { Message } from "../types.ts";

export interface SaidMessage extends Message {
  /** The turn whose completion this is; absent from everything that the policy did not write in this conversation. */
  readonly sampledInTurn?: number;
}

export interface Conversation {
  readonly segment: number;
  readonly messages: readonly SaidMessage[];
}

/** In the order of the episode; empty if it has no turns. */
export function conversationsOf(trajectory: Trajectory): Conversation[] {
  const conversations: { segment: number; messages: SaidMessage[] }[] = [];
  let beginning: Beginning = { keptFrom: 0, inTheirPlace: null };
  for (const turn of trajectory.turns) {
    let current = conversations.at(-1);
    if (!current || current.segment !== turn.segment) {
      if (current) beginning = beginningBefore(trajectory, turn, beginning);
      current = { segment: turn.segment, messages: beginningOf(trajectory, turn, beginning) };
      conversations.push(current);
    }
    current.messages.push(...messagesOf(turn, { isSampled: true, withReasoning: true }));
  }
  return conversations;
}

/** The prompt and the completion of each turn. */
export function promptsOf(
  trajectory: Trajectory,
): { turn: Turn; prompt: readonly Message[]; completion: Message }[] {
  return conversationsOf(trajectory).flatMap(({ messages }) =>
    messages.flatMap((message, index) => {
      const { sampledInTurn, ...completion } = message;
      if (sampledInTurn === undefined) return [];
      const turn = trajectory.turns[sampledInTurn]!;
      return [{ turn, prompt: messages.slice(0, index).map(withoutMark), completion }];
    }),
  );
}

export function withoutMark(said: SaidMessage): Message {
  const { sampledInTurn: _, ...message } = said;
  return message;
}

/** The turns from the first one kept, and what stands in the place of those before. */
interface Beginning {
  readonly keptFrom: number;
  readonly inTheirPlace: string | null;
}

/** A conversation restarts because turns were dropped, or only because thoughts were: then all turns are still there. */
function beginningBefore(trajectory: Trajectory, turn: Turn, last: Beginning): Beginning {
  const { history } = trajectory;
  if (history.mode === "off") return last;
  const keptFrom = Math.max(0, turn.index - (turn.keptTurns ?? history.keepTurns ?? 1));
  if (history.mode === "drop") return { keptFrom, inTheirPlace: null };
  if (history.mode === "offload") return { keptFrom, inTheirPlace: trajectory.oldTurns ?? null };
  const summary = summaryBefore(trajectory, turn);
  return summary === null ? last : { keptFrom, inTheirPlace: underSummary(summary) };
}

function beginningOf(
  trajectory: Trajectory,
  first: Turn,
  { keptFrom, inTheirPlace }: Beginning,
): SaidMessage[] {
  const { systemPrompt, opening, turns, reasoning = "drop" } = trajectory;
  return [
    { role: "system", content: systemPrompt },
    { role: "user", content: openingWith(opening, inTheirPlace) },
    ...turns.slice(keptFrom, first.index).flatMap((turn) => {
      const isLast = turn.index === first.index - 1;
      const withReasoning = reasoning === "keep" || (reasoning === "last" && isLast);
      return messagesOf(turn, { isSampled: false, withReasoning });
    }),
  ];
}

/** The summary of the turns that were dropped before this one. */
function summaryBefore({ calls, history }: Trajectory, turn: Turn): string | null {
  if (history.mode !== "summarise") return null;
  const made = calls.findLast((call: Call) => call.purpose === "summary" && call.turn === turn.index - 1);
  return made?.reply ?? null;
}

/** Native calls are answered one by one; the observation is in the last reply, as in the environment. */
function messagesOf(
  { index, completion, observation }: Turn,
  { isSampled, withReasoning }: { readonly isSampled: boolean; readonly withReasoning: boolean },
): SaidMessage[] {
  const { text, toolCalls, reasoning } = completion;
  const last = toolCalls.at(-1);
  return [
    {
      role: "assistant",
      content: text,
      ...(withReasoning && reasoning && { reasoning }),
      ...(last && { toolCalls }),
      ...(isSampled && { sampledInTurn: index }),
    },
    ...toolCalls
      .slice(0, -1)
      .map(({ id }): SaidMessage => ({ role: "tool", toolCallId: id, content: SEE_LAST_REPLY })),
    last
      ? { role: "tool", toolCallId: last.id, content: observation }
      : { role: "user", content: observation },
  ];
}
