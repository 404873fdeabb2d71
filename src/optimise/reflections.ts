/** Asks the reflecting model, and keeps each reply on disk, so that a search that goes on does not ask twice. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { existsSync } from "node:fs";
import { z } from "zod";
import { type PriceTable, priceOf } from "../cost/pricing.ts";
import { countMessages } from "../cost/tokens.ts";
import { DataError, ModelError } from "../errors.ts";
import { AppendLog } from "../files/append-log.ts";
import { readJsonLines } from "../files/json-lines.ts";
import { expectNoLink } from "../files/no-link.ts";
import type { Model, ModelRequest } from "../models/model.ts";
import { MOST_REPLY_CHARS } from "./read-proposal.ts";

/** The file of the replies in a search's folder. */
export const REFLECTIONS_FILE = "reflections.jsonl";

const count = z.number().int().nonnegative();
const line = z.object({
  iteration: count,
  /** Of the messages: a reply answers for its own request alone. */
  requestSha256: z.string(),
  model: z.string(),
  simulated: z.boolean(),
  reply: z.string().nullable(),
  error: z.string().nullable(),
  usage: z.object({ promptTokens: count, completionTokens: count, cachedTokens: count }).nullable(),
  nanoDollars: z.number().nullable(),
  wallClock: z.object({ seconds: z.number() }),
});

/** A reply of the reflecting model, or its error. */
export type Reflection = z.output<typeof line>;

/** Faults of the server in a row after which the search stops, to go on with `--resume`. */
const MOST_FAULTS = 3;

/** A tokenizer of the server's may count more than ours: the bound of a call's prompt counts this many times as much. */
const CAUTION = 2;

/** What it takes to ask. */
export interface ReflectionsOptions {
  readonly folder: string;
  readonly model: Model;
  readonly prices: PriceTable;
  readonly maxTokens: number;
  readonly signal: AbortSignal;
}

/** The replies of the reflecting model: those on disk, and those that are still to be asked for. */
export class Reflections {
  readonly #options: ReflectionsOptions;
  readonly #log: AppendLog;
  readonly #kept: Map<string, Reflection>;
  #faults = 0;

  private constructor(options: ReflectionsOptions, log: AppendLog, kept: Map<string, Reflection>) {
    this.#options = options;
    this.#log = log;
    this.#kept = kept;
  }

  /** Reads the replies that the folder holds. Throws `DataError` for a file of another shape. */
  static async open(options: ReflectionsOptions): Promise<Reflections> {
    const path = join(options.folder, REFLECTIONS_FILE);
    await expectNoLink(path);
    const kept = new Map<string, Reflection>();
    if (existsSync(path))
      for await (const { value, where } of readJsonLines(path, "pass")) {
        const parsed = line.safeParse(value);
        if (!parsed.success)
          throw new DataError(
            `${where}: expected a reply of the reflecting model: ${parsed.error.issues[0]?.path.join(".")}: ${parsed.error.issues[0]?.message}`,
          );
        kept.set(keyOf(parsed.data), parsed.data);
      }
    return new Reflections(options, await AppendLog.open(path), kept);
  }

  close(): Promise<void> {
    return this.#log.close();
  }

  /** The most that a request can cost; null if the price is not known. */
  boundOf(messages: ModelRequest["messages"]): number | null {
    const { model, prices, maxTokens } = this.#options;
    const promptTokens = countMessages(messages) * CAUTION;
    return priceOf(prices, model.name, { promptTokens, completionTokens: maxTokens, cachedTokens: 0 });
  }

  /** Replies on disk that are not among the given ones, and what they cost. */
  outside(asked: ReadonlySet<string>): number | null {
    const others = [...this.#kept.values()].filter((reflection) => !asked.has(keyOf(reflection)));
    return others.reduce<number | null>(
      (sum, { nanoDollars }) => (sum === null || nanoDollars === null ? null : sum + nanoDollars),
      0,
    );
  }

  /** Whether the folder holds a reply of this iteration to another request: the search has left its earlier path. */
  hasOther(iteration: number, messages: ModelRequest["messages"]): boolean {
    const own = keyOf({ iteration, requestSha256: hashOf(messages) });
    return [...this.#kept.values()].some(
      (reflection) => reflection.iteration === iteration && keyOf(reflection) !== own,
    );
  }

  /**
   * The reply, which is on disk when this returns. An error of the model is a reflection, too. Throws `ModelError` if the server
   * failed several times in a row, and the signal's reason.
   */
  async ask(
    iteration: number,
    messages: ModelRequest["messages"],
    seed: number,
  ): Promise<{ readonly reflection: Reflection; readonly key: string }> {
    const requestSha256 = hashOf(messages);
    const key = keyOf({ iteration, requestSha256 });
    const known = this.#kept.get(key);
    if (known) return { reflection: known, key };
    const reflection = await this.#request({ iteration, requestSha256, messages, seed });
    await this.#log.append(reflection);
    this.#kept.set(key, reflection);
    return { reflection, key };
  }

  async #request(asked: {
    readonly iteration: number;
    readonly requestSha256: string;
    readonly messages: ModelRequest["messages"];
    readonly seed: number;
  }): Promise<Reflection> {
    const { iteration, requestSha256, messages, seed } = asked;
    const { model, prices, maxTokens, signal } = this.#options;
    const begun = performance.now();
    const common = { iteration, requestSha256, model: model.name, simulated: model.simulated };
    const wallClock = () => ({ seconds: Math.round(performance.now() - begun) / 1000 });
    try {
      const { text, usage } = await model.complete({ messages, maxTokens, seed }, { signal });
      this.#faults = 0;
      const nanoDollars = usage === null ? this.boundOf(messages) : priceOf(prices, model.name, usage);
      return {
        ...common,
        reply: text.slice(0, MOST_REPLY_CHARS + 1),
        error: null,
        usage,
        nanoDollars,
        wallClock: wallClock(),
      };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ModelError)) throw error;
      this.#faults += 1;
      if (this.#faults >= MOST_FAULTS) throw error;
      return {
        ...common,
        reply: null,
        error: error.message,
        usage: null,
        nanoDollars: 0,
        wallClock: wallClock(),
      };
    }
  }
}

function hashOf(messages: ModelRequest["messages"]): string {
  return createHash("sha256").update(JSON.stringify(messages)).digest("hex");
}

function keyOf({ iteration, requestSha256 }: Pick<Reflection, "iteration" | "requestSha256">): string {
  return `${iteration} ${requestSha256}`;
}
