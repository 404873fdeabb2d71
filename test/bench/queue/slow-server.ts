/** A model server that answers each request after a time, and says at what rate it did. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Worker } from "node:worker_threads";
import { quantile } from "../../../src/statistics.ts";

/** What a server saw since it was asked last. */
export interface Seen {
  readonly requests: number;
  /** Over a part of the answers, so that beginning and end do not count. */
  readonly requestsPerSecond: number;
  /** Median over the same requests. */
  readonly underWay: number;
  /** From when to when that was, in milliseconds since the epoch. */
  readonly from: number;
  readonly till: number;
}

export interface SlowServer {
  readonly baseUrl: string;
  /** @param from share of the answers after which is looked, until `till` */
  seen(from: number, till: number): Promise<Seen>;
  close(): Promise<void>;
}

export async function startSlowServer(latencyMs: number): Promise<SlowServer> {
  const worker = new Worker(new URL("./slow-server.js", import.meta.url), { workerData: latencyMs });
  const [address] = (await once(worker, "message")) as [AddressInfo];
  return {
    baseUrl: `http://127.0.0.1:${address.port}/v1`,
    seen: async (from, till) => {
      worker.postMessage("seen");
      const [{ answeredAt, underWay }] = (await once(worker, "message")) as [Record<string, number[]>];
      return partOf(answeredAt!, underWay!, from, till);
    },
    close: async () => {
      const ended = once(worker, "exit");
      worker.postMessage("end");
      await ended;
    },
  };
}

function partOf(
  answeredAt: readonly number[],
  underWay: readonly number[],
  start: number,
  end: number,
): Seen {
  const requests = answeredAt.length;
  const [first, last] = [Math.floor(requests * start), Math.floor((requests - 1) * end)];
  const [from, till] = [answeredAt[first]!, answeredAt[last]!];
  const requestsPerSecond = (1000 * (last - first)) / (till - from);
  return { requests, requestsPerSecond, underWay: quantile(underWay.slice(first, last), 0.5), from, till };
}
