/** Makes many environments of one name that share a pool of interpreters and step together. */
import { availableParallelism } from "node:os";
import { UsageError } from "../src/errors.ts";
import { VectorEnv, type VectorOptions } from "../src/env/vector.ts";
import type { Env } from "../src/episode/contract.ts";
import type { Environment, GivenOptions } from "../src/env/define.ts";
import { assemble, languageOf, type MakeOptions } from "../src/env/assemble.ts";
import { environmentOf, expectMakeOptions } from "./make.ts";
import type { EnvironmentName, OptionsOf } from "./registry.ts";

/** The options of `makeVector` beyond those of `make`. */
export interface MakeVectorOptions<Options = GivenOptions>
  extends MakeOptions<Options>, Omit<VectorOptions, "onClose"> {
  readonly numEnvs: number;
  /** Wraps each environment. */
  readonly wrap?: (env: Env, envIndex: number) => Env;
}

/**
 * `numEnvs` environments over one dataset and one pool. As many episodes run at once as there are environments; the pool has one
 * worker per core unless the caller gives another pool. Throws `UsageError`.
 */
export async function makeVector<Chosen extends EnvironmentName | Environment>(
  environment: Chosen,
  { numEnvs, wrap = (env) => env, autoreset, episode, ...options }: MakeVectorOptions<OptionsOf<Chosen>>,
): Promise<VectorEnv> {
  expectMakeOptions("makeVector", options, ["numEnvs", "wrap", "autoreset", "episode"]);
  if (!Number.isSafeInteger(numEnvs) || numEnvs < 1)
    throw new UsageError(`numEnvs: expected a whole number of at least 1, got ${numEnvs}`);
  const chosen = environmentOf(environment);
  const benchmark = await chosen.open(options.options ?? {}, options.seed ?? 0);
  const owned = options.repls
    ? null
    : languageOf(options).openPool({ size: Math.min(numEnvs, availableParallelism()) });
  const repls = options.repls ?? owned!;
  const envs = Array.from({ length: numEnvs }, (_, index) =>
    wrap(assemble(chosen.name, benchmark, { ...options, repls }), index),
  );
  return new VectorEnv(envs, {
    ...(autoreset && { autoreset }),
    ...(episode && { episode }),
    ...(owned && { onClose: () => owned.close() }),
  });
}
