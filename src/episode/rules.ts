/**
 * The rules of an episode by version, beside those of parsing and wording: what an answer is, how calls are seeded and
 * reserved, and what the REPL has imported. A record plays again by the rules that it names. A change that changes a
 * record's bytes makes a new version here and leaves the old ones as they are.
 */
import { DataError } from "../errors.ts";
import { Random } from "../random.ts";
import type { ReplSeed } from "./repl-seed.ts";
import type { RulesVersion } from "../types.ts";

export interface Rules {
  /** The seed of the policy's completion in this turn; null where one seed serves all turns, which the policy makes itself. */
  turnSeed(episodeSeed: number, turn: number): number | null;
  /** The seed of a sub-call. `askedBefore`: how often the episode has sent the same prompt to the same model. */
  subCallSeed(episodeSeed: number, askedBefore: number): number;
  /** Whether the seeds of calls stand in the record. */
  readonly recordsSeeds: boolean;
  /** Whether a value of `answer` that is not a dict ends the episode as the answer. */
  readonly takesAnyAnswer: boolean;
  /** Whether a call that uses more than was reserved for it ends the episode, or only the bound itself does. */
  readonly endsOnOvershoot: boolean;
  /** Whether reservations hold room for the tokens that chat templates add. */
  readonly reservesForTemplates: boolean;
  /** Whether `drop` also lets go of turns that its window has no room for. */
  readonly dropsBeforeWindow: boolean;
  /** Whether old turns are summarised before the policy's window bursts, also where the options say later. */
  readonly compactsBeforeWindow: boolean;
  /** What fixes the chance inside the REPL. */
  readonly replSeed: ReplSeed;
  /** Whether children are refused that have no room for a first call, and count as calls where they made none. */
  readonly countsChildren: boolean;
  /** Whether `FINAL(answer["content"])` in prose is read from `answer`, and a name that usually stands for an answer is none. */
  readonly readsAnswerInProse: boolean;
  /** Whether Python may ask for a sub-model's thoughts beside its reply. */
  readonly asksReasoning: boolean;
  /** Modules that Python finds imported. */
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
  imported: ["re", "json", "math", "random", "collections", "itertools", "string", "datetime"],
};

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
    imported: [],
  },
  "0.2.0": RULES_OF_0_2_0,
  "0.3.0": { ...RULES_OF_0_2_0, dropsBeforeWindow: true, readsAnswerInProse: true, asksReasoning: true },
};

export function rulesOf(version: RulesVersion): Rules {
  return RULES[version];
}

/** The rules that a record was made by. Throws `DataError` for those of a later rlm-gym. */
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
