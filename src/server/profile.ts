/** A profile: how the server's episodes look to a client, as one environment's action, observation and state types. */
import type { z } from "zod";
import type { RLMEnv } from "../env/env.ts";
import type { GatewayClient } from "../gateway/client.ts";
import type { ReplPool } from "../repl/repl.ts";
import type { InfraError, Trajectory } from "../trajectory.ts";
import type { JsonObject, Problem } from "../types.ts";
import type { Shown } from "./wire.ts";

/** What a profile begins episodes with; all of it is handed in from above. */
export interface EpisodeHost {
  /** The environment's name. */
  readonly name: string;
  /** An environment on the shared pool; closing it leaves the pool as it is. */
  readonly makeEnv: (wishes: EnvWishes) => RLMEnv;
  /** Where the client's policy is sampled, where its calls are to join the records. */
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
  /** The sub-model to come first, where there is one of that name. */
  readonly subModel?: string;
  /** True where the client brought a task of its own: the benchmark's scorer does not fit it. */
  readonly ownTask?: boolean;
  /** Puts something between the environment and the pool, to see what its interpreter does. */
  readonly watch?: (pool: ReplPool) => ReplPool;
  readonly maxTurns?: number;
}

/** Which episode a session begins. */
export interface EpisodeOrigin {
  readonly seed: number;
  /** As the client calls it; it may do so again. */
  readonly episodeId: string;
  /** As its record is called, and no other. */
  readonly rolloutId: string;
}

/** One episode as a profile shows it. */
export interface ProfileEpisode {
  readonly opening: Shown;
  step(action: JsonObject): Promise<Shown>;
  state(steps: number): JsonObject;
  readonly ended: boolean;
  /** Ends it as a fault of the machinery, so that its record is kept. */
  abandon(error: InfraError): Promise<void>;
  /** Gives the interpreter back; idempotent. */
  close(): Promise<void>;
}

/** The action and observation types that clients of one kind speak, over the same episodes. */
export interface Profile {
  readonly name: string;
  readonly description: string;
  /** Checked before anything is begun. */
  readonly reset: z.ZodObject;
  readonly action: z.ZodObject;
  readonly observation: z.ZodObject;
  readonly state: z.ZodObject;
  begin(reset: JsonObject, origin: EpisodeOrigin): Promise<ProfileEpisode>;
  /** What stands in for an observation while a reset or a step is still under way. */
  readonly waiting: Shown;
  /** The state before the first reset. */
  readonly blank: JsonObject;
}
