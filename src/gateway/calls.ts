/** The calls under way: how many there may be, what each leaves behind, and how they end when the gateway does. */
import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { CallLimit } from "../models/call-limit.ts";
import type { JsonObject } from "../types.ts";
import { type Ending, passThrough } from "./call.ts";
import type { GatewayGauges } from "./gauges.ts";
import { Refusal } from "./refusal.ts";
import type { CallKind } from "./kind.ts";
import { type AnyRequest, type Capture, upstreamBody } from "./request.ts";
import type { GatewaySession, SessionBook } from "./session-book.ts";
import { readPlace, TRACE_HEADER, WEIGHTS_HEADER } from "./trace.ts";
import type { Unended } from "./trace-log.ts";
import type { Upstream } from "./upstream.ts";

export interface CallsOptions {
  readonly book: SessionBook;
  readonly upstream: Upstream;
  readonly gauges: GatewayGauges;
  readonly capture: Capture;
  /** Calls upstream at the same time; the others wait, round the sessions. */
  readonly callsInFlight: number;
  readonly queueSeconds: number;
  /** Of one call, from its sending to its end. */
  readonly callSeconds: number;
  readonly sendSeconds: number;
  /** Fields for every call; those of a session hold over them. */
  readonly sampling?: JsonObject;
  readonly maxCallsPerSession: number;
  readonly maxReplyBytes: number;
}

const PRINTABLE = /^[\x20-\x7e]+$/;

export class Calls {
  readonly #options: CallsOptions;
  readonly #places: CallLimit;
  readonly #underWay = new Set<Promise<void>>();
  readonly #end = new AbortController();
  #shut = false;

  constructor(options: CallsOptions) {
    this.#options = options;
    this.#places = new CallLimit(options.callsInFlight);
  }

  /** Passes a call through. Throws a `Refusal` where nothing was answered. */
  async pass(
    session: GatewaySession,
    body: AnyRequest,
    place: ReturnType<typeof readPlace>,
    client: ServerResponse,
    kind: CallKind,
  ): Promise<void> {
    const { maxCallsPerSession } = this.#options;
    if (this.#shut) throw new Refusal("shutting_down", "the gateway is shutting down");
    if (session.calls >= maxCallsPerSession)
      throw new Refusal("too_many_calls", `this session has had its ${maxCallsPerSession} calls`);
    session.calls += 1;
    session.underWay += 1;
    const passing = this.#inTurn(session, body, place, client, kind);
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

  /** Takes no new calls, waits for those under way, and ends the rest as lost. Returns how many those were. */
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
    place: ReturnType<typeof readPlace>,
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
      await this.#places.run(
        session.id,
        async () => {
          clearTimeout(full);
          const late = new AbortController();
          const over = new Refusal("upstream_timeout", `no whole reply within ${callSeconds} s`);
          const timer = setTimeout(() => late.abort(over), callSeconds * 1000);
          gauges.underWay.inc();
          try {
            const signal = AbortSignal.any([gone.signal, late.signal, this.#end.signal]);
            await this.#send(session, body, place, client, kind, signal);
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
    place: ReturnType<typeof readPlace>,
    client: ServerResponse,
    kind: CallKind,
    signal: AbortSignal,
  ): Promise<void> {
    const { book, upstream, capture, maxReplyBytes, sendSeconds, sampling = {} } = this.#options;
    const body = upstreamBody(asked, { ...sampling, ...session.sampling }, capture, kind);
    const { messages, input, model, ...request } = body;
    const { purpose, depth, parent, rollout } = place;
    const call: Unended = {
      trace_id: randomUUID(),
      session_id: session.id,
      rollout_id: rollout,
      model: model as string,
      messages: messages ?? input ?? [],
      request,
      purpose,
      depth,
      parent_call_id: parent ?? (purpose === "root" ? null : session.lastRoot),
      weight_version: book.weights,
      timestamp: new Date().toISOString(),
      metadata: session.metadata,
    };
    const started = performance.now();
    await book.begin(call);
    const headers = {
      [TRACE_HEADER]: call.trace_id,
      // A folder of an earlier version may hold one that no header can.
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
      passed: place.passed,
      client,
      signal,
      headers,
      maxReplyBytes,
      sendSeconds,
      keep,
    });
  }

  async #keep(call: Unended, { status, error, reply }: Ending, started: number): Promise<void> {
    const { book, gauges } = this.#options;
    const latency = performance.now() - started;
    gauges.calls.inc({ purpose: call.purpose, status });
    gauges.seconds.observe(latency / 1000);
    gauges.tokens.inc({ part: "prompt" }, reply.token_counts.prompt ?? 0);
    gauges.tokens.inc({ part: "completion" }, reply.token_counts.completion ?? 0);
    try {
      await book.keep({ ...call, ...reply, status, error, latency_ms: Math.round(latency) });
    } catch (cause) {
      throw new Refusal("not_recorded", `the trace could not be written: ${(cause as Error).message}`);
    }
  }
}
