/** A worker thread that dies in mid-episode: its block runs again elsewhere, or its episode within the run or by `--resume`. */
import { join } from "node:path";
import { runIn, start } from "./command.ts";
import type { Fault } from "./fault.ts";

const DEATH = /^fault: a worker thread dies$/gm;

export const workerDies: Fault = {
  name: "a worker thread dies",
  async befall({ place, offline }) {
    const { asked } = offline;
    // In one process, so that few tasks are blocks enough.
    const args = [...offline.args, "--processes", "1"];
    const [within, after] = [join(place, "within"), join(place, "after")];
    const deaths: number[] = [];
    const run = async (folder: string, attempts: string, hooks: readonly string[]) => {
      const { code, stderr } = await start(runIn(folder, [...args, "--attempts", attempts]), hooks).ended;
      if (code !== 0) throw new Error(`the run in ${folder} ended with ${code}: ${stderr}`);
      if (hooks.length > 0) deaths.push(stderr.match(DEATH)?.length ?? 0);
    };
    await run(within, "12", ["dying-workers.js"]);
    // With one attempt, what failed waits for whoever resumes.
    await run(after, "1", ["dying-workers.js"]);
    await run(after, "1", []);
    return {
      runs: [within, after].map((folder) => ({ folder, asked })),
      happened: deaths.every((count) => count > 0),
      words: `${deaths.join(" and ")} threads died`,
    };
  },
};
