/** The environment's client of a capture gateway: opens a session for an episode, and reads its traces. */
import { z } from "zod";
import { ModelError } from "../errors.ts";
import { plainUrl } from "../http/plain-url.ts";
import type { JsonObject } from "../types.ts";
import type { Trace } from "./trace.ts";

/** The gateway's address and token. */
export interface GatewayClientOptions {
  /** The URL, such as `http://localhost:8001`. */
  readonly gateway: string;
  /** The gateway's bearer token. */
  readonly token?: string;
  /** The time limit of one request. Default: 30. */
  readonly seconds?: number;
}

const opened = z.looseObject({ session_id: z.string(), url: z.string() });
const page = z.looseObject({ total: z.number(), under_way: z.number(), traces: z.array(z.looseObject({})) });

/** The most traces that one request asks for. */
const PAGE = 200;

/**
 * A client of a running gateway: opens sessions, and fetches their traces. Methods throw `ModelError` if the gateway cannot be
 * reached or refuses.
 */
export class GatewayClient {
  readonly #base: string;
  readonly #headers: Record<string, string>;
  readonly #ms: number;

  constructor({ gateway, token, seconds = 30 }: GatewayClientOptions) {
    this.#base = plainUrl(gateway, "gateway");
    this.#headers = {
      "content-type": "application/json",
      ...(token && { authorization: `Bearer ${token}` }),
    };
    this.#ms = seconds * 1000;
  }

  /** Creates the session if it does not exist, and returns the base URL for its calls. Throws `ModelError`. */
  async open(sessionId: string, metadata: JsonObject): Promise<string> {
    const said = await this.#ask("/sessions", { session_id: sessionId, metadata });
    return opened.parse(said).url;
  }

  /** How many calls of the session have ended. Throws `ModelError`. */
  async count(sessionId: string): Promise<number> {
    return page.parse(await this.#ask(`${pathOf(sessionId)}?limit=1`)).total;
  }

  /** The traces after the first `seen`. Throws `ModelError`. */
  async tracesAfter(sessionId: string, seen: number): Promise<Trace[]> {
    const traces: Trace[] = [];
    for (;;) {
      const query = `?after=${seen + traces.length}&limit=${PAGE}`;
      const found = page.parse(await this.#ask(pathOf(sessionId) + query)).traces as unknown as Trace[];
      traces.push(...found);
      if (found.length < PAGE) return traces;
    }
  }

  async #ask(path: string, body?: JsonObject): Promise<unknown> {
    const fault = (what: string, kind: ModelError["kind"]) =>
      new ModelError(`gateway ${this.#base}: ${what}`, { kind });
    const signal = AbortSignal.timeout(this.#ms);
    const sent = body && { method: "POST", body: JSON.stringify(body) };
    let response: Response;
    try {
      response = await fetch(this.#base + path, { ...sent, headers: this.#headers, signal });
    } catch (error) {
      throw fault(`no answer: ${String((error as Error).cause ?? error)}`, "unreachable");
    }
    if (response.ok) return response.json();
    const isAuth = response.status === 401 || response.status === 403;
    throw fault(
      `status ${response.status}: ${(await response.text()).slice(0, 200)}`,
      isAuth ? "auth" : "rejected",
    );
  }
}

function pathOf(sessionId: string): string {
  return `/sessions/${encodeURIComponent(sessionId)}/traces`;
}
