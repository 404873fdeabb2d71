/** How many tokens are held for a prompt before it is sent: what is counted, with room for what servers count beside it. */
import { countMessages } from "../cost/tokens.ts";
import type { Model } from "../models/model.ts";
import type { Message, Usage } from "../types.ts";

/** Real tokenizers write the same text with more tokens than the one that counts here, but hardly with half as many more. */
const FOREIGN_TOKENIZER = 1.5;
/** Tokens that a chat template may add to a prompt, such as a system prompt of its own, until a server's count says more. */
const TEMPLATE_TOKENS = 40;

type Reserved = Pick<Model, "name" | "simulated">;

/**
 * The reservations of one episode. They depend on its own calls alone, in whichever order a batch ends, so that an episode
 * that is played again reserves the same.
 */
export class Reservations {
  /** Tokens beyond the counted prompt that a model's server was seen to count, the most of them, by model. */
  readonly #seen: Map<string, number>;
  /** Tokens that a model's server counted last, for each token that was counted here. */
  readonly #ratios: Map<string, number>;
  readonly #forTemplates: boolean;

  constructor(forTemplates: boolean, origin?: Reservations) {
    this.#forTemplates = forTemplates;
    this.#seen = new Map(origin ? origin.#seen : []);
    this.#ratios = new Map(origin ? origin.#ratios : []);
  }

  /** Prompt tokens to hold before a model is asked; undefined for a policy that is no model. */
  tokensFor(model: Reserved | undefined, messages: readonly Message[]): number {
    const counted = countMessages(messages);
    if (model === undefined || model.simulated) return counted;
    const held = Math.ceil(counted * FOREIGN_TOKENIZER);
    if (!this.#forTemplates) return held;
    return held + Math.max(TEMPLATE_TOKENS, this.#seen.get(model.name) ?? 0);
  }

  /** Prompt tokens that a model's server will probably count: by its last count, and never fewer than are counted here. */
  expectedFor(model: string, messages: readonly Message[]): number {
    return Math.ceil(countMessages(messages) * (this.#ratios.get(model) ?? 1));
  }

  /** Learns from what a server counted for a prompt. */
  learn(model: string, messages: readonly Message[], { promptTokens }: Usage): void {
    const counted = countMessages(messages);
    this.#ratios.set(model, Math.max(1, promptTokens / Math.max(1, counted)));
    const beyond = promptTokens - Math.ceil(counted * FOREIGN_TOKENIZER);
    if (beyond > (this.#seen.get(model) ?? 0)) this.#seen.set(model, beyond);
  }
}
