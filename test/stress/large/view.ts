/**
 * Opens a large run in the viewer: the time until its table can be shown and the memory that it takes, with the index beside the
 * records, without, and with the one that was then built in the cache. Exits with 1 where a bound is missed; the seconds that the
 * building takes, with its progress told, are printed only.
 *
 *   tsx test/stress/large/view.ts [episodes = 100000] [bytes of a record = 26000] [seconds = 10] [MB = 500]
 */
import { createHash } from "node:crypto";
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { writeIndex } from "../../../src/runs/index-file.ts";
import { type IndexRow, lineHash, rowOf } from "../../../src/runs/index-row.ts";
import { RunWriter } from "../../../src/runs/run-writer.ts";
import { servePage } from "../../../src/view/serve-page.ts";
import { openRun } from "../../../src/view/viewed-run.ts";
import { rewarded } from "../../trajectory-fixture.ts";

interface Opened {
  readonly seconds: number;
  readonly episodeMs: number;
  readonly mb: number;
  readonly rows: number;
}

if (process.send) await openAsAsked(process.argv[2]!);
else await main();

async function main(): Promise<void> {
  const [episodes = 100_000, bytes = 26_000, seconds = 10, mb = 500] = process.argv.slice(2).map(Number);
  const folder = mkdtempSync(join(tmpdir(), "rlm-gym-view-"));
  try {
    const run = join(folder, "run");
    await makeRun(run, episodes, bytes);
    const cache = { XDG_CACHE_HOME: join(folder, "cache") };
    const beside = await opened(run, cache);
    rmSync(join(run, "index.jsonl"));
    const built = await opened(run, cache);
    const again = await opened(run, cache);
    const told = ({ seconds: s, mb: m, episodeMs }: Opened) =>
      `${s.toFixed(2)} s, ${m.toFixed(0)} MB, then an episode in ${episodeMs.toFixed(0)} ms`;
    console.log(`${beside.rows} episodes with their index: ${told(beside)}`);
    console.log(`the index built: ${told(built)}; taken from the cache: ${told(again)}`);
    if (
      beside.rows !== episodes ||
      beside.seconds > seconds ||
      again.seconds > seconds ||
      [beside, built, again].some((one) => one.mb > mb)
    )
      process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function makeRun(run: string, episodes: number, bytes: number): Promise<void> {
  const writer = await RunWriter.create(run, { version: "show", seed: 0, config: {}, planned: episodes });
  await writer.close("finished");
  const file = createWriteStream(join(run, "trajectories.jsonl"));
  const rows: IndexRow[] = [];
  let start = 0;
  for (let i = 0; i < episodes; i += 1) {
    const base = rewarded({
      rolloutId: `task-${i >> 3}/policy/${i}`,
      contextTokens: 1000 << (i % 8),
      answer: { text: String(i), source: "final" },
    });
    const filler = createHash("sha512")
      .update(String(i))
      .digest("hex")
      .repeat(Math.ceil(bytes / 128))
      .slice(0, bytes - 3000);
    const record = { ...base, groupId: `task-${i >> 3}`, policy: `policy-${i % 4}`, opening: filler };
    const line = Buffer.from(JSON.stringify(record));
    rows.push(rowOf(record, { start, bytes: line.length + 1 }, lineHash(line)));
    start += line.length + 1;
    if (!file.write(Buffer.concat([line, Buffer.from("\n")]))) await once(file, "drain");
  }
  file.end();
  await once(file, "finish");
  await writeIndex(join(run, "index.jsonl"), rows);
  console.log(`${(start / 1e9).toFixed(2)} GB of records`);
}

/** In a process of its own, whose memory is that of the viewer alone. */
async function opened(run: string, env: Record<string, string>): Promise<Opened> {
  const child = fork(fileURLToPath(import.meta.url), [run], {
    env: { ...process.env, ...env },
    execArgv: process.execArgv,
  });
  const [message] = (await once(child, "message")) as [Opened];
  await once(child, "exit");
  return message;
}

async function openAsAsked(run: string): Promise<void> {
  const started = performance.now();
  const page = await servePage([await openRun(run)]);
  const get = async (path: string) => (await fetch(page.url + path)).json() as Promise<{ values: unknown[] }>;
  const { values } = await get("api/rows?run=0&from=0");
  const shown = performance.now();
  await get(`api/episode?run=0&row=${values.length - 1}`);
  const episodeMs = performance.now() - shown;
  const mb = process.resourceUsage().maxRSS / 1024;
  process.send!({ seconds: (shown - started) / 1000, episodeMs, mb, rows: values.length } satisfies Opened);
  await page.close();
  process.disconnect();
}
