/** Hooks before every route: the check of tokens, and the reading of bodies. */
import type { ServerResponse } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isBearer, hasSeveralHosts, isForeignHost, isForeignPage, type Token } from "./bearer.ts";
import { parseBoundedJson } from "./bounded-json.ts";

/** Paths without secrets, which monitoring can read without a token. */
const OPEN_PATHS: ReadonlySet<string> = new Set(["/health"]);

/** Reads all bodies as JSON, whatever their content type. Invalid JSON gets a 422 in FastAPI's form, except on `/mcp`. */
export function readJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, async (request: FastifyRequest, bytes: Buffer) => {
    try {
      return bytes.length === 0 ? {} : await parseBoundedJson(bytes);
    } catch (error) {
      if (request.url.split("?")[0] !== "/mcp") request.brokenJson = (error as Error).message.slice(0, 200);
      return undefined;
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

/**
 * Requires a token. If there are no tokens, the server listens only on loopback, and refuses pages of other sites: by their
 * `Origin`, and by a foreign name in the `Host` header (DNS rebinding).
 */
export function guard(app: FastifyInstance, tokens: readonly Token[]): void {
  app.addHook("onRequest", async (request, reply) => {
    if (hasSeveralHosts(request.raw.rawHeaders)) {
      endAfter(request, reply);
      await reply.code(400).send({ detail: "expected one Host header" });
      return;
    }
    if (OPEN_PATHS.has(request.url)) return;
    if (tokens.length === 0) {
      const { origin, host } = request.headers;
      const isForeign = isForeignPage(origin);
      if (!isForeign && !isForeignHost(host)) return;
      endAfter(request, reply);
      const detail = isForeign
        ? "pages of other sites may not use this server"
        : "expected localhost, 127.0.0.1 or [::1] in the Host header: without a token this server is for its own machine";
      await reply.code(403).send({ detail });
    } else if (!isBearer(request.headers.authorization, tokens)) {
      endAfter(request, reply);
      await reply
        .code(401)
        .header("www-authenticate", "Bearer")
        .send({ detail: "a valid token is required" });
    }
  });
}

/** Drops clients that do not read their replies. Hijacked replies are not covered. */
export function dropIdleReaders(app: FastifyInstance, seconds: number): void {
  app.addHook("onSend", async (_, reply) => dropUnlessRead(reply.raw, seconds));
}

/** Closes the connection if a reply is not handed to the operating system within the time. */
export function dropUnlessRead(reply: ServerResponse, seconds: number): void {
  const late = setTimeout(() => reply.destroy(), seconds * 1000).unref();
  reply.once("finish", () => clearTimeout(late));
  reply.once("close", () => clearTimeout(late));
}

/** Closes the socket of a refused upgrade. Otherwise it would stay open, and closing the server would wait for it. */
function endAfter(request: FastifyRequest, reply: FastifyReply): void {
  if (request.headers.upgrade === undefined) return;
  reply.header("connection", "close");
  reply.raw.once("finish", () => request.raw.socket.destroySoon());
}
