/**
 * The policy's conversation so far. Every message stays as it was, so that each prompt is a prefix of the next, which
 * trainers and prompt caches need.
 */
import type { Message, ToolCall } from "./types.ts";

export class Conversation {
  readonly #messages: Message[];

  constructor(messages: readonly Message[]) {
    this.#messages = [...messages];
  }

  static open(systemPrompt: string, opening: string): Conversation {
    return new Conversation([
      { role: "system", content: systemPrompt },
      { role: "user", content: opening },
    ]);
  }

  get messages(): readonly Message[] {
    return this.#messages;
  }

  /** Adds a turn. Native calls are answered one by one, as servers demand; the observation stands in the last reply. */
  append(completion: { text: string; toolCalls: readonly ToolCall[] }, observation: string): void {
    const { text, toolCalls } = completion;
    this.#messages.push({ role: "assistant", content: text, ...(toolCalls.length > 0 && { toolCalls }) });
    for (const call of toolCalls.slice(0, -1)) {
      this.#messages.push({ role: "tool", toolCallId: call.id, content: "(see the last reply)" });
    }
    const last = toolCalls.at(-1);
    this.#messages.push(
      last
        ? { role: "tool", toolCallId: last.id, content: observation }
        : { role: "user", content: observation },
    );
  }
}
