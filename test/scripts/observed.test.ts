/** What a run reports to machines that watch it: a structured log, and OpenTelemetry's traces and metrics. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { rlmGym, scratch, trajectoriesIn } from "./command.ts";

interface Span {
  readonly name: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
}
interface Sent {
  readonly resourceSpans?: readonly { readonly scopeSpans: readonly { readonly spans: readonly Span[] }[] }[];
  readonly resourceMetrics?: readonly {
    readonly scopeMetrics: readonly { readonly metrics: readonly { readonly name: string }[] }[];
  }[];
}

/** Receives what is sent over OTLP/HTTP in JSON, as a collector does. */
async function startCollector(): Promise<{ url: string; sent: Sent[]; server: Server }> {
  const sent: Sent[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      sent.push(JSON.parse(Buffer.concat(parts).toString("utf8")) as Sent);
      response.setHeader("content-type", "application/json").end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sent, server };
}

const RUN = ["rollout", "s-niah", "--policy", "map-reduce", "--length", "1k", "--episodes", "2", "--json"];
const linesOf = (stderr: string) =>
  stderr
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("rollout --otel --log json", () => {
  afterEach(() => {
    delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
    delete process.env.OTEL_EXPORTER_OTLP_TIMEOUT;
  });

  it("sends a span for each episode, turn and call, and metrics, and logs one JSON object per line", async () => {
    const { url, sent, server } = await startCollector();
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = url;
    const folder = join(await scratch(), "run");
    const { code, stderr } = await rlmGym([...RUN, "--out", folder, "--otel", "--log", "json"]);
    server.close();
    expect(code).toBe(0);
    expect(linesOf(stderr).map(({ event, level }) => [event, level])).toEqual([
      ["run_begun", "info"],
      ["episode_ended", "info"],
      ["episode_ended", "info"],
    ]);
    const spans = sent.flatMap(({ resourceSpans = [] }) =>
      resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
    );
    const episodes = await trajectoriesIn(folder);
    const counts = {
      episodes: spans.filter(({ name }) => name === "invoke_agent map-reduce").length,
      turns: spans.filter(({ name }) => name === "execute_tool python").length,
      calls: spans.filter(({ name }) => name.startsWith("chat ")).length,
    };
    expect(counts).toEqual({
      episodes: 2,
      turns: episodes.reduce((sum, { turns }) => sum + turns.length, 0),
      calls: episodes.reduce((sum, { calls }) => sum + calls.length, 0),
    });
    const ids = new Set(spans.map(({ spanId }) => spanId));
    expect(spans.filter(({ parentSpanId }) => parentSpanId === undefined)).toHaveLength(2);
    expect(spans.every(({ parentSpanId }) => parentSpanId === undefined || ids.has(parentSpanId))).toBe(true);
    const metrics = sent.flatMap(({ resourceMetrics = [] }) =>
      resourceMetrics.flatMap(({ scopeMetrics }) =>
        scopeMetrics.flatMap((scope) => scope.metrics.map(({ name }) => name)),
      ),
    );
    expect(new Set(metrics)).toEqual(
      new Set([
        "gen_ai.client.token.usage",
        "gen_ai.client.operation.duration",
        "rlm_gym.episode.duration",
        "rlm_gym.cost",
      ]),
    );
  });

  it("loses no episode if the collector is gone, and says so; a failure is one line of the log", async () => {
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = "http://127.0.0.1:1";
    process.env.OTEL_EXPORTER_OTLP_TIMEOUT = "300";
    const folder = join(await scratch(), "run");
    const { code, stderr } = await rlmGym([...RUN, "--out", folder, "--otel", "--log", "json"]);
    expect(code).toBe(0);
    expect(await trajectoriesIn(folder)).toHaveLength(2);
    expect(linesOf(stderr)).toContainEqual(
      expect.objectContaining({ level: "warn", message: expect.stringMatching(/^telemetry: /) as string }),
    );
    const again = await rlmGym([...RUN, "--out", folder, "--log=json"]);
    expect(linesOf(again.stderr)).toEqual([
      expect.objectContaining({ level: "error", event: "failed", exitCode: 2 }),
    ]);
  });
});
