/** Best of n: several rollouts of each task form a group; the best of each is kept, and the others show the contrast. */
import { rollout, type Trajectory } from "rlm-gym";

const trajectories = await rollout("oolong", {
  policy: "map-reduce",
  episodes: 3,
  groupSize: 4,
  options: { length: "16k" },
});
const groups = new Map<string, Trajectory[]>();
// An episode that an infrastructure fault ended has no reward, and is in no group.
for (const trajectory of trajectories.filter(({ status }) => status === "ok"))
  groups.set(trajectory.groupId, [...(groups.get(trajectory.groupId) ?? []), trajectory]);
for (const [groupId, group] of groups) {
  const rewards = group.map(({ reward }) => reward?.total ?? 0);
  const best = group[rewards.indexOf(Math.max(...rewards))];
  console.log(groupId, "rewards", rewards, "best answer", best?.answer?.text);
}
