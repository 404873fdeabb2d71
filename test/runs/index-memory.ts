/** Opens the index of a run in a process of its own, and tells on standard output what it holds of it. */
import { RunIndex } from "../../src/runs/run-index.ts";

const [folder, cache] = process.argv.slice(2);
const held = () => {
  globalThis.gc!();
  return process.memoryUsage().heapUsed;
};
const before = held();
const { rows } = await RunIndex.open(folder!, { cache: cache! });
process.stdout.write(JSON.stringify({ rows: rows.length, heldMb: (held() - before) / 1e6 }));
