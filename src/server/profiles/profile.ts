/** A profile: the action, observation and state types in which a client sees the server's episodes. */
import type { z } from "zod";
import type { RLMEnv } from "../../env/env.ts";
import type { GatewayClient } from "../../gateway/client.ts";
import type { ReplPool } from "../../repl/repl.ts";
import type { InfraError, Trajectory } from "../../trajectory.ts";
import type { JsonObject, Problem } from "../../types.ts";
import type { KeptRepl } from "../kept-repl.ts";
import type { Shown } from "../wire.ts";

/** What a profile needs to begin episodes. */
export interface EpisodeHost {
  /** The environment's name. */
  readonly name: string;
  /** An environment on the shared pool; closing it leaves the pool as it is. */
  readonly makeEnv: (wishes: EnvWishes) => RLMEnv;
  /** The gateway through which the client's policy is sampled, if its calls are to join the records. */
  readonly gateway?: GatewayClient;
  /** Called with each record as its episode ends. */
  readonly onEnd: (
    trajectory: Trajectory,
    problem: Pick<Problem, "task"> & Partial<Problem>,
  ) => Promise<void>;
}

/** What a client may ask of an episode's environment. */
export interface EnvWishes {
  readonly maxDepth?: number;
  /** The sub-model to put first, if there is one of that name. */
  readonly subModel?: string;
  /** True if the client sent its own task, to which the benchmark's scorer does not apply. */
  readonly ownTask?: boolean;
  /** Wraps the pool, to observe the environment's REPL. */
  readonly watch?: (pool: ReplPool) => ReplPool;
  /** Whether a `FINAL(…)` that code prints is taken as the answer. */
  readonly printedAnswers?: boolean;
  readonly maxTurns?: number;
}

/** Which episode a session begins. */
export interface EpisodeOrigin {
  readonly seed: number;
  /** The client's name for the episode, which it may use again. */
  readonly episodeId: string;
  /** The unique name of its record. */
  readonly rolloutId: string;
}

/** One episode as a profile shows it. */
export interface ProfileEpisode {
  readonly opening: Shown;
  step(action: JsonObject): Promise<Shown>;
  state(steps: number): JsonObject;
  readonly ended: boolean;
  /** Ends the episode as an infrastructure fault, so that its record is kept. */
  abandon(error: InfraError): Promise<void>;
  /** Releases the interpreter; idempotent. */
  close(): Promise<void>;
}

/** The action and observation types that one kind of client uses, over the same episodes. */
export interface Profile {
  readonly name: string;
  readonly description: string;
  /** Checked before an episode begins. */
  readonly reset: z.ZodObject;
  readonly action: z.ZodType;
  readonly observation: z.ZodObject;
  readonly state: z.ZodObject;
  /** @param kept the REPL that the session keeps, if the reset asks for it */
  begin(reset: JsonObject, origin: EpisodeOrigin, kept?: KeptRepl): Promise<ProfileEpisode>;
  /** Shown instead of an observation while a reset or a step is still running. */
  readonly waiting: Shown;
  /** The state before the first reset. */
  readonly blank: JsonObject;
}
