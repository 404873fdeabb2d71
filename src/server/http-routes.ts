/** OpenEnv over HTTP: reset, step and state, and the server's description of itself. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { ownerOf as bearerOf, type Token } from "../http/bearer.ts";
import type { JsonObject } from "../types.ts";
import type { Profile } from "./profiles/profile.ts";
import type { Gauges } from "./gauges.ts";
import type { HttpSessions } from "./http-sessions.ts";
import { answerRpc } from "./mcp.ts";
import { openapiOf, schemasOf } from "./openapi.ts";
import { expectValid } from "./protocol-error.ts";
import { asProtocolError } from "./session.ts";
import { type Shown, StepRequest, withMetadata } from "./wire.ts";

/** The server's description of itself. */
export interface About {
  readonly name: string;
  readonly description: string;
  readonly version: string;
}

/** What the routes need. */
export interface Routes {
  readonly profile: Profile;
  readonly sessions: HttpSessions;
  readonly gauges: Gauges;
  readonly about: About;
  readonly tokens: readonly Token[];
}

/** Adds OpenEnv's routes to the application. */
export function httpRoutes(app: FastifyInstance, { profile, sessions, gauges, about, tokens }: Routes): void {
  const ownerOf = ({ headers }: FastifyRequest) =>
    tokens.length === 0 ? null : bearerOf(headers.authorization);
  app.post("/reset", async (request, reply) => {
    const named = sessionNamed(request);
    const body = request.body ?? {};
    // An invalid reset leaves no session behind.
    expectValid(profile.reset, body, ["body"]);
    if (named !== undefined) {
      const session = sessions.find(named, ownerOf(request))!;
      return answer(reply, await session.reset(body), session.id);
    }
    const left = whenLeft(reply);
    const session = await sessions.enter(ownerOf(request), left);
    const leave = () => sessions.leave(session);
    // A client that leaves before the answer never learns the session's name, so nobody else could release it.
    left.addEventListener("abort", () => void leave().catch(() => {}));
    try {
      if (left.aborted) await leave();
      return answer(reply, await session.reset(body), session.id);
    } catch (error) {
      await leave();
      throw error;
    }
  });
  app.post("/step", async (request, reply) => {
    const { action, timeout_s, session_id } = expectValid(StepRequest, request.body, ["body"]);
    const session = sessions.find(sessionNamed(request) ?? session_id ?? undefined, ownerOf(request));
    if (session === null) {
      expectValid(profile.action, action, ["body", "action"]);
      return reply.code(409).send({ detail: "step: there is no episode; call reset first" });
    }
    return answer(reply, await session.step(action, timeout_s ?? undefined), session.id);
  });
  app.get(
    "/state",
    async (request) => sessions.find(sessionNamed(request), ownerOf(request))?.state() ?? profile.blank,
  );
  app.get("/health", async () => ({ status: "healthy" }));
  app.get("/metadata", async () => ({
    ...about,
    readme_content: null,
    author: null,
    documentation_url: null,
  }));
  app.get("/schema", async () => schemasOf(profile));
  app.get("/openapi.json", async () => openapiOf(profile, about.name));
  app.post("/mcp", async (request) => answerRpc(request.body, about));
  app.get("/metrics", async (_, reply) =>
    reply.type(gauges.registry.contentType).send(await gauges.registry.metrics()),
  );
  app.setNotFoundHandler(async (_, reply) => reply.code(404).send({ detail: "Not Found" }));
  app.setErrorHandler(async (error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 400 && status < 500) return reply.code(status).send({ detail: error.message });
    const told = asProtocolError(error);
    gauges.errors.inc({ code: told.code });
    return reply
      .code(told.status)
      .send({ detail: told.extra.errors ?? told.message, ...counts(told.extra), code: told.code });
  });
}

/** Aborts if the client leaves before it has its answer. */
function whenLeft({ raw }: FastifyReply): AbortSignal {
  const left = new AbortController();
  raw.once("close", () => raw.writableFinished || left.abort());
  return left.signal;
}

/** Counts for an error's extra fields, such as `active_sessions`. */
function counts(extra: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(extra).filter(([name]) => name !== "errors"));
}

function sessionNamed({ headers, query }: FastifyRequest): string | undefined {
  const header = headers["x-session-id"];
  const named = (query as Record<string, string | string[] | undefined>).session_id;
  if (typeof header === "string") return header;
  // If it is given twice, it is a list, and no session has such a name.
  return Array.isArray(named) ? named.join() : named;
}

function answer(reply: FastifyReply, shown: Shown, sessionId: string): FastifyReply {
  const { observation, reward, done } = withMetadata(shown, { session_id: sessionId });
  return reply.header("x-session-id", sessionId).send({ observation, reward, done });
}
