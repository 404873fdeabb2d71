/** From episodes to a trainer's file: a run's folder, and its right rollouts as rows for supervised training. */
import { exportRuns, rollout } from "rlm-gym";

const folder = `runs/example-${Date.now()}`;
await rollout("s-niah", {
  policy: "map-reduce",
  episodes: 4,
  options: { length: "8k" },
  out: folder,
});
const { counts } = await exportRuns([folder], {
  format: "trl-sft",
  out: `${folder}.jsonl`,
  filters: { minScore: 1 },
});
console.log(`${counts.rows} rows of ${counts.read} rollouts in ${folder}.jsonl`);
