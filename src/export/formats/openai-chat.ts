/** The format `openai-chat`: conversations for OpenAI's fine-tuning, or for Tinker with `trainable`. */
import { z } from "zod";
import {
  chatTools,
  marksTraining,
  OPENAI_MESSAGES,
  openaiMessage,
  openaiMessages,
  TOOLS_COLUMN,
  toolsField,
} from "../chat.ts";
import { conversationsOf, type SaidMessage, withoutMark } from "../conversation.ts";
import { type ExportOptions, type Exporter, rowsOfEach } from "../exporter.ts";
import { endingWithAssistant, episodesOf, NO_TURNS, subCallsOf } from "./trl.ts";

/** Later rows repeat what the policy said in earlier ones, with weight 0: each turn is trained once. */
export const openaiChat: Exporter = {
  name: "openai-chat",
  describe: "conversations with a weight on each assistant message; trainable for Tinker",
  output: "rows",
  columns: [["messages", OPENAI_MESSAGES], TOOLS_COLUMN],
  metadata: "rollout",
  jsonl: true,
  needsTokens: false,
  holdsGold: false,
  recognises: (row) => "messages" in row && marksTraining(row),
  row: z.strictObject({ messages: z.array(openaiMessage).min(1), tools: chatTools }),
  rows: rowsOfEach(({ trajectory }, options) => {
    const rows = episodesOf(trajectory, options).flatMap((episode) => [
      ...conversationsOf(episode).map(({ messages }) => ({
        messages: weighted(endingWithAssistant(messages), options),
        ...toolsField(episode),
      })),
      ...(options.subCalls ? subCallsOf(episode) : []).map(({ prompt, reply }) => ({
        messages: weighted(
          [
            { role: "user", content: prompt },
            { role: "assistant", content: reply, sampledInTurn: 0 },
          ],
          options,
        ),
      })),
    ]);
    return rows.length === 0 ? { leftOut: NO_TURNS } : { rows };
  }),
};

function weighted(shown: readonly SaidMessage[], { tinker }: ExportOptions) {
  return openaiMessages(shown.map(withoutMark)).map((message, index) => {
    const isTrained = shown[index]?.sampledInTurn !== undefined;
    if (tinker) return { ...message, trainable: isTrained };
    return message.role === "assistant" ? { ...message, weight: isTrained ? 1 : 0 } : message;
  });
}
