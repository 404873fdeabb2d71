/** The answers that each task of BABILong allows (RMT-team/babilong, Apache-2.0: `TASK_LABELS` of `babilong/metrics.py`). */

const ROOMS = ["bathroom", "bedroom", "garden", "hallway", "kitchen", "office"];
const YES_OR_NO = ["no", "yes"];

/** The labels of the published tasks, qa1 to qa20. */
export const PUBLISHED_LABELS: Readonly<Record<string, readonly string[]>> = {
  qa1: ROOMS,
  qa2: ROOMS,
  qa3: ROOMS,
  qa4: ROOMS,
  qa5: ["Bill", "Fred", "Jeff", "Mary", "apple", "football", "milk"],
  qa6: YES_OR_NO,
  qa7: ["none", "one", "three", "two"],
  qa8: ["apple", "football", "milk", "nothing"],
  qa9: YES_OR_NO,
  qa10: ["maybe", ...YES_OR_NO],
  qa11: ROOMS,
  qa12: ROOMS,
  qa13: ROOMS,
  qa14: ["bedroom", "cinema", "kitchen", "office", "park", "school"],
  qa15: ["cat", "mouse", "sheep", "wolf"],
  qa16: ["gray", "green", "white", "yellow"],
  qa17: YES_OR_NO,
  qa18: YES_OR_NO,
  qa19: ["e,e", "e,n", "e,s", "n,e", "n,n", "n,w", "s,e", "s,s", "s,w", "w,n", "w,s", "w,w"],
  qa20: ["bedroom", "bored", "garden", "hungry", "kitchen", "thirsty", "tired"],
};

/**
 * The world of the tasks that are made here. No word of it contains another one, or an answer such as `no` or `one`, since the
 * official comparison looks for labels inside words; and no name occurs in Moby-Dick.
 */
export const PEOPLE = ["Tilda", "Bram", "Greta", "Rufus"] as const;
export const PLACES = ["attic", "cellar", "chapel", "harbour", "orchard", "stable"] as const;
export const THINGS = ["compass", "kettle", "violin"] as const;
/** Zero is not "none", which contains "one": the official comparison never finds it alone. */
export const NUMBERS = ["zero", "one", "two", "three"] as const;

/** A task that can be made here. */
export type MadeTask = "qa1" | "qa2" | "qa3" | "qa4" | "qa5" | "qa6" | "qa7" | "qa8" | "qa9" | "qa10";

/** The labels of the tasks that are made here. */
export const MADE_LABELS: Readonly<Record<MadeTask, readonly string[]>> = {
  qa1: PLACES,
  qa2: PLACES,
  qa3: PLACES,
  qa4: PLACES,
  qa5: [...PEOPLE, ...THINGS],
  qa6: YES_OR_NO,
  qa7: NUMBERS,
  qa8: [...THINGS, "nothing"],
  qa9: YES_OR_NO,
  qa10: ["maybe", ...YES_OR_NO],
};

/** The tasks that can be made here, in their order. */
export const MADE_TASKS = Object.keys(MADE_LABELS) as MadeTask[];
