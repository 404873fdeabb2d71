/** What a process holds of the system, so that two moments can be compared. */
import { readdirSync, readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Counts by name: threads, open files, and what keeps an event loop busy. */
export function held(): Map<string, number> {
  const counts = new Map([
    ["threads", readdirSync("/proc/self/task").length],
    ["open files", readdirSync("/proc/self/fd").length],
  ]);
  for (const name of process.getActiveResourcesInfo()) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** What there is more of than there was, such as `2 x MessagePort`. */
export function residue(before: Map<string, number>, now: Map<string, number>): string[] {
  return [...now].flatMap(([name, count]) => {
    const more = count - (before.get(name) ?? 0);
    return more > 0 ? [`${more} x ${name}`] : [];
  });
}

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Megabytes of memory the process occupies after what is free has been given back. */
export function residentMb(): number {
  collect();
  collect();
  const status = readFileSync("/proc/self/status", "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
}
