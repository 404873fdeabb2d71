/** The base class of wrappers, as in Gymnasium. */
import type { Env, ResetOptions, StepResult } from "../../episode/contract.ts";
import type { Trajectory } from "../../trajectory.ts";
import type { Action } from "../../types.ts";

/** Passes everything to the wrapped environment, so that a subclass changes only one thing. */
export abstract class Wrapper implements Env {
  /** The wrapped environment, which may itself be a wrapper. */
  readonly env: Env;

  constructor(env: Env) {
    this.env = env;
  }

  /** The environment under all wrappers. */
  get unwrapped(): Env {
    return this.env instanceof Wrapper ? this.env.unwrapped : this.env;
  }

  get name(): string {
    return this.env.name;
  }

  get subModels(): Env["subModels"] {
    return this.env.subModels;
  }

  get closed(): boolean {
    return this.env.closed;
  }

  get limits(): Env["limits"] {
    return this.env.limits;
  }

  get dialect(): Env["dialect"] {
    return this.env.dialect;
  }

  get language(): Env["language"] {
    return this.env.language;
  }

  get origin(): Env["origin"] {
    return this.env.origin;
  }

  get turnSeed(): Env["turnSeed"] {
    return this.env.turnSeed;
  }

  get messages(): Env["messages"] {
    return this.env.messages;
  }

  get deadline(): AbortSignal {
    return this.env.deadline;
  }

  get trajectory(): Trajectory {
    return this.env.trajectory;
  }

  problem(seed: number): ReturnType<Env["problem"]> {
    return this.env.problem(seed);
  }

  reset(options: ResetOptions = {}): ReturnType<Env["reset"]> {
    return this.env.reset(options);
  }

  step(action: Action): Promise<StepResult> {
    return this.env.step(action);
  }

  reserve(...policy: Parameters<Env["reserve"]>): number {
    return this.env.reserve(...policy);
  }

  abandon(...why: Parameters<Env["abandon"]>): Promise<Trajectory> {
    return this.env.abandon(...why);
  }

  close(): Promise<void> {
    return this.env.close();
  }
}
