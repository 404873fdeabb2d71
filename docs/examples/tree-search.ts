/** Tree search by forks: one episode goes on in several ways from the same moment, and the best branch is kept. */
import { make } from "rlm-gym";

const root = await make("s-niah", { options: { length: "8k" } });
const { observation } = await root.reset({ seed: 1 });
console.log(observation.question);
await root.step({ code: "lines = context.split('. ')\nprint(len(lines))" });

// Each fork has the Python state, the history and the costs so far, and goes on by itself.
const candidates = [
  "hits = lines[:3]",
  "hits = [line for line in lines if 'magic' in line]",
  "hits = [line for line in lines if 'magic number' in line and ' is: ' in line]",
];
const branches = await root.fork(candidates.length);
const rewards = await Promise.all(
  branches.map(async (branch, index) => {
    await branch.step({ code: candidates[index] });
    await branch.step({ code: "import re\nfound = re.findall(r' is: (\\d+)', ' '.join(hits))" });
    const last = await branch.step({ code: "answer['content'] = ', '.join(found)\nanswer['ready'] = True" });
    return last.reward ?? 0;
  }),
);
const best = rewards.indexOf(Math.max(...rewards));
console.log("rewards", rewards, "best way:", candidates[best]);
for (const env of [root, ...branches]) await env.close();
