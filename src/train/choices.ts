/** Names to choose from, apart from what they load. */
export const BACKENDS = ["node", "wasm", "cpu"] as const;
export type BackendName = (typeof BACKENDS)[number];

export const ALGORITHMS = ["reinforce", "ppo", "grpo", "dr_grpo"] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** How a policy learns from saved episodes alone. */
export const OFFLINE_ALGORITHMS = ["bc", "awr"] as const;
export type OfflineAlgorithm = (typeof OFFLINE_ALGORITHMS)[number];
