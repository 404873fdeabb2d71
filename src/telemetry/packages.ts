/** OpenTelemetry's packages: optional peers, loaded only when telemetry is asked for. */
import { UsageError } from "../errors.ts";

export interface TelemetryPackages {
  readonly api: typeof import("@opentelemetry/api");
  readonly resources: typeof import("@opentelemetry/resources");
  readonly traces: typeof import("@opentelemetry/sdk-trace-node");
  readonly metrics: typeof import("@opentelemetry/sdk-metrics");
  readonly traceExporter: typeof import("@opentelemetry/exporter-trace-otlp-http");
  readonly metricExporter: typeof import("@opentelemetry/exporter-metrics-otlp-http");
}

/** Throws `UsageError` that says what to install if one is missing. */
export async function telemetryPackages(): Promise<TelemetryPackages> {
  try {
    return await load();
  } catch (error) {
    throw new UsageError(
      "telemetry needs more packages: npm install @opentelemetry/api @opentelemetry/resources @opentelemetry/sdk-trace-node @opentelemetry/sdk-metrics @opentelemetry/exporter-trace-otlp-http @opentelemetry/exporter-metrics-otlp-http",
      { cause: error },
    );
  }
}

async function load(): Promise<TelemetryPackages> {
  const [api, resources, traces, metrics, traceExporter, metricExporter] = await Promise.all([
    import("@opentelemetry/api"),
    import("@opentelemetry/resources"),
    import("@opentelemetry/sdk-trace-node"),
    import("@opentelemetry/sdk-metrics"),
    import("@opentelemetry/exporter-trace-otlp-http"),
    import("@opentelemetry/exporter-metrics-otlp-http"),
  ]);
  return { api, resources, traces, metrics, traceExporter, metricExporter };
}
