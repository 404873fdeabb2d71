/** Which of a worker's keys go to which server. Whoever writes to Redis names the servers of a run, and must not get the keys. */

/** The roles that models play, by the prefix of their flags. */
const PREFIXES = ["", "sub-", "judge-"] as const;
/** The name of no environment variable. */
const NO_VARIABLE = "";

/** The flags of a run with the worker's own, as `flags` of `rollout` have them. */
type Flags = Readonly<Record<string, unknown>>;

/**
 * The flags that name the variable of each role's key: none for a role whose server the run names. A provider's own server,
 * which is asked where no URL is given, gets its key.
 *
 * @param own the URLs that this machine's flags name
 */
export function keysToSend(flags: Flags, own: Flags): Record<string, string> {
  const entries = PREFIXES.flatMap((prefix) => {
    const name = `${prefix}base-url`;
    const usesOwn = flags[name] !== undefined;
    const isTrusted = own[usesOwn ? name : "base-url"] !== undefined;
    const isAsked = usesOwn || flags["base-url"] !== undefined || flags["gateway"] !== undefined;
    return isAsked && !isTrusted ? [[`${prefix}api-key-env`, NO_VARIABLE] as const] : keptKey(flags, prefix);
  });
  return Object.fromEntries(entries);
}

/** A role without a variable of its own would be left without a key together with the policy's. */
function keptKey(flags: Flags, prefix: string): (readonly [string, string])[] {
  const variable = flags[`${prefix}api-key-env`] ?? flags["api-key-env"];
  return typeof variable === "string" ? [[`${prefix}api-key-env`, variable]] : [];
}
