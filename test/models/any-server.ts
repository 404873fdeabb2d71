/** A local server that gives scripted answers on every path, and keeps the bodies that it received. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface ToldAnswer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** The answer to a request with this body. */
export type Answering = (body: Readonly<Record<string, unknown>>) => ToldAnswer;

export interface AnyServer {
  /** Ends in /v1. */
  readonly baseUrl: string;
  /** The bodies of requests that had one; the latest is last. */
  readonly bodies: Record<string, unknown>[];
  /** Sets the answers, in order. The last one answers all further requests. */
  answer(...answers: readonly (ToldAnswer | Answering)[]): void;
  close(): Promise<void>;
}

export async function startAnyServer(): Promise<AnyServer> {
  let answers: readonly (ToldAnswer | Answering)[] = [];
  const bodies: Record<string, unknown>[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      if (pieces.length > 0)
        bodies.push(JSON.parse(Buffer.concat(pieces).toString()) as Record<string, unknown>);
      const [next, ...rest] = answers;
      if (rest.length > 0) answers = rest;
      const told = typeof next === "function" ? next(bodies.at(-1) ?? {}) : next;
      const { status, type, text } = told ?? { status: 410, type: "text/plain", text: "nothing to answer" };
      response.writeHead(status, type === "" ? {} : { "content-type": type }).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    bodies,
    answer: (...given) => {
      answers = given;
      bodies.length = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
