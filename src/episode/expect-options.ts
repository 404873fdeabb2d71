/** Checks of options that belong together. All throw `UsageError`. */
import type { ReplLanguage } from "../languages/language.ts";
import { expectBudgetView } from "./budget-view.ts";
import type { RLMEnvOptions } from "./contract.ts";
import { expectTools } from "./tools/host-tools.ts";
import { expectObservations, expectReplies } from "./observation-form.ts";
import { expectWorld } from "./world/world.ts";

/** The names that tools, the world's tools and the view of the budget have in the REPL: none may be taken twice. */
export function expectNames(options: RLMEnvOptions, language: ReplLanguage): void {
  const { tools = {}, world, budgetView } = options;
  expectTools(tools, language);
  expectBudgetView(budgetView, [...Object.keys(tools), ...Object.keys(world?.tools ?? {})]);
  if (world) expectWorld(world, language, Object.keys(tools));
}

/** How the policy sees observations, and replies of sub-models. */
export function expectSights(options: RLMEnvOptions, language: ReplLanguage): void {
  expectObservations(options.observations);
  expectReplies(options, language);
}
