/** The machines, threads and lines that a run's episodes go through, as a network of queues. */
import type { Random } from "../../../src/random.ts";
import { exponential, type Network, type Station, type Step } from "./network.ts";

/** What one episode takes, in milliseconds of a core unless it says otherwise. */
export interface Costs {
  /** Of the thread that plays it: prompts, requests, replies, rewards, the record. */
  readonly play: number;
  /** Of the REPL's thread and of the collector's. */
  readonly repl: number;
  /** Of the coordinator's thread: its plan, its context, and its record, read and written. */
  readonly coordinate: number;
  /** Of Redis, which has one thread. */
  readonly redis: number;
  /** One flush of the disk, which serves all records that wait for it. */
  readonly flush: number;
}

/** A run. */
export interface Scenario {
  readonly costs: Costs;
  readonly machines: number;
  readonly cores: number;
  /** Processes that play, on each machine. */
  readonly processes: number;
  /** Episodes at a time, in each process. */
  readonly atOnce: number;
  /** Milliseconds for each reply of a model, in the mean; exponentially distributed. */
  readonly latencyMs: number;
  /** Whether the queue is on Redis; otherwise it is the coordinator's own. */
  readonly redis: boolean;
  /** Whether the coordinator has a machine of its own; otherwise it takes a core of the first one. */
  readonly apart: boolean;
}

/** Replies that an episode waits for, one after the other: two turns, and a batch of sub-calls. */
const WAITS = 3;

/** The network of a scenario. */
export function networkOf(scenario: Scenario, seed = 0): Network {
  const { costs, machines, cores, processes, atOnce, latencyMs, redis, apart } = scenario;
  const players = Array.from({ length: machines * processes }, (_, player) => player);
  const stations: Station[] = [
    { name: "coordinator", servers: 1 },
    { name: "redis", servers: 1 },
    { name: "disk", servers: 1, batch: true },
    ...Array.from({ length: machines }, (_, machine) => ({ name: `cores ${machine}`, servers: cores })),
    ...players.map((player) => ({ name: `player ${player}`, servers: 1 })),
  ];
  const episode = (member: number, random: Random): Step[] => {
    const player = member % players.length;
    const on = `cores ${player % machines}`;
    const slice = (ms: number) => exponential(ms / 1000 / (WAITS + 1), random);
    const coordinate: Step = {
      at: "coordinator",
      seconds: costs.coordinate / 2000,
      ...(!apart && { on: "cores 0" }),
    };
    const ask: Step[] = redis ? [{ at: "redis", seconds: costs.redis / 2000 }] : [];
    const steps: Step[] = [coordinate, ...ask];
    for (let wait = 0; wait <= WAITS; wait += 1) {
      steps.push({ at: `player ${player}`, on, seconds: slice(costs.play) });
      steps.push({ at: on, seconds: slice(costs.repl) });
      if (wait < WAITS) steps.push({ wait: exponential(latencyMs / 1000, random) });
    }
    return [...steps, ...ask, coordinate, { at: "disk", seconds: costs.flush / 1000 }];
  };
  return { stations, population: players.length * atOnce, episode, seed };
}

/** The kind of station that binds, such as `player` for `player 17`. */
export function kindOf(station: string): string {
  return station.replace(/ \d+$/, "");
}
