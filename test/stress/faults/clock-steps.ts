/** A wall clock that steps by hours: leases, waits and the lock tell time by other means. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { play, runIn, start, tells, until } from "./command.ts";
import { hasRedis } from "../../queue/redis-server.ts";
import type { Fault } from "./fault.ts";
import { playOnRedis } from "./on-redis.ts";

const LOOK_MS = 100;

export const clockSteps: Fault = {
  name: "the clock steps",
  async befall({ place, offline }) {
    const { args, asked } = offline;
    const [through, cut] = [join(place, "through"), join(place, "cut")];
    const clock = ["stepping-clock.js"];
    // Attempts that wait for their turn are waited for, whatever the clock says.
    await play(through, [...args, "--attempts", "12"], [...clock, "dying-workers.js"]);
    const first = start(runIn(cut, args), clock);
    const begun = await until(() => tells(cut, "journal.jsonl", '"done"'), first);
    first.child.kill("SIGKILL");
    const { code } = await first.ended;
    if (code !== 0) await play(cut, args, clock);
    if (hasRedis) {
      const dying = [...clock, "dying-workers.js"];
      const asking = [...args, "--attempts", "12"];
      await playOnRedis(place, {
        args: asking,
        hooks: dying,
        disturb: async (server) => (await sleep(LOOK_MS), server),
      });
    }
    return {
      runs: [
        ...(hasRedis ? [{ folder: join(place, "run"), asked, wholeJournal: false }] : []),
        { folder: through, asked },
        { folder: cut, asked, wholeJournal: false },
      ],
      happened: begun && code === null,
      words: `one run through, one killed and resumed${hasRedis ? ", one on Redis" : ""}`,
    };
  },
};
