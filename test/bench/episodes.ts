/**
 * Whole episodes against a model server of this machine, which answers at once or after a time: two turns of a policy and a batch
 * of four sub-calls. The floors are as many bare requests to the same server; rivals play the same in the same run.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { UsageError } from "../../src/errors.ts";
import { type Cell, measure, program, type Row, startServer } from "./episodes/measure-cell.ts";

const execute = promisify(execFile);

const KB = 1000;
const SHORT = { latencyMs: 0, chars: 135 * KB, tokenIds: false, processes: 1 };
const CELLS: readonly Cell[] = [
  { ...SHORT, atOnce: 1 },
  { ...SHORT, atOnce: 16 },
  { ...SHORT, atOnce: 16, tokenIds: true },
  { ...SHORT, atOnce: 16, processes: 2 },
  { ...SHORT, atOnce: 256 },
  { ...SHORT, atOnce: 256, processes: 2 },
  { ...SHORT, latencyMs: 50, atOnce: 16 },
  { ...SHORT, latencyMs: 50, atOnce: 256 },
  { ...SHORT, latencyMs: 500, atOnce: 128 },
  { ...SHORT, latencyMs: 500, atOnce: 1024, episodes: 2048 },
  { ...SHORT, chars: 10_000 * KB, atOnce: 1, episodes: 20, warmUp: 8 },
  { ...SHORT, chars: 10_000 * KB, atOnce: 16, episodes: 32, warmUp: 32 },
];

/** A rival's rate, or why it was not measured. */
interface Rival {
  readonly name: string;
  readonly atOnce: number;
  readonly perSecond?: number;
  readonly skipped?: string;
  /** It asks no model: it only says what an interpreter alone takes. */
  readonly isFloor?: boolean;
}

/** @param options.sizes episodes of a cell (default 300), and the places of the cells to play (default: all) */
export async function run({ json, sizes }: { json: boolean; sizes: readonly number[] }): Promise<void> {
  const [episodes = 300, ...places] = sizes;
  const unknown = places.find((place) => CELLS[place] === undefined);
  if (unknown !== undefined)
    throw new UsageError(`there is no cell ${unknown}: expected places from 0 to ${CELLS.length - 1}`);
  const cells = places.length === 0 ? CELLS : places.map((place) => CELLS[place]!);
  const rows: Row[] = [];
  for (const cell of cells) rows.push(await measure({ episodes, ...cell }));
  const rivals = await playRivals(episodes);
  if (json) console.log(JSON.stringify({ rows, rivals }));
  else print(rows, rivals);
}

/** The rivals that the Python of `RLM_GYM_PYTHON` (default: python3) has installed. */
async function playRivals(episodes: number): Promise<readonly Rival[]> {
  const server = await startServer(0);
  const python = process.env["RLM_GYM_PYTHON"] ?? "python3";
  try {
    const args = [program("rivals.py"), String(server.port), String(Math.min(episodes, 50))];
    const { stdout } = await execute(python, args, { maxBuffer: 1 << 26 });
    return JSON.parse(stdout.trim().split("\n").at(-1)!) as Rival[];
  } catch (error) {
    const { code, stderr = "" } = error as { code?: string | number; stderr?: string };
    const why =
      code === "ENOENT" ? `there is no ${python}` : stderr.trim().split("\n").at(-1) || String(error);
    return [{ name: "rivals in Python", atOnce: 1, skipped: why }];
  } finally {
    server.close();
  }
}

function print(rows: readonly Row[], rivals: readonly Rival[]): void {
  const short = (value: number) => Number(value.toPrecision(3));
  console.log("episodes: two turns and four sub-calls each; ms are processor time for each episode");
  console.table(
    rows.map(({ latencyMs, atOnce, chars, tokenIds, processes, ...row }) => ({
      "latency ms": latencyMs,
      "at once": atOnce,
      KB: chars / KB,
      ids: tokenIds,
      processes,
      "episodes/s": short(row.episodesPerSecond),
      "of fetch": short(row.ofFetch),
      "of http": short(row.ofHttp),
      "main ms": short(row.mainMs),
      "all ms": short(row.allMs),
      "server ms": short(row.serverMs),
      "delay p99": short(row.delayMs.p99),
      "delay max": short(row.delayMs.max),
      "MB each": short(row.mbEach),
    })),
  );
  console.log("the main thread's milliseconds for each episode, by part");
  console.table(
    rows.map(({ parts }) => Object.fromEntries(Object.entries(parts).map(([part, ms]) => [part, short(ms)]))),
  );
  const own = (atOnce: number) =>
    rows.find((row) => row.atOnce === atOnce && row.latencyMs === 0 && row.chars === SHORT.chars);
  for (const { name, atOnce, perSecond, skipped, isFloor } of rivals) {
    if (perSecond === undefined) console.log(`${name}, ${atOnce} at once: not measured: ${skipped}`);
    else if (isFloor) console.log(`${name}, the interpreter alone: ${short(perSecond)} episodes/s`);
    else {
      const ratio = (own(atOnce)?.episodesPerSecond ?? Number.NaN) / perSecond;
      console.log(
        `${name}, ${atOnce} at once: ${short(perSecond)} episodes/s; rlm-gym plays ${short(ratio)} times as many`,
      );
    }
  }
}
