/** A gateway with its own port and folder, and the requests that tests send to it. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type GatewayOptions, type RunningGateway, startGateway } from "../../src/gateway/gateway.ts";
import type { Trace } from "../../src/gateway/trace.ts";

export interface Gating extends RunningGateway {
  readonly folder: string;
  /** Reads the traces on disk. */
  traces(): Promise<Trace[]>;
  /** Closes it and removes the folder. */
  end(): Promise<void>;
}

export async function gating(
  upstream: string,
  options: Partial<Omit<GatewayOptions, "upstream">> = {},
): Promise<Gating> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), "rlm-gym-gateway-")));
  const gateway = await startGateway({
    upstream: { url: upstream },
    host: "127.0.0.1",
    port: 0,
    tokens: [],
    capture: "ids",
    maxSessions: 100,
    idleSeconds: 60,
    maxMessageBytes: 2 ** 20,
    callsInFlight: 16,
    queueSeconds: 5,
    callSeconds: 20,
    sendSeconds: 5,
    maxCallsPerSession: 1000,
    maxReplyBytes: 2 ** 24,
    ...options,
    folder,
  });
  return {
    url: gateway.url,
    get sessions() {
      return gateway.sessions;
    },
    close: (drainSeconds) => gateway.close(drainSeconds),
    folder,
    traces: async () =>
      (await readFile(join(folder, "traces.jsonl"), "utf8"))
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Trace),
    end: async () => {
      await gateway.close(0);
      await rm(folder, { recursive: true });
    },
  };
}

export interface Said {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

/** Sends text unchanged, and anything else as JSON. */
export async function ask(url: string, body?: unknown, init: RequestInit = {}): Promise<Said> {
  const response = await fetch(url, {
    ...(body !== undefined && {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
    }),
    ...init,
    headers: { "content-type": "application/json", ...(init.headers as Record<string, string>) },
  });
  const text = await response.text();
  let json: Record<string, unknown> = {};
  try {
    json = JSON.parse(text) as Record<string, unknown>;
  } catch {
    // A stream.
  }
  return { status: response.status, headers: response.headers, text, body: json };
}

export const HELLO = { model: "m", messages: [{ role: "user", content: "hello" }] };
