/** The twenty conditions of OOLONG-Pairs (Zhang et al. 2025, appendix), as data. */

/** What one user of a pair must satisfy. */
export interface Condition {
  /** At least one instance of any of these labels. */
  readonly anyOf?: readonly string[];
  /** How many instances of each of these labels. */
  readonly counts?: Readonly<Record<string, `${">=" | "=="}${number}`>>;
  /** All instances of the label lie strictly after or before a date; true of users that have none. */
  readonly allOf?: { readonly label: string; readonly after?: string; readonly before?: string };
}

/** Both users satisfy the one condition; or one user satisfies the first and the other the second, in either order. */
export type Predicate = readonly [Condition] | readonly [Condition, Condition];

const ABBREVIATION = "abbreviation";
const CONCEPT = "description and abstract concept";
const ENTITY = "entity";
const HUMAN = "human being";
const LOCATION = "location";
const NUMBER = "numeric value";

/** The labels that the conditions use, in the order in which the question lists them. */
export const PAIR_LABELS: readonly string[] = [CONCEPT, ENTITY, HUMAN, NUMBER, LOCATION, ABBREVIATION];

/** The paper numbers them from 1, so the predicate at index 0 is number 1. */
export const PREDICATES: readonly Predicate[] = [
  [{ anyOf: [NUMBER, LOCATION] }],
  [{ anyOf: [ENTITY, HUMAN] }],
  [{ anyOf: [CONCEPT, ABBREVIATION] }],
  [{ anyOf: [HUMAN, LOCATION], allOf: { label: HUMAN, after: "2023-01-06" } }],
  [{ anyOf: [ENTITY, NUMBER], allOf: { label: ENTITY, before: "2023-03-15" } }],
  [{ anyOf: [LOCATION, ABBREVIATION] }],
  [{ anyOf: [CONCEPT, NUMBER], allOf: { label: NUMBER, after: "2023-02-01" } }],
  [{ anyOf: [HUMAN, CONCEPT] }],
  [{ anyOf: [ENTITY, LOCATION], allOf: { label: LOCATION, after: "2023-04-10" } }],
  [{ anyOf: [NUMBER, ABBREVIATION], allOf: { label: ABBREVIATION, before: "2023-05-20" } }],
  [{ counts: { [ENTITY]: ">=1", [ABBREVIATION]: ">=1" } }, { counts: { [ENTITY]: "==1" } }],
  [{ counts: { [NUMBER]: ">=2" } }, { counts: { [LOCATION]: ">=1", [HUMAN]: ">=1" } }],
  [{ counts: { [CONCEPT]: "==1" } }, { counts: { [ABBREVIATION]: ">=1", [ENTITY]: ">=1" } }],
  [{ counts: { [HUMAN]: ">=1", [NUMBER]: ">=1" } }, { counts: { [LOCATION]: "==2" } }],
  [
    { counts: { [ENTITY]: ">=1", [LOCATION]: ">=1", [ABBREVIATION]: ">=1" } },
    { counts: { [NUMBER]: "==1" } },
  ],
  [{ counts: { [CONCEPT]: ">=1", [HUMAN]: ">=1" } }, { counts: { [ENTITY]: ">=2", [ABBREVIATION]: "==1" } }],
  [{ counts: { [NUMBER]: "==1" } }, { counts: { [LOCATION]: ">=1", [CONCEPT]: ">=1" } }],
  [{ counts: { [ABBREVIATION]: ">=1", [HUMAN]: "==1" } }, { counts: { [ENTITY]: ">=1", [NUMBER]: ">=1" } }],
  [
    { counts: { [LOCATION]: ">=2", [ENTITY]: ">=1" } },
    { counts: { [CONCEPT]: "==1", [ABBREVIATION]: "==1" } },
  ],
  [
    { counts: { [NUMBER]: ">=1", [HUMAN]: ">=1" } },
    { counts: { [LOCATION]: ">=1", [ENTITY]: ">=1", [ABBREVIATION]: "==1" } },
  ],
];
