/** Plays a cell of the bench in a process of its own, against a model server in another one, and says what it took. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const execute = promisify(execFile);
/** The path of a program of the bench. */
export const program = (name: string) => fileURLToPath(new URL(`./${name}`, import.meta.url));

/** What is played. `latencyMs`: how long the server takes for each reply. */
export interface Cell {
  readonly latencyMs: number;
  readonly atOnce: number;
  readonly chars: number;
  readonly tokenIds: boolean;
  readonly processes: number;
  /** Episodes that are counted. For a cell that takes long; default: the number of the run. */
  readonly episodes?: number;
  /** Episodes before them; default: `WARM_UP` for each process, and once as many as are played at once. */
  readonly warmUp?: number;
}

/** After so many episodes V8 has compiled nearly all that they run: a long run goes on as fast as this, and its beginning is a tenth slower. */
const WARM_UP = 4000;
/** The floors run little code. */
const FLOOR_WARM_UP = 500;

interface Played {
  readonly wallMs: number;
  readonly cpu: { readonly mainMs: number; readonly allMs: number };
  readonly parts: Readonly<Record<string, number>>;
  readonly delayMs: { readonly p99: number; readonly max: number };
  readonly serverMs: number;
  readonly bytesEach: number;
}

/** What a cell took. */
export interface Row extends Cell {
  readonly episodesPerSecond: number;
  /** Over the rate at which bare requests by Node's `fetch` make up as many episodes. */
  readonly ofFetch: number;
  /** The same by Node's barest client, which checks nothing and is stopped by nothing. */
  readonly ofHttp: number;
  /** Milliseconds of processor time for each episode: of the thread that plays or coordinates, and of all threads of all processes. */
  readonly mainMs: number;
  readonly allMs: number;
  readonly serverMs: number;
  readonly delayMs: Played["delayMs"];
  /** Memory that this process took in all, its interpreters included, over the episodes at once. */
  readonly mbEach: number;
  /** Milliseconds of the main thread's processor time for each episode. */
  readonly parts: Readonly<Record<string, number>>;
}

/** Measures a cell, and the floor beside it. */
export async function measure(asked: Cell & { readonly episodes: number }): Promise<Row> {
  const { latencyMs, atOnce, episodes, warmUp = WARM_UP * asked.processes + atOnce } = asked;
  const cell = { ...asked, warmUp, profiledEpisodes: Math.ceil(episodes / 3) };
  const server = await startServer(latencyMs);
  try {
    const bare = (client: "fetch" | "http") =>
      runJson<{ wallMs: number }>("bare.js", [
        client,
        ...[server.port, episodes, atOnce, Math.min(warmUp, FLOOR_WARM_UP)].map(String),
      ]);
    const [fetched, sent] = [await bare("fetch"), await bare("http")];
    const env = { ...process.env, RLM_GYM_BENCH: JSON.stringify({ ...cell, port: server.port }) };
    const played = await runJson<Played>("play.js", [], env);
    const each = (ms: number) => ms / episodes;
    const { idle: _, ...busy } = played.parts;
    const sampled = Object.values(busy).reduce((sum, ms) => sum + ms, 0);
    return {
      ...cell,
      episodesPerSecond: (1000 * episodes) / played.wallMs,
      ofFetch: fetched.wallMs / played.wallMs,
      ofHttp: sent.wallMs / played.wallMs,
      mainMs: each(played.cpu.mainMs),
      allMs: each(played.cpu.allMs),
      serverMs: each(played.serverMs),
      delayMs: played.delayMs,
      mbEach: played.bytesEach / 1e6,
      // The profiler counts time, also while other processes have the core; its shares are those of the processor time.
      parts: Object.fromEntries(
        Object.entries(busy).map(([part, ms]) => [part, each((played.cpu.mainMs * ms) / sampled)]),
      ),
    };
  } finally {
    server.close();
  }
}

/** A model server of this machine. */
export interface Server {
  readonly port: number;
  close(): void;
}

/** Starts one that takes so long for each reply. */
export async function startServer(latencyMs: number): Promise<Server> {
  const child: ChildProcess = spawn(process.execPath, [program("server.js"), String(latencyMs)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout!, "data")) as [Buffer];
  const port = Number(String(line));
  return {
    port,
    close: () => void child.stdin!.end(),
  };
}

async function runJson<T>(file: string, args: readonly string[], env = process.env): Promise<T> {
  const { stdout } = await execute(process.execPath, [program(file), ...args], { env, maxBuffer: 1 << 26 });
  return JSON.parse(stdout) as T;
}
