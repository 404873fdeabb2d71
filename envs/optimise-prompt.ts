/** Searches for a better system prompt in an environment given by name or definition. */
import type { Environment } from "../src/env/define.ts";
import { type OptimisePromptOptions, optimisePromptIn } from "../src/optimise/optimise-prompt.ts";
import type { PromptSearchResult } from "../src/optimise/search-prompt.ts";
import { environmentOf } from "./make.ts";
import type { EnvironmentName, OptionsOf } from "./registry.ts";

/**
 * Reflective prompt search: plays a policy under many system prompts, which a reflecting model writes after reading episodes, and
 * tests the best one against the first on held-out tasks. Everything is written to the folder `out`, and `resume` goes on with it.
 */
export function optimisePrompt<Chosen extends EnvironmentName | Environment>(
  environment: Chosen,
  options: OptimisePromptOptions<OptionsOf<Chosen>>,
): Promise<PromptSearchResult> {
  return optimisePromptIn(environmentOf(environment), options);
}
