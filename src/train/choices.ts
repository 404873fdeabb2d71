/** The names of backends and algorithms, in a file that loads neither. */
export const BACKENDS = ["node", "wasm", "cpu"] as const;
/** What computes gradients. */
export type BackendName = (typeof BACKENDS)[number];

export const ALGORITHMS = ["reinforce", "ppo", "grpo", "dr_grpo"] as const;
/** The names of the algorithms that learn while episodes are played. */
export type Algorithm = (typeof ALGORITHMS)[number];

/** How a policy learns from saved episodes, without playing. */
export const OFFLINE_ALGORITHMS = ["bc", "awr"] as const;
/** The names of the algorithms that learn from saved episodes. */
export type OfflineAlgorithm = (typeof OFFLINE_ALGORITHMS)[number];
