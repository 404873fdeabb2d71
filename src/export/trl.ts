/** The formats of TRL: supervised fine-tuning, unpaired good and bad examples (KTO), and pairs (DPO, in its own file). */
import { z } from "zod";
import type { Trajectory } from "../trajectory.ts";
import { chatTools, toolsField, trlMessage, trlMessages } from "./chat.ts";
import { conversationsOf, withoutMark } from "./conversation.ts";
import {
  eachEpisode,
  type ExportItem,
  type ExportOptions,
  type Exporter,
  type Projected,
} from "./exporter.ts";

type Messages = z.output<typeof trlMessage>[];
export const NO_TURNS = "no turns";
export const UNREADABLE_ARGUMENTS = "tool-call arguments that are no JSON object";

const shape = { output: "rows", columns: null, jsonl: true, needsTokens: false, holdsGold: false } as const;

export const trlSft: Exporter = {
  ...shape,
  name: "trl-sft",
  describe: "conversations for TRL's SFTTrainer",
  row: z.strictObject({ messages: z.array(trlMessage).min(1), tools: chatTools }),
  rows: eachEpisode((item, options) =>
    perConversation(item, options, (messages) => ({ messages }), NO_TURNS),
  ),
};

export const trlKto: Exporter = {
  ...shape,
  name: "trl-kto",
  describe: "prompts with good and bad completions for TRL's KTOTrainer",
  row: z.strictObject({
    prompt: z.array(trlMessage).min(1),
    completion: z.array(trlMessage).min(1),
    label: z.boolean(),
    tools: chatTools,
  }),
  rows: eachEpisode((item, options) => {
    const { reward } = item.trajectory;
    if (reward === null) return { leftOut: "no score" };
    const label = reward.score >= options.goodFrom;
    // A child is not scored itself.
    const rootOnly = { ...options, children: false };
    return perConversation(item, rootOnly, (messages) => ({ ...divided(messages), label }), NO_TURNS);
  }),
};

/** Prompt and completion of a conversation: the completion begins with the first thing that the assistant says. */
export function divided(messages: Messages): { prompt: Messages; completion: Messages } {
  const first = messages.findIndex(({ role }) => role === "assistant");
  return { prompt: messages.slice(0, first), completion: messages.slice(first) };
}

/** The episodes that rows are made of: the episode itself and, where they are asked for, its children that ended well. */
export function episodesOf(trajectory: Trajectory, options: ExportOptions): Trajectory[] {
  if (!options.children) return [trajectory];
  const children = trajectory.children.filter(({ status }) => status === "ok");
  return [trajectory, ...children.flatMap((child) => episodesOf(child, options))];
}

/** The conversation up to the last thing the assistant said: what was shown after it teaches nothing. */
export function endingWithAssistant<T extends { role: string }>(messages: readonly T[]): readonly T[] {
  return messages.slice(0, messages.findLastIndex(({ role }) => role === "assistant") + 1);
}

function perConversation(
  { trajectory }: ExportItem,
  options: ExportOptions,
  rowOf: (messages: Messages) => object,
  empty: string,
): Projected {
  const rows = [];
  for (const episode of episodesOf(trajectory, options)) {
    for (const { messages } of conversationsOf(episode)) {
      const shown = trlMessages(endingWithAssistant(messages).map(withoutMark));
      if (shown === null) return { leftOut: UNREADABLE_ARGUMENTS };
      rows.push({ ...rowOf(shown), ...toolsField(episode.dialect) });
    }
    if (options.subCalls)
      for (const { purpose, prompt, reply } of episode.calls)
        if (reply !== null && prompt !== null && (purpose === "llm_query" || purpose === "rlm_query"))
          rows.push(
            rowOf([
              { role: "user", content: prompt },
              { role: "assistant", content: reply },
            ]),
          );
  }
  return rows.length === 0 ? { leftOut: empty } : { rows: rows as Record<string, unknown>[] };
}
