/** The formats of TRL: supervised fine-tuning, unpaired good and bad examples (KTO), and pairs (DPO, in its own file). */
import { z } from "zod";
import type { Trajectory } from "../../trajectory.ts";
import {
  chatTools,
  marksTraining,
  TOOLS_COLUMN,
  toolsField,
  TRL_MESSAGES,
  trlMessage,
  trlMessages,
} from "../chat.ts";
import { BOOL } from "../columns.ts";
import { conversationsOf, withoutMark } from "../conversation.ts";
import {
  type ExportItem,
  type ExportOptions,
  type Exporter,
  type Projected,
  rowsOfEach,
  withKeys,
} from "../exporter.ts";
import type { Tally } from "../tally.ts";

type Messages = z.output<typeof trlMessage>[];
export const NO_TURNS = "no turns";
export const UNREADABLE_ARGUMENTS = "tool-call arguments that are not a JSON object";

const shape = {
  output: "rows",
  metadata: "rollout",
  jsonl: true,
  needsTokens: false,
  holdsGold: false,
} as const;

export const trlSft: Exporter = {
  ...shape,
  name: "trl-sft",
  describe: "conversations for TRL's SFTTrainer",
  columns: [["messages", TRL_MESSAGES], TOOLS_COLUMN],
  recognises: (row) => "messages" in row && !marksTraining(row),
  row: z.strictObject({ messages: z.array(trlMessage).min(1), tools: chatTools }),
  rows: rowsOfEach((item, options, tally) =>
    perConversation(item, options, tally, (messages) => ({ messages })),
  ),
};

export const trlKto: Exporter = {
  ...shape,
  name: "trl-kto",
  describe: "prompts with good and bad completions for TRL's KTOTrainer",
  columns: [["prompt", TRL_MESSAGES], ["completion", TRL_MESSAGES], ["label", BOOL], TOOLS_COLUMN],
  recognises: withKeys("completion", "label"),
  row: z.strictObject({
    prompt: z.array(trlMessage).min(1),
    completion: z.array(trlMessage).min(1),
    label: z.boolean(),
    tools: chatTools,
  }),
  rows: rowsOfEach((item, options, tally) => {
    const { reward } = item.trajectory;
    if (reward === null) return { leftOut: "no score" };
    const label = reward.score >= options.goodFrom;
    // Children and sub-calls have no score of their own.
    const rootOnly = { ...options, children: false, subCalls: false };
    return perConversation(item, rootOnly, tally, (messages) => ({ ...divided(messages), label }));
  }),
};

/** Prompt and completion of a conversation: the completion begins with the assistant's first message. */
export function divided(messages: Messages): { prompt: Messages; completion: Messages } {
  const first = messages.findIndex(({ role }) => role === "assistant");
  return { prompt: messages.slice(0, first), completion: messages.slice(first) };
}

/** The episodes that rows are made of: the episode itself and, if asked for, its children that ended well. */
export function episodesOf(trajectory: Trajectory, options: ExportOptions): Trajectory[] {
  if (!options.children) return [trajectory];
  const children = trajectory.children.filter(({ status }) => status === "ok");
  return [trajectory, ...children.flatMap((child) => episodesOf(child, options))];
}

/** The question and the answer of each answered plain sub-call of an episode. */
export function subCallsOf({ calls }: Trajectory): { prompt: string; reply: string }[] {
  return calls.flatMap(({ purpose, prompt, reply }) =>
    prompt !== null && reply !== null && (purpose === "llm_query" || purpose === "rlm_query")
      ? [{ prompt, reply }]
      : [],
  );
}

/** The conversation up to the assistant's last message: what follows it teaches nothing. */
export function endingWithAssistant<T extends { role: string }>(messages: readonly T[]): readonly T[] {
  return messages.slice(0, messages.findLastIndex(({ role }) => role === "assistant") + 1);
}

/** These trainers learn every assistant message of a row, so a row must not repeat turns of another one. */
function perConversation(
  { trajectory }: ExportItem,
  options: ExportOptions,
  tally: Tally,
  rowOf: (messages: Messages) => object,
): Projected {
  const rows = [];
  for (const episode of episodesOf(trajectory, options)) {
    for (const { messages } of conversationsOf(episode)) {
      const said = messages.filter(({ role }) => role === "assistant");
      const own = said.filter(({ sampledInTurn }) => sampledInTurn !== undefined);
      if (own.length < said.length) {
        for (const _ of own) tally.leaveOutTurn("after turns that another row has (per-turn-sft has all)");
        continue;
      }
      const shown = trlMessages(endingWithAssistant(messages).map(withoutMark));
      if (shown === null) return { leftOut: UNREADABLE_ARGUMENTS };
      rows.push({ ...rowOf(shown), ...toolsField(episode) });
    }
    if (options.subCalls)
      for (const { prompt, reply } of subCallsOf(episode))
        rows.push(
          rowOf([
            { role: "user", content: prompt },
            { role: "assistant", content: reply },
          ]),
        );
  }
  return rows.length === 0 ? { leftOut: NO_TURNS } : { rows: rows as Record<string, unknown>[] };
}
