/**
 * The policy's conversation so far. Every message stays as it was, so that each prompt is a prefix of the next, which
 * trainers and prompt caches need; where old turns are let go, a new segment of such prompts begins.
 */
import type { Message, ToolCall } from "../types.ts";
import { openingWithSummary, SEE_LAST_REPLY } from "./prompt.ts";

export class Conversation {
  readonly #system: Message;
  readonly #opening: string;
  #summary: string | null = null;
  /** The messages of each turn that is still there: the completion, and what answered it. */
  #turns: readonly (readonly Message[])[] = [];
  #segment = 0;

  constructor(systemPrompt: string, opening: string) {
    this.#system = { role: "system", content: systemPrompt };
    this.#opening = opening;
  }

  get messages(): readonly Message[] {
    const opening = openingWithSummary(this.#opening, this.#summary);
    return [this.#system, { role: "user", content: opening }, ...this.#turns.flat()];
  }

  /** Turns that are still there word for word. */
  get turnsKept(): number {
    return this.#turns.length;
  }

  /** How often turns were let go: prompts of the same segment begin with each other. */
  get segment(): number {
    return this.#segment;
  }

  /** Adds a turn. Native calls are answered one by one, as servers demand; the observation stands in the last reply. */
  append(completion: { text: string; toolCalls: readonly ToolCall[] }, observation: string): void {
    const { text, toolCalls } = completion;
    const last = toolCalls.at(-1);
    this.#turns = [
      ...this.#turns,
      [
        { role: "assistant", content: text, ...(last && { toolCalls }) },
        ...toolCalls.slice(0, -1).map(({ id }) => replyTo(id, SEE_LAST_REPLY)),
        last ? replyTo(last.id, observation) : { role: "user", content: observation },
      ],
    ];
  }

  /** Lets go of all turns but the last ones, whole. A summary, where given, stands for those and for the one before. */
  keepLast(turns: number, summary: string | null): void {
    this.#turns = this.#turns.slice(-turns);
    this.#summary = summary ?? this.#summary;
    this.#segment += 1;
  }

  /** A copy that goes on by itself. */
  fork(): Conversation {
    const copy = new Conversation(this.#system.content, this.#opening);
    copy.#summary = this.#summary;
    copy.#turns = this.#turns;
    copy.#segment = this.#segment;
    return copy;
  }
}

function replyTo(toolCallId: string, content: string): Message {
  return { role: "tool", toolCallId, content };
}
