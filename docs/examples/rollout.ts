/** Twenty episodes in a ten-line script, four at a time: each trajectory as it ends, and the table at the end. */
import { rollout } from "rlm-gym";

const rollouts = rollout("s-niah", {
  policy: ["grep", "direct"],
  episodes: 10,
  concurrency: 4,
  options: { length: "8k" },
});
for await (const { policy, task, reward, turns } of rollouts)
  console.log(policy, task.id, `${turns.length} turns`, reward?.total.toFixed(3));
for (const { policy, accuracy, tokens } of rollouts.summary.rows)
  console.log(`${policy}: accuracy ${accuracy}, ${tokens?.mean.toFixed(0)} tokens an episode`);
