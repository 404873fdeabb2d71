/** Opens the training and the held-out tasks: the same kinds of tasks, and longer held-out ones, without a common context. */
import { parseLength } from "../../../datasets/length.ts";
import type { Environment } from "../../../src/env/define.ts";
import { assemble, type MakeOptions } from "../../../src/env/assemble.ts";
import { UsageError } from "../../../src/errors.ts";
import type { TrainMatchup } from "../../../src/train/arena.ts";
import type { JsonObject } from "../../../src/types.ts";
import { BASELINES } from "../../../envs/strategies.ts";
import { environmentOptions, optionsOf } from "../../flags/environment-flags.ts";
import { subModelsFrom } from "../../flags/model-flags.ts";
import type { TrainSettings } from "./train-settings.ts";

const DEFAULT_LENGTH = "4k";
const LONGER = 4;

export interface TrainMatchups {
  readonly train: readonly TrainMatchup[];
  readonly heldOut: readonly TrainMatchup[];
  /** The options of each environment and length, for the record. */
  readonly options: readonly JsonObject[];
}

/** Throws `UsageError` for an environment without macro moves. */
export async function trainMatchups(
  environments: readonly Environment[],
  flags: TrainSettings,
  make: Omit<MakeOptions, "options" | "seed" | "subModels">,
): Promise<TrainMatchups> {
  for (const name of ["part", "take", "ids", "shuffle"])
    if (flags[name] !== undefined && flags[name] !== "")
      throw new UsageError(`train: --${name} is not for training, which chooses its parts itself`);
  if (flags["held-out-length"] !== undefined && !isMade(flags))
    throw new UsageError("train: --held-out-length has no use where problems are read from files");
  const kinds = environments.map((environment) => ({
    environment,
    seen: environmentOptions(environment, withLength(environment, flags, undefined)),
    longer:
      isMade(flags) && takesLength(environment)
        ? environmentOptions(environment, withLength(environment, flags, longerThan(flags)))
        : [],
  }));
  const open = (environment: Environment, options: readonly JsonObject[], part: string) =>
    options.map((own) => matchupOf(environment, { ...own, part }, flags, make));
  const train = kinds.flatMap(({ environment, seen }) => open(environment, seen, "train"));
  const heldOut = kinds.flatMap(({ environment, seen, longer }) =>
    open(environment, [...seen, ...longer], "held-out"),
  );
  // Awaited together, so that a failure in both is reported once.
  const opened = await Promise.all([...train, ...heldOut]);
  return {
    train: opened.slice(0, train.length),
    heldOut: opened.slice(train.length),
    options: kinds.flatMap(({ seen }) => seen),
  };
}

async function matchupOf(
  environment: Environment,
  options: JsonObject,
  flags: TrainSettings,
  make: Omit<MakeOptions, "options" | "seed" | "subModels">,
): Promise<TrainMatchup> {
  const benchmark = await environment.open(options, flags.seed);
  const { macro, problems, label } = benchmark;
  if (!macro) throw new UsageError(`train: ${environment.name} has no macro moves to learn`);
  // Training is offline: it asks only simulated models.
  const offline = { policy: undefined, model: undefined, "base-url": undefined, gateway: undefined };
  const asked = { ...offline, "sub-model": flags["sub-model"], "api-key-env": "OPENAI_API_KEY" };
  const subModels = subModelsFrom(asked, benchmark, flags.seed);
  const [first, second = first] = subModels;
  const makeEnv = (limits: MakeOptions["limits"]) => () =>
    assemble(environment.name, benchmark, { ...make, ...(limits && { limits }), subModels });
  const fixed = BASELINES.flatMap((name) => {
    const policy = benchmark.strategies[name]?.();
    // Some are written in Python alone.
    const writes = policy && (policy.languages?.includes(flags.repl) ?? true);
    return writes ? [[name, { policy, makeEnv: makeEnv({}) }] as const] : [];
  });
  return {
    environment: environment.name,
    // The two parts of one kind of tasks have the same label except for the part's name.
    label: label.replace(/ (?:train|held-out)$/, ""),
    problems,
    skills: macro,
    tiers: [first!.name, second!.name],
    subModel: first ?? null,
    makeEnv: makeEnv(undefined),
    fixed: new Map(fixed),
  };
}

function isMade(flags: TrainSettings): boolean {
  return flags.file === undefined && flags.ruler === undefined;
}

function takesLength(environment: Environment): boolean {
  return "length" in optionsOf(environment);
}

function withLength(
  environment: Environment,
  flags: TrainSettings,
  longer: string | undefined,
): Record<string, unknown> {
  const length =
    longer ?? flags.length ?? (isMade(flags) && takesLength(environment) ? DEFAULT_LENGTH : undefined);
  return { ...flags, ...(length !== undefined && { length }) };
}

function longerThan(flags: TrainSettings): string {
  if (flags["held-out-length"] !== undefined) return flags["held-out-length"];
  const lengths = (typeof flags.length === "string" ? flags.length : DEFAULT_LENGTH).split(",");
  const longest = lengths.reduce((most, length) => Math.max(most, parseLength(length)), 0);
  return String(LONGER * longest);
}
