/**
 * Asks a server for the token ids of a prompt, if its replies lack them: llama.cpp applies the chat template on
 * `/apply-template`, and tokenizes on `/tokenize`.
 */
import type { JsonObject } from "../../types.ts";
import { at, readJson } from "../servers/json.ts";
import { send } from "./send.ts";

const PAGE_MS = 30_000;
/** Prompts whose ids are kept, so that a longer one costs only what it adds. */
const MOST_KEPT = 256;

/** The server, as requests reach it. */
interface Pages {
  /** May end in `/v1`; the pages are beside it. */
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The prompt ids of one model. A server without the pages is asked once. */
export class PromptIds {
  readonly #root: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #known = new Map<string, readonly number[]>();
  #isOffered = true;

  constructor({ baseUrl, headers }: Pages) {
    this.#root = baseUrl.replace(/\/v1$/, "");
    this.#headers = headers;
  }

  /**
   * The ids of a request's prompt. `count` is the server's own count, and the ids are only returned if they are as many; null
   * if it is not known. Null if the server does not offer the pages, or fails. Never throws.
   */
  async of(
    body: JsonObject,
    count: number | null,
    signal: AbortSignal | undefined,
  ): Promise<readonly number[] | null> {
    if (!this.#isOffered) return null;
    const { messages, tools, chat_template_kwargs: options } = body;
    const asked = {
      messages: messages!,
      ...(tools !== undefined && { tools }),
      ...(options !== undefined && { chat_template_kwargs: options }),
    };
    const prompt = at(await this.#post("/apply-template", asked, signal), "prompt");
    if (typeof prompt !== "string") {
      this.#isOffered = false;
      return null;
    }
    const fits = (ids: readonly number[] | null) => ids !== null && (count === null || ids.length === count);
    const prefix = this.#longestPrefixOf(prompt);
    const grown = await this.#grown(prefix, prompt, signal);
    // Where a prefix ends inside of what is one token of the whole, the whole is tokenized.
    const ids = fits(grown) || prefix === "" ? grown : await this.#grown("", prompt, signal);
    if (ids === null || !fits(ids)) return null;
    this.#keep(prompt, ids);
    return ids;
  }

  #longestPrefixOf(prompt: string): string {
    let longest = "";
    for (const known of this.#known.keys())
      if (known.length > longest.length && prompt.startsWith(known)) longest = known;
    return longest;
  }

  /** The ids of the prompt, of which those of its prefix are known; null if the server fails. */
  async #grown(
    prefix: string,
    prompt: string,
    signal: AbortSignal | undefined,
  ): Promise<readonly number[] | null> {
    const before = this.#known.get(prefix) ?? [];
    if (prefix === prompt) return before;
    const asked = { content: prompt.slice(prefix.length), add_special: false, parse_special: true };
    const tokens = at(await this.#post("/tokenize", asked, signal), "tokens");
    const isIds =
      Array.isArray(tokens) && tokens.every((id) => Number.isSafeInteger(id) && (id as number) >= 0);
    return isIds ? [...before, ...(tokens as number[])] : null;
  }

  #keep(prompt: string, ids: readonly number[]): void {
    this.#known.set(prompt, ids);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST_KEPT && oldest !== undefined) this.#known.delete(oldest);
  }

  async #post(path: string, body: JsonObject, signal: AbortSignal | undefined): Promise<unknown> {
    try {
      const { status, text } = await send(this.#root + path, {
        method: "POST",
        headers: this.#headers,
        body,
        timeoutMs: PAGE_MS,
        signal,
      });
      return status === 200 ? readJson(text) : undefined;
    } catch {
      return undefined;
    }
  }
}
