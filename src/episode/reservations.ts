/** How many tokens are reserved for a prompt before it is sent: our count, with room for a server's different count. */
import { countMessages } from "../cost/tokens.ts";
import type { Model } from "../models/model.ts";
import type { Message, Usage } from "../types.ts";

/** Other tokenizers may need more tokens for a text than the one that counts here, but hardly ever half as many more. */
const FOREIGN_TOKENIZER = 1.5;
/** Tokens that a chat template may add to a prompt, such as its own system prompt, until a server counts more. */
const TEMPLATE_TOKENS = 40;

/** Most servers count an image of their largest size as 1,500 tokens or a little less. */
const IMAGE_TOKENS = 1_500;

type Reserved = Pick<Model, "name" | "simulated">;

/**
 * The reservations of one episode. They depend only on its own calls, and not on the order in which a batch ends, so that a
 * replay reserves the same.
 */
export class Reservations {
  /** By model, the most tokens that a server counted beyond our reservation for the prompt. */
  readonly #seen: Map<string, number>;
  /** Tokens that a model's server counted last, for each token that was counted here. */
  readonly #ratios: Map<string, number>;
  readonly #forTemplates: boolean;

  constructor(forTemplates: boolean, origin?: Reservations) {
    this.#forTemplates = forTemplates;
    this.#seen = new Map(origin ? origin.#seen : []);
    this.#ratios = new Map(origin ? origin.#ratios : []);
  }

  /** The prompt tokens to reserve before a call. `model` is undefined for a policy that is not a model. */
  tokensFor(model: Reserved | undefined, messages: readonly Message[]): number {
    const images = messages.reduce((sum, message) => sum + (message.images?.length ?? 0), 0);
    const counted = countMessages(messages) + images * IMAGE_TOKENS;
    if (model === undefined || model.simulated) return counted;
    const held = Math.ceil(counted * FOREIGN_TOKENIZER);
    if (!this.#forTemplates) return held;
    return held + Math.max(TEMPLATE_TOKENS, this.#seen.get(model.name) ?? 0);
  }

  /** The prompt tokens that a model's server will probably count, by its last count; never fewer than we count. */
  expectedFor(model: string, messages: readonly Message[]): number {
    return Math.ceil(countMessages(messages) * (this.#ratios.get(model) ?? 1));
  }

  /** Learns from a server's count of a prompt. */
  learn(model: string, messages: readonly Message[], { promptTokens }: Usage): void {
    const counted = countMessages(messages);
    this.#ratios.set(model, Math.max(1, promptTokens / Math.max(1, counted)));
    const beyond = promptTokens - Math.ceil(counted * FOREIGN_TOKENIZER);
    if (beyond > (this.#seen.get(model) ?? 0)) this.#seen.set(model, beyond);
  }
}
