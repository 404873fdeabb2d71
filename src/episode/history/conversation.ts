/**
 * The policy's conversation so far. Messages never change, so that each prompt is a prefix of the next, as trainers and prompt
 * caches need. When old turns are dropped, a new segment of such prompts begins.
 */
import type { Message, Reasoning, ReasoningHistory, ToolCall } from "../../types.ts";
import { openingWith, SEE_LAST_REPLY } from "../prompt.ts";

/** A turn that is still in the conversation: its completion, and the messages that answer it. */
interface KeptTurn {
  readonly said: Message;
  readonly reasoning: Reasoning | undefined;
  readonly answers: readonly Message[];
}

/** The messages of one episode between the policy and the environment. */
export class Conversation {
  readonly #system: Message;
  readonly #opening: string;
  /** What stands in the place of old turns: a summary, or where they are. */
  #inTheirPlace: string | null = null;
  #turns: readonly KeptTurn[] = [];
  #segment = 0;
  readonly #reasoning: ReasoningHistory;

  /** @param reasoning which of the policy's thoughts stay in the prompts */
  constructor(systemPrompt: string, opening: string, reasoning: ReasoningHistory = "drop") {
    this.#system = { role: "system", content: systemPrompt };
    this.#opening = opening;
    this.#reasoning = reasoning;
  }

  get messages(): readonly Message[] {
    return this.messagesOfLast(this.#turns.length);
  }

  /** The messages as they would be if only so many of the last turns were there. */
  messagesOfLast(count: number): readonly Message[] {
    const opening = openingWith(this.#opening, this.#inTheirPlace);
    const kept = this.#turns.slice(this.#turns.length - count);
    const turns = kept.flatMap(({ said, reasoning, answers }, index) => {
      const isShown = this.#reasoning === "keep" || (this.#reasoning === "last" && index === kept.length - 1);
      return [isShown && reasoning ? { ...said, reasoning } : said, ...answers];
    });
    return [this.#system, { role: "user", content: opening }, ...turns];
  }

  /** The number of turns that are still there word for word. */
  get turnsKept(): number {
    return this.#turns.length;
  }

  /** How often turns or thoughts were dropped. Within one segment, each prompt is a prefix of the next. */
  get segment(): number {
    return this.#segment;
  }

  /** Adds a turn. Each native call gets a reply, as servers demand; the last reply has the observation. */
  append(
    completion: { text: string; toolCalls: readonly ToolCall[]; reasoning?: Reasoning },
    observation: string,
  ): void {
    const { text, toolCalls, reasoning } = completion;
    const last = toolCalls.at(-1);
    const dropped = { keep: undefined, last: this.#turns.at(-1)?.reasoning, drop: reasoning }[
      this.#reasoning
    ];
    if (dropped) this.#segment += 1;
    this.#turns = [
      ...this.#turns,
      {
        said: { role: "assistant", content: text, ...(last && { toolCalls }) },
        reasoning,
        answers: [
          ...toolCalls.slice(0, -1).map(({ id }) => replyTo(id, SEE_LAST_REPLY)),
          last ? replyTo(last.id, observation) : { role: "user", content: observation },
        ],
      },
    ];
  }

  /** Drops all turns but the last `turns`. A text, if given, stands in their place, and replaces the one before. */
  keepLast(turns: number, inTheirPlace: string | null): void {
    this.#turns = this.#turns.slice(-turns);
    this.#inTheirPlace = inTheirPlace ?? this.#inTheirPlace;
    this.#segment += 1;
  }

  /** An independent copy. */
  fork(): Conversation {
    const copy = new Conversation(this.#system.content, this.#opening, this.#reasoning);
    copy.#inTheirPlace = this.#inTheirPlace;
    copy.#turns = this.#turns;
    copy.#segment = this.#segment;
    return copy;
  }
}

function replyTo(toolCallId: string, content: string): Message {
  return { role: "tool", toolCallId, content };
}
