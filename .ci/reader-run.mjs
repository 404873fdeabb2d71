// Gives the records of a run what only a model server reports: token ids and log-probabilities, and text outside ASCII.
import { readFileSync, writeFileSync } from "node:fs";

const file = `${process.argv[2]}/trajectories.jsonl`;
const trajectories = readFileSync(file, "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line));
for (const trajectory of trajectories) {
  const before = [1, 2, 3];
  trajectory.systemPrompt += " 你好 ☃";
  for (const turn of trajectory.turns) {
    turn.observation += " 你好 ☃";
    const call = trajectory.calls.find(({ id }) => id === turn.callId);
    // Every fourth prompt is no extension of what came before, so that a segment begins there.
    if (turn.index % 4 === 3) before[0] += 1;
    call.tokens = { promptIds: [...before], completionIds: [7, 8], logprobs: [-0.5, -0.25] };
    before.push(7, 8, 9);
  }
}
writeFileSync(file, trajectories.map((trajectory) => `${JSON.stringify(trajectory)}\n`).join(""));
