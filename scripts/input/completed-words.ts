/** What a shell offers for words that the parser does not know by heart: names of environments and of their strategies. */
import { environments } from "../../envs/registry.ts";

const TAKES_ENVIRONMENTS: ReadonlySet<string> = new Set(["rollout", "compare", "train"]);
const NAMES_POLICIES: ReadonlySet<string> = new Set(["--policy", "--policies"]);
/** Policies that every environment has beside its strategies. */
const EVERYWHERE = ["oracle", "openai", "simulated"];

/**
 * The words that the last one may become; null if the parser knows better.
 * @param words what was typed behind the name of the command; the last word may be empty
 */
export function completedWords(words: readonly string[]): string[] | null {
  const [verb = "", ...more] = words;
  const typed = more.at(-1) ?? "";
  const isFirst = more.length === 1 && TAKES_ENVIRONMENTS.has(verb);
  if (typed.startsWith("-")) return null;
  if (isFirst || (more.at(-2) === "--env" && verb === "serve"))
    return lists(
      typed,
      environments.map(({ name }) => name),
    );
  if (!NAMES_POLICIES.has(more.at(-2) ?? "")) return null;
  const named = new Set(more[0]?.split(","));
  const played = environments.filter(({ name }) => named.has(name));
  const known = (played.length > 0 ? played : environments).flatMap(({ strategyNames }) => strategyNames);
  return lists(typed, [...new Set(known), ...EVERYWHERE]);
}

/** Names stand in lists with commas between them; each one that begins as the last of the list does. */
function lists(typed: string, names: readonly string[]): string[] {
  const before = typed.slice(0, typed.lastIndexOf(",") + 1);
  return names.filter((name) => name.startsWith(typed.slice(before.length))).map((name) => before + name);
}
