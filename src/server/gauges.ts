/** A server's counters, in Prometheus' form. */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { SessionCounts } from "./session-pool.ts";

/** A server's counters. */
export interface Gauges {
  readonly registry: Registry;
  readonly steps: Histogram;
  readonly refusals: Counter;
  /** By error code. */
  readonly errors: Counter<"code">;
  /** By the episode's stop reason. */
  readonly episodes: Counter<"stop_reason">;
  readonly sockets: Gauge;
  /** Adds gauges for the sessions of the pool. */
  watch(pool: SessionCounts): void;
}

/** The gauges of one server, all at 0. */
export function makeGauges(): Gauges {
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge("rlm_gym_resident_bytes", "Resident memory of the process.", () => process.memoryUsage.rss());
  return {
    registry,
    steps: new Histogram({
      name: "rlm_gym_step_seconds",
      help: "Time of a step, including the wait for sub-models.",
      buckets: [0.01, 0.05, 0.25, 1, 5, 15, 60, 300],
      registers,
    }),
    refusals: new Counter({
      name: "rlm_gym_capacity_refusals_total",
      help: "Clients told that no session is free.",
      registers,
    }),
    errors: new Counter({
      name: "rlm_gym_errors_total",
      help: "Errors answered, by code.",
      labelNames: ["code"],
      registers,
    }),
    episodes: new Counter({
      name: "rlm_gym_episodes_total",
      help: "Episodes ended, by reason.",
      labelNames: ["stop_reason"],
      registers,
    }),
    sockets: new Gauge({ name: "rlm_gym_sockets", help: "Open WebSocket connections.", registers }),
    watch: (pool) => {
      gauge("rlm_gym_sessions", "Open sessions.", () => pool.active);
      gauge("rlm_gym_sessions_waiting", "Clients that wait for a session.", () => pool.waiting);
    },
  };
}
