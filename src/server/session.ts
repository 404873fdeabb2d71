/** One client's session: one episode at a time, calls in order, and results that are kept for a client which could not wait. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { EnvStateError, ModelError, ReplError, RLMError, UsageError } from "../errors.ts";
import type { JsonObject } from "../types.ts";
import { KeptRepl } from "./kept-repl.ts";
import type { EpisodeOrigin, Profile, ProfileEpisode } from "./profiles/profile.ts";
import { expectValid, ProtocolError } from "./protocol-error.ts";
import type { RolloutNames } from "./rollout-names.ts";
import { type Shown, withMetadata } from "./wire.ts";

/** The profile and the limits of a session. */
export interface SessionOptions {
  readonly profile: Profile;
  /** Seconds after which a reset or step is answered with "still running". */
  readonly patienceSeconds: number;
  /** Episodes that one session may begin. */
  readonly maxEpisodes: number;
  readonly nextSeed: () => number;
  readonly names: RolloutNames;
  readonly onStep: (seconds: number) => void;
}

/** A session, over HTTP or a WebSocket. */
export class Session {
  readonly id: string = randomUUID();
  readonly #options: SessionOptions;
  #episode: ProfileEpisode | null = null;
  /** The result that the client has not received yet; always has a handler for rejection. */
  #pending: Promise<Shown> | null = null;
  /** Set while the client's resets keep the REPL. */
  #kept: KeptRepl | null = null;
  #inCall = false;
  /** Resets and steps that have not ended, whether or not they were answered. */
  #working = 0;
  #closed = false;
  #steps = 0;
  #episodes = 0;
  #lastSeen = performance.now();

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Seconds since the client was last heard from. */
  get idleSeconds(): number {
    return this.#inCall ? 0 : (performance.now() - this.#lastSeen) / 1000;
  }

  /** True while work for the client is running. */
  get busy(): boolean {
    return this.#inCall || this.#working > 0;
  }

  /** True if no episode is running, no REPL is kept, and the client knows how the last one ended, so that nothing is lost with the session. */
  get spent(): boolean {
    const hasEnded = this.#episode === null || this.#episode.ended;
    return !this.busy && this.#pending === null && this.#kept === null && hasEnded;
  }

