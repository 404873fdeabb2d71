/** Names to choose from, apart from what they load. */
export const BACKENDS = ["node", "wasm", "cpu"] as const;
export type BackendName = (typeof BACKENDS)[number];

export const ALGORITHMS = ["reinforce", "ppo", "grpo"] as const;
export type Algorithm = (typeof ALGORITHMS)[number];
