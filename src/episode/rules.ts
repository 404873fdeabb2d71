/**
 * The rules of an episode by version, besides those of parsing and wording: what counts as an answer, how calls are seeded and
 * reserved, and what the REPL has imported. A record is replayed under the rules that it names. A change that would change a
 * record's bytes needs a new version here; old versions stay as they are.
 */
import { DataError } from "../errors.ts";
import { Random } from "../random.ts";
import type { ReplSeed } from "./repl-seed.ts";
import type { RulesVersion } from "../types.ts";

/** One version of the rules. */
export interface Rules {
  /** The seed of the policy's completion in a turn; null if the policy makes its own seed for all turns. */
  turnSeed(episodeSeed: number, turn: number): number | null;
  /** The seed of a sub-call. `askedBefore` is how often the episode has sent the same prompt to the same model. */
  subCallSeed(episodeSeed: number, askedBefore: number): number;
  /** Whether the record has the seeds of calls. */
  readonly recordsSeeds: boolean;
  /** Whether setting `answer` to a value that is not a dict gives that value as the answer. */
  readonly takesAnyAnswer: boolean;
  /** Whether a call that uses more than its reservation ends the episode. If not, only reaching the limit does. */
  readonly endsOnOvershoot: boolean;
  /** Whether reservations include tokens that chat templates may add. */
  readonly reservesForTemplates: boolean;
  /** Whether `drop` also drops turns for which the policy's window has no room. */
  readonly dropsBeforeWindow: boolean;
  /** Whether old turns are summarised before they exceed the policy's window, even if the options say later. */
  readonly compactsBeforeWindow: boolean;
  /** How the seed of the REPL's randomness is derived. */
  readonly replSeed: ReplSeed;
  /** Whether children are refused if the budget has no room for their first calls, and count as calls if they make none. */
  readonly countsChildren: boolean;
  /**
   * Whether `FINAL(answer["content"])` in prose is read from `answer`, and a name that usually stands for an answer, such as
   * `value`, is not one itself.
   */
  readonly readsAnswerInProse: boolean;
  /** Whether code may ask for a sub-model's thoughts besides its reply. */
  readonly asksReasoning: boolean;
  /** Whether code that sets `answer` to None hears what to do instead. */
  readonly tellsNoneAnswer: boolean;
  /** Whether a sub-call that timed out is followed by a ping of its model, which tells whose doing it was. */
  readonly pingsAfterTimeouts: boolean;
  /**
   * Whether code may hand on a part of its budget, ask for replies by a schema, and start calls without waiting for them. Children
   * that play side by side then have budgets of their own, so that none depends on how fast another one is.
   */
  readonly delegates: boolean;
  /** Modules that are already imported in Python. */
  readonly imported: readonly string[];
}

const RULES_OF_0_2_0: Rules = {
  turnSeed: (seed, turn) => Random.of(seed, "policy", turn).below(2 ** 31),
  subCallSeed: (seed, askedBefore) =>
    askedBefore === 0 ? samplingSeed(seed) : Random.of(seed, "sub-call", askedBefore).below(2 ** 31),
  recordsSeeds: true,
  takesAnyAnswer: false,
  endsOnOvershoot: false,
  reservesForTemplates: true,
  compactsBeforeWindow: true,
  dropsBeforeWindow: false,
  replSeed: "task",
  countsChildren: true,
  readsAnswerInProse: false,
  asksReasoning: false,
  tellsNoneAnswer: false,
  pingsAfterTimeouts: false,
  delegates: false,
  imported: ["re", "json", "math", "random", "collections", "itertools", "string", "datetime"],
};

const RULES_OF_0_3_0: Rules = {
  ...RULES_OF_0_2_0,
  dropsBeforeWindow: true,
  readsAnswerInProse: true,
  asksReasoning: true,
};

const RULES_OF_0_4_0: Rules = { ...RULES_OF_0_3_0, tellsNoneAnswer: true };

const RULES_OF_0_5_0: Rules = { ...RULES_OF_0_4_0, pingsAfterTimeouts: true };

const RULES: Readonly<Record<RulesVersion, Rules>> = {
  "0.1.0": {
    turnSeed: () => null,
    subCallSeed: samplingSeed,
    recordsSeeds: false,
    takesAnyAnswer: true,
    endsOnOvershoot: true,
    reservesForTemplates: false,
    compactsBeforeWindow: false,
    dropsBeforeWindow: false,
    replSeed: "episode",
    countsChildren: false,
    readsAnswerInProse: false,
    asksReasoning: false,
    tellsNoneAnswer: false,
    pingsAfterTimeouts: false,
    delegates: false,
    imported: [],
  },
  "0.2.0": RULES_OF_0_2_0,
  "0.3.0": RULES_OF_0_3_0,
  "0.4.0": RULES_OF_0_4_0,
  "0.5.0": RULES_OF_0_5_0,
  "0.6.0": { ...RULES_OF_0_5_0, delegates: true },
};

/** The rules of a version. */
export function rulesOf(version: RulesVersion): Rules {
  return RULES[version];
}

/** The version of the rules of a record. Throws `DataError` for an unknown one, such as of a later rlm-gym. */
export function rulesOfRecord({
  rolloutId,
  rules = "0.1.0",
}: {
  readonly rolloutId: string;
  readonly rules?: RulesVersion;
}): RulesVersion {
  if (Object.hasOwn(RULES, rules)) return rules;
  throw new DataError(
    `rollout ${rolloutId}: field rules: expected ${Object.keys(RULES).join(" or ")}, got ${JSON.stringify(rules)}; a later rlm-gym may have written it`,
  );
}

function samplingSeed(episodeSeed: number): number {
  return Random.of(episodeSeed, "sub-call").below(2 ** 31);
}
