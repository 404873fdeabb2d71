/** The calls in progress: their number, their traces, and their end when the gateway shuts down. */
import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { CallLimit } from "../models/call-limit.ts";
import type { JsonObject } from "../types.ts";
import { type Ending, passThrough } from "./call.ts";
import type { GatewayGauges } from "./gauges.ts";
import { Refusal } from "./refusal.ts";
import type { CallKind } from "./kind.ts";
import { type AnyRequest, type Capture, upstreamBody } from "./request.ts";
import type { GatewaySession, SessionStore } from "./session-store.ts";
import { readPosition, TRACE_HEADER, WEIGHTS_HEADER } from "./trace.ts";
import type { Unended } from "./trace-log.ts";
import type { Upstream } from "./upstream.ts";

/** What calls need, and their bounds. */
export interface CallsOptions {
  readonly store: SessionStore;
  readonly upstream: Upstream;
  readonly gauges: GatewayGauges;
  readonly capture: Capture;
  /** The most concurrent calls upstream. Others wait, and sessions get their turns in order. */
  readonly callsInFlight: number;
  /** The longest wait of a call for its turn. */
  readonly queueSeconds: number;
  /** The time limit of one call, from its sending to its end. */
  readonly callSeconds: number;
  readonly sendSeconds: number;
  /** Fields for every call; those of a session hold over them. */
  readonly sampling?: JsonObject;
  readonly maxCallsPerSession: number;
  readonly maxReplyBytes: number;
}

const PRINTABLE = /^[\x20-\x7e]+$/;

/** Passes calls through, and tracks the ones in progress. */
export class Calls {
  readonly #options: CallsOptions;
  readonly #slots: CallLimit;
  readonly #underWay = new Set<Promise<void>>();
  readonly #end = new AbortController();
  #shut = false;

  constructor(options: CallsOptions) {
    this.#options = options;
    this.#slots = new CallLimit(options.callsInFlight);
  }

  /** Passes a call through. Throws a `Refusal` if nothing was sent to the client. */
  async pass(
    session: GatewaySession,
    body: AnyRequest,
    position: ReturnType<typeof readPosition>,
    client: ServerResponse,
    kind: CallKind,
  ): Promise<void> {
    const { maxCallsPerSession } = this.#options;
    if (this.#shut) throw new Refusal("shutting_down", "the gateway is shutting down");
    if (session.calls >= maxCallsPerSession)
      throw new Refusal("too_many_calls", `this session has had its ${maxCallsPerSession} calls`);
    session.calls += 1;
    session.underWay += 1;
    const passing = this.#inTurn(session, body, position, client, kind);
    const settled = passing.catch(() => {});
    this.#underWay.add(settled);
    try {
      await passing;
    } finally {
      this.#underWay.delete(settled);
      session.underWay -= 1;
      session.lastSeen = performance.now();
    }
  }

  /** Refuses new calls, waits for those in progress, and then ends the rest as lost. Returns how many were lost. */
  async shut(drainSeconds: number): Promise<number> {
    this.#shut = true;
    const timer = new AbortController();
    const late = new Promise((resolve) => {
      const timeout = setTimeout(resolve, drainSeconds * 1000);
      timer.signal.addEventListener("abort", () => clearTimeout(timeout));
    });
    await Promise.race([Promise.all(this.#underWay), late]);
    timer.abort();
    const cut = this.#underWay.size;
    this.#end.abort(new Refusal("shutting_down", "the gateway was shut down"));
    await Promise.all(this.#underWay);
    return cut;
  }

  async #inTurn(
    session: GatewaySession,
    body: AnyRequest,
    position: ReturnType<typeof readPosition>,
    client: ServerResponse,
    kind: CallKind,
  ): Promise<void> {
    const { callSeconds, queueSeconds, gauges } = this.#options;
    const gone = new AbortController();
    const leave = () =>
      gone.abort(new Refusal("invalid_request", "the client left before the end of the reply"));
    client.once("close", leave);
    const waiting = new AbortController();
    const full = setTimeout(
      () => waiting.abort(new Refusal("overloaded", "too many calls are under way; try again later")),
      queueSeconds * 1000,
    );
    try {
      await this.#slots.run(
        session.id,
        async () => {
          clearTimeout(full);
          const late = new AbortController();
          const over = new Refusal("upstream_timeout", `no whole reply within ${callSeconds} s`);
          const timer = setTimeout(() => late.abort(over), callSeconds * 1000);
          gauges.underWay.inc();
          try {
            const signal = AbortSignal.any([gone.signal, late.signal, this.#end.signal]);
            await this.#send(session, body, position, client, kind, signal);
          } finally {
            gauges.underWay.dec();
            clearTimeout(timer);
          }
        },
        AbortSignal.any([waiting.signal, gone.signal, this.#end.signal]),
      );
    } finally {
      clearTimeout(full);
      client.off("close", leave);
    }
  }

  async #send(
    session: GatewaySession,
    asked: AnyRequest,
    position: ReturnType<typeof readPosition>,
    client: ServerResponse,
    kind: CallKind,
    signal: AbortSignal,
  ): Promise<void> {
    const { store, upstream, capture, maxReplyBytes, sendSeconds, sampling = {} } = this.#options;
    const body = upstreamBody(asked, { ...sampling, ...session.sampling }, capture, kind);
    const { messages, input, model, ...request } = body;
    const { purpose, depth, parent, rollout } = position;
    const call: Unended = {
      trace_id: randomUUID(),
      session_id: session.id,
      ...(session.owner !== null && { owner: session.owner }),
      rollout_id: rollout,
      model: model as string,
      messages: messages ?? input ?? [],
      request,
      purpose,
      depth,
      parent_call_id: parent ?? (purpose === "root" ? null : session.lastRoot),
      weight_version: store.weights,
      timestamp: new Date().toISOString(),
      metadata: session.metadata,
    };
    const started = performance.now();
    await store.begin(call);
    const headers = {
      [TRACE_HEADER]: call.trace_id,
      // A folder of an earlier version may have a version that cannot be in a header.
      ...(call.weight_version !== null &&
        PRINTABLE.test(call.weight_version) && { [WEIGHTS_HEADER]: call.weight_version }),
    };
    const keep = (ending: Ending) => this.#keep(call, ending, started);
    const wantsUsage = asked.stream_options?.include_usage === true;
    await passThrough({
      upstream,
      kind,
      body,
      wantsUsage,
      passed: position.passed,
      client,
      signal,
      headers,
      maxReplyBytes,
      sendSeconds,
      keep,
    });
  }

  async #keep(call: Unended, { status, error, reply }: Ending, started: number): Promise<void> {
    const { store, gauges } = this.#options;
    const latency = performance.now() - started;
    gauges.calls.inc({ purpose: call.purpose, status });
    gauges.seconds.observe(latency / 1000);
    gauges.tokens.inc({ part: "prompt" }, reply.token_counts.prompt ?? 0);
    gauges.tokens.inc({ part: "completion" }, reply.token_counts.completion ?? 0);
    try {
      await store.keep({ ...call, ...reply, status, error, latency_ms: Math.round(latency) });
    } catch (cause) {
      throw new Refusal("not_recorded", `the trace could not be written: ${(cause as Error).message}`);
    }
  }
}
