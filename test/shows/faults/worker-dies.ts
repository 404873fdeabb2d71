/** A worker thread that dies in mid-episode: its episode is played again, within the run or by `--resume`. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { play } from "./command.ts";
import type { Fault } from "./fault.ts";

export const workerDies: Fault = {
  name: "a worker thread dies",
  async befall({ place, offline }) {
    const [within, after] = [join(place, "within"), join(place, "after")];
    const hooks = ["dying-workers.js"];
    await play(within, [...offline.args, "--attempts", "12"], hooks);
    // With one attempt, what failed waits for whoever resumes.
    await play(after, [...offline.args, "--attempts", "1"], hooks);
    await play(after, [...offline.args, "--attempts", "1"]);
    const deaths = await Promise.all([within, after].map(deathsIn));
    const { asked } = offline;
    return {
      runs: [within, after].map((folder) => ({ folder, asked })),
      happened: deaths.every((count) => count > 0),
      words: `${deaths.join(" and ")} episodes lost their thread`,
    };
  },
};

async function deathsIn(folder: string): Promise<number> {
  return (await readFile(join(folder, "attempts.jsonl"), "utf8")).split("\n").length - 1;
}
