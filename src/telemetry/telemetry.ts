/** Sends traces and metrics of ended episodes to a collector over OTLP/HTTP. */
import type { Context, Tracer } from "@opentelemetry/api";
import type { Call, Trajectory } from "../trajectory.ts";
import { providerOf, spanOf, type SpanRecord } from "./episode-spans.ts";
import { type TelemetryPackages, telemetryPackages } from "./packages.ts";

/** Sends what ended episodes tell to a collector. */
export interface Telemetry {
  /** Adds an ended episode. Sending happens in the background. */
  episode(trajectory: Trajectory): void;
  /** Sends what has not been sent yet. */
  close(): Promise<void>;
}

/** At most this many spans wait to be sent; further ones are dropped, and `onProblem` is told. */
const MAX_QUEUE = 2 ** 16;
/** The bucket boundaries that the conventions recommend. */
const TOKEN_BUCKETS = Array.from({ length: 14 }, (_, power) => 4 ** power);
const SECOND_BUCKETS = Array.from({ length: 14 }, (_, power) => 0.01 * 2 ** power);

/**
 * The destination and its options come from OpenTelemetry's own variables, such as OTEL_EXPORTER_OTLP_ENDPOINT (default
 * http://localhost:4318) and OTEL_SERVICE_NAME. `onProblem` is told why something was not sent. Throws `UsageError` if the
 * packages are missing.
 */
export async function openTelemetry(
  version: string,
  onProblem: (problem: string) => void,
): Promise<Telemetry> {
  const packages = await telemetryPackages();
  const { api, resources, traces, metrics, traceExporter, metricExporter } = packages;
  const tell = (problem: string) => onProblem(problem);
  api.diag.setLogger(
    { error: tell, warn: tell, info: () => {}, debug: () => {}, verbose: () => {} },
    { logLevel: api.DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const resource = resources
    .defaultResource()
    .merge(resources.resourceFromAttributes({ "service.name": "rlm-gym", "service.version": version }))
    .merge(resources.detectResources({ detectors: [resources.envDetector] }));
  const tracing = new traces.NodeTracerProvider({
    resource,
    spanProcessors: [
      new traces.BatchSpanProcessor(new traceExporter.OTLPTraceExporter(), { maxQueueSize: MAX_QUEUE }),
    ],
  });
  const metering = new metrics.MeterProvider({
    resource,
    readers: [
      new metrics.PeriodicExportingMetricReader({ exporter: new metricExporter.OTLPMetricExporter() }),
    ],
  });
  const send = spanSender(packages, tracing.getTracer("rlm-gym", version));
  const measure = meters(metering.getMeter("rlm-gym", version));
  return {
    episode: (trajectory) => {
      send(spanOf(trajectory), api.ROOT_CONTEXT);
      measure(trajectory);
    },
    close: async () => {
      await Promise.allSettled([tracing.shutdown(), metering.shutdown()]);
      api.diag.disable();
    },
  };
}

function spanSender(
  { api }: TelemetryPackages,
  tracer: Tracer,
): (record: SpanRecord, within: Context) => void {
  const send = ({ name, kind, startMs, endMs, attributes, error, inside }: SpanRecord, within: Context) => {
    const spanKind = kind === "client" ? api.SpanKind.CLIENT : api.SpanKind.INTERNAL;
    const span = tracer.startSpan(
      name,
      { kind: spanKind, startTime: startMs, attributes: { ...attributes } },
      within,
    );
    if (error !== null) span.setStatus({ code: api.SpanStatusCode.ERROR, message: error });
    const context = api.trace.setSpan(within, span);
    for (const one of inside) send(one, context);
    span.end(endMs);
  };
  return send;
}

type Meter = ReturnType<InstanceType<TelemetryPackages["metrics"]["MeterProvider"]>["getMeter"]>;

function meters(meter: Meter): (trajectory: Trajectory) => void {
  const histogram = (name: string, unit: string, description: string, explicitBucketBoundaries: number[]) =>
    meter.createHistogram(name, { unit, description, advice: { explicitBucketBoundaries } });
  const tokens = histogram("gen_ai.client.token.usage", "{token}", "Tokens of a model call.", TOKEN_BUCKETS);
  const duration = histogram(
    "gen_ai.client.operation.duration",
    "s",
    "Time of a model call.",
    SECOND_BUCKETS,
  );
  const episodes = histogram("rlm_gym.episode.duration", "s", "Time of an episode.", SECOND_BUCKETS);
  const cost = meter.createCounter("rlm_gym.cost", { unit: "USD", description: "Price of ended episodes." });
  const call = (one: Call) => {
    const attributes = {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": providerOf(one),
      "gen_ai.request.model": one.model,
    };
    duration.record(one.wallClock.seconds, {
      ...attributes,
      ...(one.error !== null && { "error.type": "_OTHER" }),
    });
    if (!one.usage) return;
    tokens.record(one.usage.promptTokens, { ...attributes, "gen_ai.token.type": "input" });
    tokens.record(one.usage.completionTokens, { ...attributes, "gen_ai.token.type": "output" });
  };
  const callsOf = ({ calls, children }: Trajectory): void => {
    calls.forEach(call);
    children.forEach(callsOf);
  };
  return (trajectory) => {
    callsOf(trajectory);
    const { environment, policy, stopReason, totals, wallClock } = trajectory;
    const attributes = { "rlm_gym.environment": environment, "gen_ai.agent.name": policy };
    episodes.record(wallClock.seconds, { ...attributes, "rlm_gym.stop_reason": stopReason });
    if (totals.nanoDollars !== null) cost.add(totals.nanoDollars / 1e9, attributes);
  };
}
