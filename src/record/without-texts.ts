/** Shortens a record that is too long to write: keeps its facts and costs, without its texts. */
import type { Trajectory } from "../trajectory.ts";

/** The kind of the fault in such a record. */
export const TOO_LONG = "record_too_long";

/**
 * The record and its children without the texts of turns, calls, tool calls and answers. Usage and prices stay, so totals
 * still add up. It counts as an infrastructure fault: it has no reward, and nothing is trained on it.
 */
export function withoutTexts(record: Trajectory, message: string): Trajectory {
  const { seals: _, judgement: __, world, ...facts } = record;
  return {
    ...facts,
    task: { ...record.task, question: "" },
    systemPrompt: "",
    opening: "",
    status: "infra_error",
    stopReason: "infra_error",
    error: { kind: TOO_LONG, message },
    answer: null,
    reward: null,
    turns: record.turns.map((turn) => ({
      ...turn,
      completion: { text: "", toolCalls: [], finishReason: turn.completion.finishReason },
      results: [],
      observation: "",
      standing: null,
    })),
    calls: record.calls.map((held) => {
      const { tokens: ___, decision: ____, reasoning: _____, ...call } = held;
      return { ...call, prompt: null, reply: null, error: held.error === null ? null : "(left out)" };
    }),
    toolCalls: [],
    ...(world && { world: { name: world.name, begun: world.begun } }),
    children: record.children.map((child) => withoutTexts(child, message)),
  };
}
