/** The strategies that environments bring, for whoever compares policies. */

/** The baselines of the RLM paper, from the cheapest idea to the recursive one; the first is what others are paired with. */
export const BASELINES: readonly string[] = ["direct", "bm25", "compaction", "map-reduce", "rlm:1", "rlm:2"];
