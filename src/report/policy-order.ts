/** The order in which runs were asked for their policies, whoever finished first. */
import type { JsonObject } from "../types.ts";

/**
 * The names of policies that played, in the order of the runs' configurations. A name that the command spells otherwise, such as
 * the file of a policy of one's own, takes the place of those that it does not name.
 *
 * @param configs the configuration of each run, in the order of the runs
 * @param played the names in the records
 */
export function orderOfPolicies(configs: readonly JsonObject[], played: Iterable<string>): string[] {
  const known = new Set(played);
  const asked = configs.flatMap((config) => namesIn(config, known));
  let others = [...known].filter((name) => !asked.includes(name)).toSorted();
  const order = asked.flatMap((name) => {
    if (known.has(name)) return [name];
    const own = others;
    others = [];
    return own;
  });
  return [...new Set([...order, ...others])];
}

/** The command's list is separated by commas, and calls a model `openai`. */
function namesIn({ policies, model }: JsonObject, known: ReadonlySet<string>): string[] {
  const given = Array.isArray(policies) ? policies.map(String) : [];
  const names = given.flatMap((name) => (known.has(name) ? [name] : name.split(",")));
  return names.map((name) => (name === "openai" && typeof model === "string" ? model : name));
}
