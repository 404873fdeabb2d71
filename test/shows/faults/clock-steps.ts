/** A wall clock that steps by hours: leases, waits and the lock tell time by other means. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { play, runIn, start } from "./command.ts";
import type { Fault } from "./fault.ts";

export const clockSteps: Fault = {
  name: "the clock steps",
  async befall({ place, offline, random }) {
    const { args, asked, wholeMs } = offline;
    const [through, cut] = [join(place, "through"), join(place, "cut")];
    const clock = ["stepping-clock.js"];
    // Attempts that wait for their turn are waited for, whatever the clock says.
    await play(through, [...args, "--attempts", "12"], [...clock, "dying-workers.js"]);
    const first = start(runIn(cut, args), clock);
    await sleep(random.uniform(0.5, 0.9) * wholeMs);
    first.child.kill("SIGKILL");
    const { code } = await first.ended;
    if (code !== 0) await play(cut, args, clock);
    return {
      runs: [
        { folder: through, asked },
        { folder: cut, asked, wholeJournal: false },
      ],
      happened: true,
      words: "one run through, one killed and resumed",
    };
  },
};
