/** The gateway's metrics for Prometheus. */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { SessionStore } from "./session-store.ts";

/** The metrics that calls update. */
export interface GatewayGauges {
  readonly registry: Registry;
  readonly calls: Counter<"purpose" | "status">;
  readonly tokens: Counter<"part">;
  readonly seconds: Histogram;
  readonly underWay: Gauge;
  readonly refusals: Counter<"code">;
}

/** Creates the metrics in a registry of their own. */
export function makeGatewayGauges(store: SessionStore): GatewayGauges {
  const registry = new Registry();
  const registers = [registry];
  const sessions = new Gauge({
    name: "rlm_gym_gateway_sessions",
    help: "Open sessions.",
    registers,
    collect() {
      this.set(store.size);
    },
  });
  sessions.set(0);
  return {
    registry,
    calls: new Counter({
      name: "rlm_gym_gateway_calls_total",
      help: "Calls that ended, by purpose and status.",
      labelNames: ["purpose", "status"],
      registers,
    }),
    tokens: new Counter({
      name: "rlm_gym_gateway_tokens_total",
      help: "Tokens of prompts and completions of whole replies.",
      labelNames: ["part"],
      registers,
    }),
    seconds: new Histogram({
      name: "rlm_gym_gateway_call_seconds",
      help: "Time from a call to the end of its reply.",
      buckets: [0.05, 0.25, 1, 5, 15, 60, 300, 900],
      registers,
    }),
    underWay: new Gauge({ name: "rlm_gym_gateway_calls", help: "Calls in progress.", registers }),
    refusals: new Counter({
      name: "rlm_gym_gateway_refusals_total",
      help: "Requests that the gateway itself refused, by code.",
      labelNames: ["code"],
      registers,
    }),
  };
}