  /** Begins an episode; a running one is dropped. `data` holds a reset's fields. */
  async reset(data: unknown): Promise<Shown> {
    const { profile, maxEpisodes, nextSeed, names } = this.#options;
    const wanted = expectValid(profile.reset, data ?? {}, ["body"]) as JsonObject;
    if (wanted.keep === true) this.#expectEnded();
    return this.#exclusively(async () => {
      if (this.#episodes >= maxEpisodes)
        throw new ProtocolError(
          "SESSION_ERROR",
          `this session has begun its ${maxEpisodes} episodes; open another`,
          429,
        );
      this.#episodes += 1;
      const before = this.#episode;
      this.#episode = null;
      this.#pending = null;
      this.#steps = 0;
      await before?.close();
      const kept = await this.#keptFor(wanted.keep === true);
      const seed = typeof wanted.seed === "number" ? wanted.seed : nextSeed();
      // As in OpenEnv, an empty name counts as none.
      const named = (wanted.episode_id as string | null | undefined) || null;
      const episodeId = named ?? randomUUID();
      const rolloutId = named === null ? episodeId : names.next(named);
      return this.#patiently(this.#work(this.#begin(wanted, { seed, episodeId, rolloutId }, kept)));
    });
  }

  /** A question without a record could neither be told to later ones nor be replayed before them. */
  #expectEnded(): void {
    if (this.#kept === null) return;
    if (this.#working === 0 && (this.#episode === null || this.#episode.ended)) return;
    throw new ProtocolError(
      "EXECUTION_ERROR",
      "reset: keep: the question before has not ended; answer it, or reset without keep",
      409,
    );
  }

  /** The kept REPL, if the reset goes on in one; otherwise one that was kept is released. */
  async #keptFor(isKept: boolean): Promise<KeptRepl | undefined> {
    if (isKept) return (this.#kept ??= new KeptRepl());
    const kept = this.#kept;
    this.#kept = null;
    await kept?.close();
    return undefined;
  }

  /** `patienceSeconds`: less than the server's, if the client asks for it. */
  async step(data: unknown, patienceSeconds?: number): Promise<Shown> {
    const { profile, onStep } = this.#options;
    if (this.#pending !== null) {
      const pending = this.#pending;
      return this.#exclusively(async () => fetched(await this.#patiently(pending, patienceSeconds)));
    }
    const action = expectValid(profile.action, data, ["body", "action"]) as JsonObject;
    return this.#exclusively(async () => {
      const episode = this.#episode;
      if (episode === null)
        throw new ProtocolError("EXECUTION_ERROR", "step: there is no episode; call reset first", 409);
      const started = performance.now();
      this.#steps += 1;
      const stepped = episode.step(action).finally(() => onStep((performance.now() - started) / 1000));
      return this.#patiently(this.#work(stepped), patienceSeconds);
    });
  }

  state(): JsonObject {
    this.#lastSeen = performance.now();
    return this.#episode?.state(this.#steps) ?? this.#options.profile.blank;
  }

  /** Ends a running episode so that its record is kept, even during a step. */
  async abandon(reason: string): Promise<void> {
    if (this.#episode === null || this.#episode.ended) return;
    await this.#episode.abandon({ kind: "server_shutdown", message: reason });
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    const episode = this.#episode;
    this.#episode = null;
    await episode?.close();
    await this.#keptFor(false);
  }

  async #begin(reset: JsonObject, origin: EpisodeOrigin, kept: KeptRepl | undefined): Promise<Shown> {
    const turn = this.#episodes;
    const episode = await this.#options.profile.begin(reset, origin, kept);
    // The client left, or asked for another episode, while this one began.
    if (this.#closed || turn !== this.#episodes) {
      await episode.close();
      await kept?.close();
      throw new ProtocolError("SESSION_ERROR", "the session was closed", 410);
    }
    this.#episode = episode;
    return episode.opening;
  }

  async #work(work: Promise<Shown>): Promise<Shown> {
    this.#working += 1;
    try {
      return await work;
    } finally {
      this.#working -= 1;
    }
  }

  async #patiently(work: Promise<Shown>, seconds = Infinity): Promise<Shown> {
    const patience = Math.min(seconds, this.#options.patienceSeconds);
    const told = new AbortController();
    const settled = work.finally(() => told.abort());
    settled.catch(() => {});
    const late = sleep(patience * 1000, null, { signal: told.signal }).catch(() => null);
    const first = await Promise.race([settled, late]);
    this.#pending = first === null ? work : null;
    if (first !== null) return first;
    work.catch(() => {});
    return this.#options.profile.waiting;
  }

  async #exclusively<T>(run: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new ProtocolError("SESSION_ERROR", "the session is closed", 410);
    if (this.#inCall)
      throw new ProtocolError("SESSION_ERROR", "another request of this session is under way", 409);
    this.#inCall = true;
    try {
      return await run();
    } catch (error) {
      this.#pending = null;
      throw asProtocolError(error);
    } finally {
      this.#inCall = false;
      this.#lastSeen = performance.now();
    }
  }
}

function fetched(shown: Shown): Shown {
  return withMetadata(shown, { fetched: true });
}

/** An error for the client: the message of errors that rlm-gym threw on purpose, and of others only that there was one. */
export function asProtocolError(error: unknown): ProtocolError {
  if (error instanceof ProtocolError) return error;
  if (error instanceof UsageError) return new ProtocolError("VALIDATION_ERROR", error.message, 422);
  if (error instanceof EnvStateError) return new ProtocolError("EXECUTION_ERROR", error.message, 409);
  if (error instanceof ReplError || error instanceof ModelError)
    return new ProtocolError("FACTORY_ERROR", error.message, 500);
  const message = error instanceof RLMError ? error.message : "the server failed";
  return new ProtocolError("EXECUTION_ERROR", message, 500);
}
