/** One episode that a client plays step by step, under any profile, with its environment, budget and record. */
import type { Info, StepResult } from "../episode/contract.ts";
import type { RLMEnv } from "../env/env.ts";
import { BudgetError, ModelError } from "../errors.ts";
import type { InfraError, Trajectory } from "../trajectory.ts";
import type { Action, JsonObject, Observation, Problem, Task, Reference } from "../types.ts";
import { CapturedPolicy, LostCall } from "./captured-policy.ts";
import type { Asked, KeptRepl } from "./kept-repl.ts";
import type { EpisodeOrigin, EpisodeHost } from "./profiles/profile.ts";

/** The model name under which a client's completions are counted if it names none. */
export const CLIENT_POLICY = "openenv-client";

/** The episode that a session plays. */
export class ServedEpisode {
  readonly env: RLMEnv;
  readonly task: Task;
  readonly origin: EpisodeOrigin;
  /** For the opening's metadata: where to ask the client's model, and which question of a kept REPL this is. */
  readonly beginning: JsonObject;
  readonly #reference: Reference | null;
  readonly #onEnd: EpisodeHost["onEnd"];
  readonly #captured: CapturedPolicy | null;
  readonly #kept: KeptRepl | null;
  #observation: Observation;
  #info: Info;
  #trajectory: Trajectory | null = null;
  /** The step that is running. */
  #acting: Promise<StepResult> | null = null;
  /** True once the client has left: an unfinished episode then leaves no record. */
  #left = false;

  private constructor(
    env: RLMEnv,
    begun: Awaited<ReturnType<RLMEnv["reset"]>>,
    problem: { readonly task: Task; readonly reference: Reference | null },
    origin: EpisodeOrigin,
    host: Pick<EpisodeHost, "onEnd">,
    { captured, kept }: { readonly captured: CapturedPolicy | null; readonly kept: KeptRepl | undefined },
  ) {
    this.env = env;
    this.#observation = begun.observation;
    this.#info = begun.info;
    this.task = problem.task;
    this.#reference = problem.reference;
    this.origin = origin;
    this.#onEnd = host.onEnd;
    this.#captured = captured;
    this.#kept = kept ?? null;
    this.beginning = { ...this.#gateway, ...kept?.facts };
  }

  /**
   * Begins an episode; `own` is a client's task, otherwise the dataset's for the seed is played, in `kept` if the REPL is kept. Throws
   * `UsageError`, `ReplError`, `ModelError`.
   */
  static async begin(
    env: RLMEnv,
    origin: EpisodeOrigin,
    host: Pick<EpisodeHost, "name" | "gateway" | "onEnd">,
    { own, kept }: { readonly own?: Asked | null; readonly kept?: KeptRepl | undefined } = {},
  ): Promise<ServedEpisode> {
    let isAsked = false;
    try {
      const given: Asked = own ?? (await env.problem(origin.seed));
      const { seed, rolloutId } = origin;
      const problem = kept ? kept.ask(given, env, rolloutId) : given;
      isAsked = true;
      const { task, reference } = problem;
      const begun = await env.reset({
        task,
        ...(reference && { reference }),
        seed,
        rolloutId,
        policy: CLIENT_POLICY,
      });
      const facts = { environment: host.name, task_id: task.id, seed };
      const captured = host.gateway ? await CapturedPolicy.begin(host.gateway, rolloutId, facts) : null;
      return new ServedEpisode(env, begun, problem, origin, host, { captured, kept });
    } catch (error) {
      await env.close();
      // Nobody knows what a question without a record left in the REPL.
      if (isAsked) await kept?.close();
      throw error;
    }
  }

  get observation(): Observation {
    return this.#observation;
  }

  get info(): Info {
    return this.#info;
  }

  /** The record, once the episode has ended. */
  get trajectory(): Trajectory | null {
    return this.#trajectory;
  }

  /** The address at which to ask the client's model; empty without a gateway. */
  get #gateway(): JsonObject {
    const { url, sessionId } = this.#captured ?? {};
    return url === undefined ? {} : { gateway_url: url, gateway_session: sessionId! };
  }

  /**
   * Takes a turn. If the budget has no room for the completion, the episode ends, as in a rollout. A lost call of the client's
   * model ends it as an infrastructure fault.
   */
  async act(given: Action): Promise<StepResult> {
    const acting = this.#act(given);
    this.#acting = acting;
    try {
      return await acting;
    } finally {
      this.#acting = null;
    }
  }

  /** Ends the episode as an infrastructure fault, even during a step, so that there is a record. */
  async abandon(error: InfraError): Promise<void> {
    if (this.#trajectory) return;
    if (!this.#acting) return void (await this.#cut(await this.env.abandon("infra_error", error)));
    const acting = this.#acting.catch(() => {});
    await this.env.close();
    await acting;
  }

  async close(): Promise<void> {
    this.#left = true;
    await this.env.close();
  }

  async #act(given: Action): Promise<StepResult> {
    let action = given;
    try {
      action = (await this.#captured?.join(given, this.env.dialect, this.env.language)) ?? given;
    } catch (error) {
      if (!(error instanceof LostCall || error instanceof ModelError)) throw error;
      const kind = error instanceof LostCall ? "lost_call" : "gateway";
      return this.#cut(await this.env.abandon("infra_error", { kind, message: error.message }));
    }
    if (isCompletion(action)) {
      try {
        this.env.reserve({ name: typeof action === "string" ? CLIENT_POLICY : action.model });
      } catch (error) {
        if (!(error instanceof BudgetError)) throw error;
        return this.#cut(await this.env.abandon(`max_${error.limit}`));
      }
    }
    const result = await this.env.step(action);
    this.#observation = result.observation;
    this.#info = result.info;
    if (result.terminated || result.truncated) await this.#end(this.env.trajectory);
    return result;
  }

  async #cut(trajectory: Trajectory): Promise<StepResult> {
    const { stopReason, reward, answer } = trajectory;
    this.#info = { ...this.#info, stopReason, reward, answer: answer?.text ?? null };
    await this.#end(trajectory);
    const total = reward?.total ?? null;
    return {
      observation: this.#observation,
      reward: total,
      terminated: false,
      truncated: true,
      info: this.#info,
    };
  }

  async #end(trajectory: Trajectory): Promise<void> {
    if (this.#left) return;
    this.#trajectory = trajectory;
    this.#kept?.settle(trajectory);
    const problem: Pick<Problem, "task"> & Partial<Problem> = {
      task: this.task,
      ...(this.#reference && { reference: this.#reference }),
    };
    await this.#onEnd(trajectory, problem);
  }
}

function isCompletion(action: Action): action is Extract<Action, string | { readonly text: string }> {
  return typeof action === "string" || "text" in action;
}
