/** The live server: an environment behind OpenEnv's protocol, with its sessions, its guard and its counters. */
import websocket from "@fastify/websocket";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { expectGuarded, isBearer, isForeignPage, type Token } from "./bearer.ts";
import type { Face } from "./face.ts";
import type { Gauges } from "./gauges.ts";
import { type About, httpRoutes } from "./http-routes.ts";
import { HttpSessions } from "./http-sessions.ts";
import { Lobby } from "./lobby.ts";
import { Session } from "./session.ts";
import { serveSocket } from "./socket.ts";

export interface ServerOptions {
  readonly face: Face;
  readonly about: About;
  readonly gauges: Gauges;
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Required where the host is not loopback. */
  readonly tokens: readonly Token[];
  readonly maxSessions: number;
  readonly queueSeconds: number;
  readonly idleSeconds: number;
  readonly patienceSeconds: number;
  readonly maxEpisodesPerSession: number;
  /** Of a body, and of a frame. */
  readonly maxMessageBytes: number;
  readonly sendSeconds?: number;
  readonly pingSeconds?: number;
}

export interface RunningServer {
  readonly url: string;
  readonly lobby: Lobby;
  /** Takes nothing new, waits for what runs, keeps the records of the rest, and closes. Returns how many steps were cut. */
  close(drainSeconds: number): Promise<number>;
}

/** Paths that say nothing worth a token, for whoever watches over the process. */
const OPEN_PATHS: ReadonlySet<string> = new Set(["/health"]);

export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { face, about, gauges, host, port, tokens } = options;
  expectGuarded(host, tokens);
  const lobby = lobbyOf(options);
  gauges.watch(lobby);
  const app = fastify({
    bodyLimit: options.maxMessageBytes,
    requestTimeout: 60_000,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 128 },
  });
  readJson(app);
  guard(app, tokens);
  await app.register(websocket, {
    options: { maxPayload: options.maxMessageBytes, perMessageDeflate: false },
  });
  const serving = {
    lobby,
    gauges,
    about,
    blank: face.blank,
    idleSeconds: options.idleSeconds,
    sendSeconds: options.sendSeconds ?? 60,
    pingSeconds: options.pingSeconds ?? 20,
  };
  app.get("/ws", { websocket: true }, (socket) => serveSocket(socket, serving));
  httpRoutes(app, { face, sessions: new HttpSessions(lobby), gauges, about });
  const url = await app.listen({ host, port });
  return {
    url,
    lobby,
    close: async (drainSeconds) => {
      const cut = await lobby.shut(drainSeconds);
      await app.close();
      return cut;
    },
  };
}

function lobbyOf({ face, gauges, ...options }: ServerOptions): Lobby {
  let seeds = 0;
  return new Lobby({
    maxSessions: options.maxSessions,
    queueSeconds: options.queueSeconds,
    idleSeconds: options.idleSeconds,
    onRefusal: () => gauges.refusals.inc(),
    makeSession: () =>
      new Session({
        face,
        patienceSeconds: options.patienceSeconds,
        maxEpisodes: options.maxEpisodesPerSession,
        nextSeed: () => seeds++,
        onStep: (seconds) => gauges.steps.observe(seconds),
      }),
  });
}

/** Bodies are JSON whatever they call themselves; what is none is a 422 in FastAPI's form, but for JSON-RPC. */
function readJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "string" }, (request, text, done) => {
    try {
      done(null, text === "" ? {} : JSON.parse(text as string));
    } catch (error) {
      if (request.url.split("?")[0] === "/mcp") return done(null, undefined);
      request.brokenJson = (error as Error).message.slice(0, 200);
      done(null, undefined);
    }
  });
  app.decorateRequest("brokenJson", undefined);
  app.addHook("preHandler", async ({ brokenJson }, reply) => {
    if (brokenJson === undefined) return;
    const detail = [
      { type: "json_invalid", loc: ["body"], msg: `JSON decode error: ${brokenJson}`, input: {} },
    ];
    await reply.code(422).send({ detail, code: "INVALID_JSON" });
  });
}

declare module "fastify" {
  interface FastifyRequest {
    brokenJson: string | undefined;
  }
}

function guard(app: FastifyInstance, tokens: readonly Token[]): void {
  app.addHook("onRequest", async (request, reply) => {
    if (OPEN_PATHS.has(request.url)) return;
    if (tokens.length === 0) {
      if (!isForeignPage(request.headers.origin)) return;
      endAfter(request, reply);
      await reply.code(403).send({ detail: "pages of other sites may not use this server" });
    } else if (!isBearer(request.headers.authorization, tokens)) {
      endAfter(request, reply);
      await reply
        .code(401)
        .header("www-authenticate", "Bearer")
        .send({ detail: "a valid token is required" });
    }
  });
}

/** Nobody else ends the socket of an upgrade that was refused, and closing the server would wait for it. */
function endAfter(request: FastifyRequest, reply: FastifyReply): void {
  if (request.headers.upgrade === undefined) return;
  reply.header("connection", "close");
  reply.raw.once("finish", () => request.raw.socket.destroySoon());
}
