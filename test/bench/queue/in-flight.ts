/** Many episodes in flight against a slow server: what latency and limit allow, what is reached, and what binds. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { PyodideReplPool } from "../../../src/repl/pyodide/pool.ts";
import { playRun } from "./play-run.ts";
import { startSlowServer } from "./slow-server.ts";

const LATENCY_MS = 200;
/** Each asks for code and then for the answer. */
const REQUESTS_EACH = 2;
/** Below this share of what latency and limit allow, something else binds. */
const BOUND = 0.9;
const LOOK_MS = 50;

export interface InFlight {
  readonly episodes: number;
  readonly inFlight: number;
  readonly requestsPerSecond: number;
  /** Requests that the server had at a time. */
  readonly underWay: number;
  /** Requests a second that each would allow if it alone bound; the limit is null where there is none. */
  readonly latencyAllows: number;
  readonly limitAllows: number | null;
  /** At the processor time that a request and the Python after it took in all threads, the server's among them. */
  readonly coresAllow: number;
  /** Of what latency and limit allow. */
  readonly share: number;
  readonly shareAtLeast: number;
  readonly binds: "latency" | "limit" | "cores" | "nothing that is measured here";
  readonly rssMB: number;
}

/** @param limit requests a second; null for none */
export async function inFlightAtOnce(
  place: string,
  inFlight: number,
  limit: number | null,
): Promise<InFlight> {
  const cores = availableParallelism();
  const server = await startSlowServer(LATENCY_MS);
  const repls = new PyodideReplPool({ size: cores });
  // Until half of them have ended, as many are in flight as may.
  const episodes = inFlight * 2;
  const asked = `s-niah --policy openai --model m --length 1k --episodes ${episodes} --base-url ${server.baseUrl}`;
  const usage = watchProcessor();
  try {
    await repls.ready();
    await playRun({
      args: [...asked.split(" "), ...(limit === null ? [] : ["--requests-per-minute", String(limit * 60)])],
      folder: join(place, `in-flight-${limit ?? "free"}`),
      repls,
      concurrency: inFlight,
    });
    const { requests, requestsPerSecond, underWay, from, till } = await server.seen(0.1, 0.5);
    if (requests !== episodes * REQUESTS_EACH)
      throw new Error(`${requests} requests, expected ${REQUESTS_EACH} an episode`);
    const coresAllow = (requestsPerSecond * cores) / usage.busyCores(from, till);
    const latencyAllows = inFlight / (LATENCY_MS / 1000);
    const ideal = Math.min(latencyAllows, limit ?? Infinity);
    const share = requestsPerSecond / ideal;
    const reached = ideal === latencyAllows ? ("latency" as const) : ("limit" as const);
    const missed = coresAllow < ideal ? ("cores" as const) : ("nothing that is measured here" as const);
    return {
      episodes,
      inFlight,
      requestsPerSecond,
      underWay,
      latencyAllows,
      limitAllows: limit,
      coresAllow,
      share,
      shareAtLeast: BOUND,
      binds: share >= BOUND ? reached : missed,
      rssMB: process.memoryUsage.rss() / 2 ** 20,
    };
  } finally {
    usage.stop();
    await repls.close();
    await server.close();
  }
}

/** Keeps book of how many cores this process keeps busy. */
function watchProcessor() {
  const readings: { readonly at: number; readonly cpuMs: number }[] = [];
  const read = () => {
    const { user, system } = process.cpuUsage();
    readings.push({ at: performance.timeOrigin + performance.now(), cpuMs: (user + system) / 1000 });
  };
  const timer = setInterval(read, LOOK_MS);
  return {
    busyCores(from: number, till: number): number {
      const within = readings.filter(({ at }) => at >= from && at <= till);
      const [first, last] = [within[0]!, within.at(-1)!];
      return (last.cpuMs - first.cpuMs) / (last.at - first.at);
    },
    stop: () => clearInterval(timer),
  };
}
