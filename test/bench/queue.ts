/** The queue: `npm run bench -- queue [episodes] [in flight] [episodes on Redis] [--json]`. A size of 0 leaves a part out. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasRedis } from "../queue/redis-server.ts";
import { inFlightAtOnce } from "./queue/in-flight.ts";
import { manyEpisodes } from "./queue/many-episodes.ts";
import { twoProcesses } from "./queue/processes.ts";

/** Requests a second, below what two cores can do. */
const LIMIT = 60;

export async function run({ json, sizes }: { json: boolean; sizes: readonly number[] }): Promise<void> {
  const [episodes = 10_000, inFlight = 1000, onRedis = 60] = sizes;
  const place = await mkdtemp(join(tmpdir(), "rlm-gym-bench-"));
  const rows: Record<string, object> = {};
  try {
    if (episodes > 0) rows["a long run"] = await manyEpisodes(place, episodes);
    if (inFlight > 0) {
      rows["in flight at once"] = await inFlightAtOnce(place, inFlight, null);
      rows["in flight at once, under a limit"] = await inFlightAtOnce(
        place,
        inFlight,
        Math.min(LIMIT, inFlight / 2),
      );
    }
    if (onRedis > 0 && !hasRedis) console.error("no redis-server: the part on Redis is left out");
    else if (onRedis > 0) rows["two processes on Redis"] = await twoProcesses(place, onRedis);
  } finally {
    await rm(place, { recursive: true });
  }
  if (json) console.log(JSON.stringify(rows));
  else for (const [name, row] of Object.entries(rows)) printRow(name, row);
}

function printRow(name: string, row: object): void {
  const shown = (value: unknown) =>
    typeof value === "number" && !Number.isInteger(value) ? value.toPrecision(3) : value;
  console.log(name);
  console.table(
    Object.fromEntries(Object.entries(row).map(([what, value]) => [what, { value: shown(value) }])),
  );
}
