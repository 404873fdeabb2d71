/** A reward of your own: a spec of named terms with weights, one of which is a function. */
import { type RewardSpecInput, rollout } from "rlm-gym";

const reward: RewardSpecInput = {
  terms: {
    cost: { type: "linear_cost", weight: 0.1 },
    // A term sees the trajectory and the gold; its weight says how much it counts.
    brevity: { type: "custom", weight: 0.2, run: ({ turns }) => -turns.length / 10 },
  },
};

const trajectories = await rollout("s-niah", {
  policy: "map-reduce",
  episodes: 3,
  options: { length: "8k" },
  reward,
});
for (const { task, reward: earned } of trajectories) console.log(task.id, earned?.total, earned?.terms);
