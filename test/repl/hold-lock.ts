/** A script that holds a lock for a moment, again and again, and writes the times into a file. */
import { appendFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { withLock } from "../../src/repl/engine/build-lock.ts";

const [lock = "", notes = "", turns = "1"] = process.argv.slice(2);
for (let turn = 0; turn < Number(turns); turn++) {
  await withLock(lock, 60_000, async () => {
    await appendFile(notes, "in ");
    await setTimeout(5);
    await appendFile(notes, "out ");
  });
}
