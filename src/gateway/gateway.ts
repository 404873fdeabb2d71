/** The capture gateway: a proxy of a model server whose sessions keep all sampled tokens. */
import { randomUUID } from "node:crypto";
import fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import { z, ZodError } from "zod";
import { LineTooLongError } from "../files/append-log.ts";
import { expectGuarded, ownerOf, type Token } from "../http/bearer.ts";
import { parseBoundedJson } from "../http/bounded-json.ts";
import { clientId } from "../http/client-id.ts";
import { dropIdleReaders, guard } from "../http/guard.ts";
import { listenAt } from "../http/listen.ts";
import { UsageError } from "../errors.ts";
import type { JsonObject } from "../types.ts";
import { Calls, type CallsOptions } from "./calls.ts";
import { makeGatewayGauges } from "./gauges.ts";
import { errorBody, Refusal, refusalOf } from "./refusal.ts";
import { KINDS } from "./kind.ts";
import { SamplingParams } from "./request.ts";
import { type GatewaySession, SessionStore } from "./session-store.ts";
import { readPosition } from "./trace.ts";
import { Upstream, type UpstreamOptions } from "./upstream.ts";

/** The model server behind the gateway, the gateway's own address, and its bounds. */
export interface GatewayOptions extends Omit<CallsOptions, "store" | "upstream" | "gauges"> {
  readonly upstream: UpstreamOptions;
  /** The folder for traces. Sessions that were open there are resumed. */
  readonly folder: string;
  readonly host: string;
  /** The port; 0 for any free one. */
  readonly port: number;
  /** Required if the host is not loopback. Each token sees only the sessions that it created. */
  readonly tokens: readonly Token[];
  /** A certificate and its key as PEM texts. Without them the gateway speaks plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly maxSessions: number;
  /** A session that is idle for this long is forgotten. Its traces stay in the file. */
  readonly idleSeconds: number;
  readonly maxMessageBytes: number;
}

/** A running gateway. */
export interface RunningGateway {
  readonly url: string;
  readonly sessions: number;
  /** Refuses new calls, waits for those in progress, and ends the rest as lost. Returns how many calls were lost. */
  close(drainSeconds: number): Promise<number>;
}

const sessionId = clientId.min(1);
const NewSession = z.strictObject({
  session_id: sessionId.nullish(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  sampling_params: SamplingParams.nullish(),
});
/** The version of the weights, which goes into a header of each reply. */
const Weights = z.strictObject({
  weight_version: z.union([
    z
      .string()
      .max(255)
      .regex(
        /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/,
        "expected printable ASCII, and no space at either end",
      ),
    z.int().min(0),
  ]),
});
const Page = z.looseObject({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(10_000).default(1000),
});

/** The length of 255 characters that are percent-encoded in a path. */
const MAX_PARAM_CHARS = 255 * 12;

/** Starts a gateway. Throws `UsageError` for an invalid address or upstream, and `RunError` if the folder is in use. */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const { host, port, tokens, folder, idleSeconds, sampling = {} } = options;
  expectGuarded(host, tokens);
  const refused = SamplingParams.safeParse(sampling).error?.issues[0];
  if (refused) throw new UsageError(`gateway sampling: ${refused.message}`);
  const upstream = new Upstream(options.upstream);
  const store = await SessionStore.open(folder);
  const gauges = makeGatewayGauges(store);
  const calls = new Calls({ ...options, store, upstream, gauges });
  const app = fastify({
    ...(options.tls && { https: options.tls }),
    bodyLimit: options.maxMessageBytes,
    requestTimeout: 60_000,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: MAX_PARAM_CHARS },
  });
  readBodies(app);
  guard(app, tokens);
  dropIdleReaders(app, options.sendSeconds);
  app.setErrorHandler(async (error: Error & { statusCode?: number }, _request, reply) => {
    const told = refusalFor(error);
    const status = told instanceof Refusal ? told.status : (error.statusCode ?? 500);
    const code = told instanceof Refusal ? told.code : status < 500 ? "invalid_request" : "failed";
    gauges.refusals.inc({ code });
    if (reply.raw.headersSent || reply.raw.destroyed) {
      reply.hijack();
      reply.raw.destroy();
      return reply;
    }
    const message = status < 500 || told instanceof Refusal ? told.message : "the gateway failed";
    return reply.code(status).send(errorBody(code, message));
  });
  app.setNotFoundHandler(async (_request, reply) =>
    reply
      .code(404)
      .send(
        errorBody(
          "not_found",
          "unknown path; calls go to /sessions/ID/v1/chat/completions, …/completions, …/responses or …/messages",
        ),
      ),
  );
  routes(app, { options, store, calls, upstream, metrics: () => gauges.registry.metrics() });
  const reaper = setInterval(
    () => void store.reap(idleSeconds).catch(() => {}),
    Math.min(10_000, Math.max(50, idleSeconds * 250)),
  ).unref();
  const url = await listenAt(app, host, port).catch(async (error: unknown) => {
    clearInterval(reaper);
    await store.log.close();
    throw error;
  });
  return {
    url,
    get sessions() {
      return store.size;
    },
    close: async (drainSeconds) => {
      const cut = await calls.shut(drainSeconds);
      clearInterval(reaper);
      await app.close();
      upstream.close();
      await store.log.close();
      return cut;
    },
  };
}

