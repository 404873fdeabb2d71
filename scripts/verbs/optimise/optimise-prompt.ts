/** `rlm-gym optimise prompt`: reads the flags, lets the library search, prints the table. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { CommandModule } from "yargs";
import { defaultPrices } from "../../../src/cost/pricing.ts";
import { resolveLimits } from "../../../src/episode/limits.ts";
import { UsageError } from "../../../src/errors.ts";
import { writeAtomically } from "../../../src/files/atomic-write.ts";
import type { Governor } from "../../../src/models/governor.ts";
import type { Model } from "../../../src/models/model.ts";
import { SIMULATED_TIERS } from "../../../src/models/simulated/simulated.ts";
import { seedPromptOf } from "../../../src/optimise/optimise-prompt.ts";
import { reflectingSimulation } from "../../../src/optimise/reflecting-simulation.ts";
import { BEST_PROMPT_FILE, POOL_FILE, searchPrompt } from "../../../src/optimise/search-prompt.ts";
import { deadlineSeconds, deadlineSignal } from "../../flags/deadline-flag.ts";
import { serverModel } from "../../flags/model-flags.ts";
import { replPoolFrom } from "../../flags/repl-pool.ts";
import { wholeNumber } from "../../flags/values.ts";
import { loadEnvironments } from "../../input/load-environment.ts";
import { onInterrupt } from "../../interrupt.ts";
import { iterationLine, promptSearchTable } from "../../output/prompt-search-table.ts";
import { type Asked, askedFor } from "../rollout/asked.ts";
import type { RolloutFlags } from "../rollout/flags.ts";
import { joined, type PromptSearchFlags, withSearchFlags } from "./flags.ts";

/** The file of the table in a search's folder. */
const TABLE_FILE = "table.txt";

/** @param args the raw arguments: the environments' own flags are known only once their names are. */
export function optimisePromptVerb(args: readonly string[]): CommandModule<object, PromptSearchFlags> {
  return {
    command: "prompt [environments..]",
    describe: "search for a better system prompt: a model reads episodes and writes new prompts",
    builder: async (argv) =>
      (await withSearchFlags(argv, args))
        .example(
          "$0 optimise prompt s-niah --policy simulated --length 2k --budget 300 --out runs/search",
          "offline: a program plays, and a program writes the prompts",
        )
        .example(
          "$0 optimise prompt s-niah oolong --policy openai --model M --base-url http://localhost:8000/v1 --budget 400 --out runs/search",
          "a model that writes its own prompts, on tasks of two environments",
        )
        .example(
          "$0 optimise prompt oolong --policy openai --model small --base-url U --reflect-model large --reflect-base-url V --budget 400 --budget-dollars 5 --max-dollars 0.02 --out runs/search",
          "a larger model writes the prompts of a small one, for 5 dollars at most",
        )
        .example(
          "$0 optimise prompt s-niah --policy simulated --length 2k --budget 300 --out runs/search --resume",
          "go on with a search that ended early",
        )
        .example(
          "$0 rollout s-niah --policy openai --model M --base-url U --prompt runs/search/best-prompt.txt",
          "play with the prompt that was found",
        ),
    handler: (flags) => search(flags),
  };
}

async function search(flags: PromptSearchFlags & Record<string, unknown>): Promise<void> {
  const environments = await loadEnvironments(joined(flags.environments), flags.env);
  const concurrency = wholeNumber(flags.concurrency ?? availableParallelism(), "--concurrency", 1);
  if (flags.deadline !== undefined) deadlineSeconds(flags.deadline);
  const { policy } = flags;
  if (policy?.length !== 1 || policy[0]!.includes(","))
    throw new UsageError("optimise prompt: --policy: expected one policy, such as openai or simulated");
  if (policy[0] === "openai" && flags["sub-model"] === undefined && flags.model === undefined)
    throw new UsageError("--policy openai needs --model NAME");
  // A search has its own numbers of episodes: a run's are of no account.
  const asked = await askedFor(environments, {
    ...flags,
    episodes: 1,
    "group-size": 1,
  } as unknown as RolloutFlags & Record<string, unknown>);
  const seedPrompt = seedPromptFor(asked, flags);
  const repls = await replPoolFrom(flags, Math.max(1, Math.min(concurrency, availableParallelism())));
  const interrupt = onInterrupt();
  const deadline = deadlineSignal(flags.deadline);
  try {
    const limits = asked.matchups.map(({ benchmark }) => resolveLimits(benchmark.limits, asked.make.limits));
    const result = await searchPrompt(
      {
        matchups: asked.matchups,
        seed: asked.seed,
        seedPrompt,
        dialect: flags.dialect,
        prices: asked.make.prices ?? defaultPrices(),
        maxDollars: Math.max(...limits.map(({ maxDollars }) => maxDollars)),
        config: asked.config,
      },
      {
        out: flags.out,
        resume: flags.resume,
        budget: flags.budget,
        ...(flags["budget-dollars"] !== undefined && { budgetDollars: flags["budget-dollars"] }),
        reflectingModel: reflectingModelFrom(flags, asked.governor),
        reflectMaxTokens: flags["reflect-max-tokens"],
        minibatch: flags.minibatch,
        trainTasks: flags["train-tasks"],
        validationTasks: flags["validation-tasks"],
        testTasks: flags["test-tasks"],
        ...(flags.iterations !== undefined && { iterations: flags.iterations }),
        maxPromptTokens: flags["max-prompt-tokens"],
        concurrency,
        attempts: asked.attempts,
        plain: flags.plain,
        repls,
        signal: deadline.signal ? AbortSignal.any([interrupt.signal, deadline.signal]) : interrupt.signal,
        onIteration: (iteration, best) =>
          process.stderr.write(`rlm-gym: ${iterationLine(iteration, best)}\n`),
      },
    );
    const table = promptSearchTable(result);
    await writeAtomically(join(result.folder, TABLE_FILE), table);
    const { folder } = result;
    process.stdout.write(
      flags.json
        ? `${JSON.stringify(result)}\n`
        : `${table}\nbest prompt: ${join(folder, BEST_PROMPT_FILE)} (rollout --prompt FILE plays it)\nall prompts: ${join(folder, POOL_FILE)}\nto look at the episodes: npx rlm-gym view ${folder}\n`,
    );
  } finally {
    interrupt.done();
    deadline.done();
    await repls.close();
  }
}

/** Throws `UsageError` if environments have prompts of their own that differ. */
function seedPromptFor({ matchups, make }: Asked, { dialect, ...flags }: PromptSearchFlags): string {
  const options = { ...make, dialect, severalBlocks: flags["several-blocks"] };
  const prompts = new Set(matchups.map((matchup) => seedPromptOf(options, matchup.benchmark, matchup)));
  if (prompts.size === 1) return [...prompts][0]!;
  throw new UsageError(
    "optimise prompt: the environments have different prompts; expected --prompt FILE, the one to begin with",
  );
}

function reflectingModelFrom(flags: PromptSearchFlags, governor: Governor): Model {
  const isServed = flags.policy?.[0] === "openai";
  const name = flags["reflect-model"] ?? (isServed ? flags.model : SIMULATED_TIERS[0]);
  if (name === SIMULATED_TIERS[0]) return reflectingSimulation();
  return serverModel(flags, name, "reflect", governor);
}
