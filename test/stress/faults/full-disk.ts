/** A disk that fills up: the run ends with a word, what had ended is kept whole, and the rest is played once there is room. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { canMount, mounted, resized } from "../../scripts/mounted.ts";
import { play, runIn, start } from "./command.ts";
import type { Fault } from "./fault.ts";

const SIZES_KB = [96, 24, 160];

export const fullDisk: Fault = {
  name: "the disk is full",
  skip: canMount ? null : "no right to mount",
  async befall({ place, offline, tasks, cleanUp }) {
    // A short suite fills one disk.
    const sizes = tasks < 8 ? SIZES_KB.slice(0, 1) : SIZES_KB;
    const { args, asked } = offline;
    const folders: string[] = [];
    const ends: string[] = [];
    for (const size of sizes) {
      const disk = join(place, `${size}k`);
      await mkdir(disk);
      cleanUp(mounted(disk, `size=${size}k`));
      const folder = join(disk, "run");
      const { code, stderr } = await start(runIn(folder, args)).ended;
      if (code === 1 && stderr.includes("the disk is full")) ends.push(`${size} kB`);
      resized(disk, "size=64m");
      await play(folder, args);
      folders.push(folder);
    }
    return {
      runs: folders.map((folder) => ({ folder, asked, wholeJournal: false })),
      happened: ends.length === sizes.length,
      words: `full at ${ends.join(", ")}`,
    };
  },
};