/** The refusal for an error that a client's request caused; any other error is returned as it is. */
function refusalFor(error: Error): Error {
  if (error instanceof ZodError) return refusalOf(error);
  // A request is recorded before it is sent, and very deep nesting cannot be recorded.
  if (error instanceof LineTooLongError || isTooDeep(error))
    return new Refusal("invalid_request", "the request is nested too deeply, or is too long to be recorded");
  return error;
}

function isTooDeep(error: Error): boolean {
  return error instanceof RangeError && error.message.startsWith("Maximum call stack");
}

/** Reads all bodies as JSON, whatever their content type. An empty body is an empty object. */
function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, async (_request: FastifyRequest, bytes: Buffer) => {
    try {
      return bytes.length === 0 ? {} : await parseBoundedJson(bytes);
    } catch (error) {
      throw new Refusal("invalid_request", `invalid JSON: ${(error as Error).message.slice(0, 200)}`);
    }
  });
}

interface Routing {
  readonly options: GatewayOptions;
  readonly store: SessionStore;
  readonly calls: Calls;
  readonly upstream: Upstream;
  readonly metrics: () => Promise<string>;
}

function routes(app: FastifyInstance, { options, store, calls, upstream, metrics }: Routing): void {
  const ownerOfRequest = ({ headers }: FastifyRequest) =>
    options.tokens.length === 0 ? null : ownerOf(headers.authorization);
  const make = async (
    request: FastifyRequest,
    id: string,
    metadata?: JsonObject | null,
    sampling?: JsonObject | null,
  ) => {
    const owner = ownerOfRequest(request);
    if (store.isTaken(id, owner))
      throw new Refusal("name_taken", "this session's name is taken by another token; choose another one");
    if (!store.find(id, owner) && store.size >= options.maxSessions)
      throw new Refusal(
        "too_many_sessions",
        `all ${options.maxSessions} sessions are taken; try again later`,
      );
    return store.make({ id, owner, metadata: metadata ?? {}, sampling: sampling ?? {} });
  };
  const named = (request: FastifyRequest): GatewaySession => {
    const session = store.find((request.params as { id: string }).id, ownerOfRequest(request));
    if (session) return session;
    throw new Refusal("not_found", "unknown session; make one with POST /sessions");
  };
  app.post("/sessions", async (request) => {
    const asked = NewSession.parse(request.body ?? {});
    const { id } = await make(
      request,
      asked.session_id ?? randomUUID(),
      asked.metadata as JsonObject | null | undefined,
      asked.sampling_params as JsonObject | null | undefined,
    );
    return {
      session_id: id,
      url: `${request.protocol}://${request.host}/sessions/${encodeURIComponent(id)}/v1`,
    };
  });
  for (const kind of KINDS)
    app.post(`/sessions/:id/v1${kind.path}`, async (request, reply) => {
      const body = kind.request.parse(request.body);
      const position = readPosition(request.headers);
      // A call that names its rollout comes from an environment, whose first call creates the session.
      const { id } = request.params as { id: string };
      const session = position.rollout === null ? named(request) : await make(request, sessionId.parse(id));
      await calls.pass(session, body, position, reply.raw, kind);
      return reply.hijack();
    });
  app.get("/sessions/:id/v1/models", async (request, reply) => {
    named(request);
    const { statusCode, text } = await upstream.get("/models", options);
    return reply.code(statusCode).type("application/json").send(text);
  });
  app.get("/sessions/:id/traces", async (request) => {
    const session = named(request);
    const { after, limit } = Page.parse(request.query);
    const lost = session.entries.filter(({ status }) => status === "lost").length;
    return {
      session_id: session.id,
      metadata: session.metadata,
      total: session.entries.length,
      under_way: session.underWay,
      incomplete: lost > 0,
      traces: await store.traces(session, after, limit),
    };
  });
  app.delete("/sessions/:id", async (request) => {
    const session = named(request);
    await store.drop(session);
    return { session_id: session.id, traces: session.entries.length };
  });
  app.get("/admin/weight_version", async () => ({ weight_version: store.weights }));
  app.post("/admin/weight_version", async (request) => {
    const { weight_version: version } = Weights.parse(request.body);
    await store.setWeights(String(version));
    return { weight_version: store.weights };
  });
  app.get("/health", async () => ({ status: "healthy" }));
  app.get("/metrics", async (_request, reply) =>
    reply.type("text/plain; version=0.0.4").send(await metrics()),
  );
}
