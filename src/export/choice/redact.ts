/** Removes named patterns from the texts of an episode, and counts how often. */
import { UsageError } from "../../errors.ts";
import type { Call, Trajectory } from "../../trajectory.ts";
import type { Context } from "../../types.ts";
import type { ExportItem } from "../exporter.ts";
import type { Tally } from "../tally.ts";

/** Patterns that are known by name. */
const KNOWN: Readonly<Record<string, RegExp>> = {
  // A name before the sign has at most 64 characters (RFC 5321).
  email: /[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+/g,
  key: /\b(?:sk|pk|ghp|gho|hf|xox[abp])[-_][A-Za-z0-9_-]{16,}/g,
  ipv4: /\b(?:\d{1,3}\.){3}\d{1,3}\b/g,
};

/** Keys whose strings stay unchanged: they identify, are compared, come from a small set of words, or are times. */
const KEPT_KEYS: ReadonlySet<string> = new Set([
  "sha256",
  "systemPromptSha256",
  "rolloutId",
  "rule",
  "groupId",
  "traceId",
  "weightVersion",
  "startedAt",
  "status",
  "stopReason",
  "purpose",
  "dialect",
  "mode",
  "outcome",
  "finishReason",
  "usageSource",
]);

/**
 * Removes patterns from texts, and counts how often each was found. Throws `UsageError` for a pattern that cannot be read.
 */
export class Redaction {
  readonly #patterns: readonly (readonly [name: string, pattern: RegExp])[];
  readonly #needsTokens: boolean;

  /**
   * @param specs `name` of a known pattern, or `name=expression`; throws `UsageError`
   * @param needsTokens whether rows hold token ids, from which nothing can be removed: such rollouts are left out
   */
  constructor(specs: readonly string[], needsTokens: boolean) {
    this.#patterns = specs.map((spec) => patternOf(spec));
    this.#needsTokens = needsTokens;
  }

  /** Null if the rollout cannot be kept. */
  apply(item: ExportItem, tally: Tally | null): ExportItem | null {
    const found = new Map<string, number>();
    const clean = this.#clean(item.trajectory, found) as Trajectory;
    if (found.size > 0 && this.#needsTokens) {
      tally?.leaveOut("a redacted text, which its token ids would still hold");
      return null;
    }
    const isChanged = found.size > 0;
    const reference = this.#clean(item.reference, found) as ExportItem["reference"];
    for (const [name, times] of found) tally?.change(`redacted ${name}`, times);
    const context = async () => this.#clean(await item.context(), new Map()) as Context | null;
    // The ids of a changed text would reveal what was removed.
    const trajectory = isChanged ? withoutTokens(clean) : clean;
    if (!item.repairs) return { ...item, trajectory, reference, context };
    const repairs = this.#clean(item.repairs, new Map()) as NonNullable<ExportItem["repairs"]>;
    return { ...item, trajectory, reference, context, repairs };
  }

  #clean(value: unknown, found: Map<string, number>): unknown {
    if (typeof value === "string") return this.#cleanText(value, found);
    if (Array.isArray(value)) return value.map((item: unknown) => this.#clean(item, found));
    if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, KEPT_KEYS.has(key) ? item : this.#clean(item, found)]),
    );
  }

  #cleanText(text: string, found: Map<string, number>): string {
    let clean = text;
    for (const [name, pattern] of this.#patterns)
      clean = clean.replaceAll(pattern, () => {
        found.set(name, (found.get(name) ?? 0) + 1);
        return `[${name}]`;
      });
    return clean;
  }
}

/** The ids of a changed text would reveal what it was. */
export function withoutTokens(trajectory: Trajectory): Trajectory {
  return {
    ...trajectory,
    calls: trajectory.calls.map((held): Call => {
      const { tokens: _, ...call } = held;
      return call;
    }),
    children: trajectory.children.map(withoutTokens),
  };
}

function patternOf(spec: string): readonly [string, RegExp] {
  const [name = "", ...rest] = spec.split("=");
  const known = KNOWN[name];
  if (rest.length === 0) {
    if (known) return [name, known];
    const names = Object.keys(KNOWN).join(", ");
    throw new UsageError(`--redact ${spec}: expected one of ${names}, or NAME=EXPRESSION`);
  }
  try {
    return [name, new RegExp(rest.join("="), "gu")];
  } catch (error) {
    throw new UsageError(`--redact ${name}: ${(error as Error).message}`, { cause: error });
  }
}
