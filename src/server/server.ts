/** The server: an environment behind OpenEnv's protocol, with its sessions, access control and counters. */
import websocket from "@fastify/websocket";
import fastify from "fastify";
import { expectGuarded, type Token } from "../http/bearer.ts";
import type { Profile } from "./profiles/profile.ts";
import type { Gauges } from "./gauges.ts";
import { dropIdleReaders, guard, readJson } from "../http/guard.ts";
import { type About, httpRoutes } from "./http-routes.ts";
import { HttpSessions } from "./http-sessions.ts";
import { listenAt } from "../http/listen.ts";
import { type SessionCounts, SessionPool } from "./session-pool.ts";
import { RolloutNames } from "./rollout-names.ts";
import { Session } from "./session.ts";
import { serveSocket } from "./socket.ts";

/** The served profile, the address, and the limits of sessions; times are in seconds. */
export interface ServerOptions {
  readonly profile: Profile;
  readonly about: About;
  readonly gauges: Gauges;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Required if the host is not loopback. */
  readonly tokens: readonly Token[];
  /** PEM texts of a certificate and its key; without them the server speaks plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly maxSessions: number;
  readonly queueSeconds: number;
  readonly idleSeconds: number;
  readonly patienceSeconds: number;
  readonly maxEpisodesPerSession: number;
  /** Of a body, and of a frame. */
  readonly maxMessageBytes: number;
  /** True for a rollout that already has a record from before. */
  readonly isRecorded?: (rolloutId: string) => boolean;
  readonly sendSeconds?: number;
  readonly pingSeconds?: number;
}

/** A running server; `close` gives running steps this many seconds, and returns how many steps were cut. */
export interface RunningServer {
  readonly url: string;
  readonly pool: SessionCounts;
  /** Accepts nothing new, waits for running steps, keeps the records of the rest, and closes. Returns how many steps were cut. */
  close(drainSeconds: number): Promise<number>;
}

/**
 * Serves a profile over HTTP and WebSocket, according to OpenEnv. Throws `UsageError` for an address other than loopback
 * without tokens.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { profile, about, gauges, host, port, tokens } = options;
  expectGuarded(host, tokens);
  const pool = sessionPoolOf(options);
  gauges.watch(pool);
  const app = fastify({
    ...(options.tls && { https: options.tls }),
    bodyLimit: options.maxMessageBytes,
    requestTimeout: 60_000,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 128 },
  });
  readJson(app);
  guard(app, tokens);
  const { sendSeconds = 60, pingSeconds = 20 } = options;
  dropIdleReaders(app, sendSeconds);
  await app.register(websocket, {
    options: { maxPayload: options.maxMessageBytes, perMessageDeflate: false },
  });
  const serving = {
    pool,
    gauges,
    about,
    blank: profile.blank,
    idleSeconds: options.idleSeconds,
    sendSeconds,
    pingSeconds,
  };
  app.get("/ws", { websocket: true }, (socket) => serveSocket(socket, { ...serving, isRpc: false }));
  app.get("/mcp", { websocket: true }, (socket) => serveSocket(socket, { ...serving, isRpc: true }));
  httpRoutes(app, { profile, sessions: new HttpSessions(pool), gauges, about, tokens });
  const url = await listenAt(app, host, port);
  return {
    url,
    pool,
    close: async (drainSeconds) => {
      const cut = await pool.shut(drainSeconds);
      await app.close();
      return cut;
    },
  };
}

function sessionPoolOf({ profile, gauges, ...options }: ServerOptions): SessionPool {
  let seeds = 0;
  const names = new RolloutNames(options.isRecorded);
  return new SessionPool({
    maxSessions: options.maxSessions,
    queueSeconds: options.queueSeconds,
    idleSeconds: options.idleSeconds,
    onRefusal: () => gauges.refusals.inc(),
    makeSession: () =>
      new Session({
        profile,
        patienceSeconds: options.patienceSeconds,
        maxEpisodes: options.maxEpisodesPerSession,
        nextSeed: () => seeds++,
        names,
        onStep: (seconds) => gauges.steps.observe(seconds),
      }),
  });
}
