/** Serves the viewer's page to this machine alone: on loopback, under a random token, to requests that name this machine. */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { RLMError, UsageError } from "../errors.ts";
import { hasSeveralHosts, isForeignHost, isForeignPage } from "../http/bearer.ts";
import { pageHtml, readAssets, SERVED_POLICY } from "./assets.ts";
import { PageData } from "./page-data.ts";
import type { PageRows } from "./page-shapes.ts";
import type { ViewedRun } from "./viewed-run.ts";

const HOST = "127.0.0.1";
const HTML = pageHtml('<link rel="stylesheet" href="app.css">', '<script src="app.js"></script>');

/** A page that is served. */
export interface ServedPage {
  /** With the token; whoever has it reads the runs. */
  readonly url: string;
  close(): Promise<void>;
}

/** @param port 0 takes a free one. Throws `UsageError` where the port cannot be had, `RLMError` where the page is not built. */
export async function servePage(runs: readonly ViewedRun[], port = 0): Promise<ServedPage> {
  const token = randomBytes(24).toString("base64url");
  const assets = readAssets();
  const data = runs.map((run) => new PageData(run));
  const files = new Map<string, readonly [type: string, text: string]>([
    ["", ["text/html; charset=utf-8", HTML]],
    ["app.js", ["text/javascript; charset=utf-8", assets.script]],
    ["app.css", ["text/css; charset=utf-8", assets.style]],
  ]);
  const server = createServer((request, response) => void answer(request, response));
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const path = pathAsked(request, token);
      if (typeof path === "number") return send(response, path, "text/plain", "");
      const file = files.get(path.pathname);
      if (file) return send(response, 200, ...file);
      const found = await dataAt(data, path.pathname, path.query);
      if (found === undefined) return send(response, 404, "text/plain", "");
      return send(response, 200, "application/json", JSON.stringify(found));
    } catch (error) {
      const isOurs = error instanceof RLMError;
      const message = isOurs ? error.message : "the viewer failed to read this";
      return send(response, isOurs ? 422 : 500, "application/json", JSON.stringify({ error: message }));
    }
  };
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        new UsageError(`--port ${port}: it cannot be listened at (${error.code ?? error.message})`, {
          cause: error,
        }),
      ),
    );
    server.listen(port, HOST, resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${HOST}:${taken}/${token}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What is asked for under the token, or the status of a refusal. */
function pathAsked(
  request: IncomingMessage,
  token: string,
): { pathname: string; query: URLSearchParams } | number {
  const { host, origin } = request.headers;
  if (hasSeveralHosts(request.rawHeaders)) return 400;
  if (host === undefined || isForeignHost(host) || isForeignPage(origin)) return 403;
  if (request.method !== "GET" && request.method !== "HEAD") return 405;
  const [, given = "", ...rest] = (request.url ?? "/").split("?")[0]!.split("/");
  const [mine, theirs] = [Buffer.from(token), Buffer.from(given)];
  if (mine.length !== theirs.length || !timingSafeEqual(mine, theirs)) return 404;
  // A slash must follow the token, or the page's own addresses would lie beside it.
  if (rest.length === 0) return 404;
  const query = new URLSearchParams((request.url ?? "").split("?")[1] ?? "");
  return { pathname: rest.join("/"), query };
}

/** Undefined for what is not there. */
async function dataAt(data: readonly PageData[], path: string, query: URLSearchParams): Promise<unknown> {
  if (path === "api/runs") return Promise.all(data.map((run) => run.about()));
  const number = (name: string) => Number(query.get(name) ?? Number.NaN);
  const run = data[number("run")];
  if (run === undefined) return undefined;
  const row = number("row");
  switch (path) {
    case "api/rows":
      return packed(await run.rows(Math.max(0, number("from") || 0)));
    case "api/episode":
      return run.episode(row, data);
    case "api/text":
      return run.text(row, query.get("path") ?? "");
    case "api/coverage":
      return run.coverage(row);
    case "api/piece":
      return run.piece(row, number("start") || 0, number("end") || 0);
    case "api/audit":
      return run.audit(row);
    case "api/gold":
      return run.gold(row);
    default:
      return undefined;
  }
}

/** Rows as lists of values under one list of names: names in each of 100,000 rows would be most of what is sent. */
function packed({ run, rows }: PageRows): object {
  const fields = Object.keys(rows[0] ?? {});
  return { run, fields, values: rows.map((row) => Object.values(row)) };
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    "content-type": type,
    "content-length": Buffer.byteLength(body),
    "content-security-policy": SERVED_POLICY,
    "cache-control": "no-store",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
  response.end(response.req.method === "HEAD" ? undefined : body);
}
