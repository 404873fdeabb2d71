/** The program of a process that plays episodes for a `rollout` of the library. */
import { UsageError } from "../src/errors.ts";
import { LanguagePools } from "../src/languages/language-pools.ts";
import { playForCoordinator } from "../src/queue/processes/player.ts";
import { plannedRun } from "../src/rollout/rollout.ts";
import { environmentOf } from "./make.ts";
import type { RolloutRecipe, ToldProcess } from "./processes.ts";

playForCoordinator(async (settings, { processes }) => {
  const { environment, options, module, folder, interpreters } = settings as ToldProcess;
  const recipe =
    module === null ? { environment: environment!, options: options! } : await madeBy(module, processes);
  const run = await plannedRun(environmentOf(recipe.environment), recipe.options);
  const pools = new LanguagePools({ size: interpreters });
  return { run, folder, replsOf: (language) => pools.of(language) };
});

async function madeBy(module: string, processes: number) {
  const { recipe } = (await import(module)) as { recipe?: Exported };
  const made = typeof recipe === "function" ? await recipe({ processes }) : recipe;
  if (made?.environment !== undefined && typeof made.options === "object") return made;
  throw new UsageError(
    `${module}: expected it to export recipe: { environment, options }, or a function that returns that`,
  );
}

type Exported =
  | RolloutRecipe
  | ((process: { readonly processes: number }) => RolloutRecipe | Promise<RolloutRecipe>);
