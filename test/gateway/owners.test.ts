/** The owners of a gateway's sessions, and TLS. */
import { readFile } from "node:fs/promises";
import { type RequestOptions, request as secureRequest } from "node:https";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readTokens } from "../../src/http/bearer.ts";
import { ask, type Gating, gating, HELLO } from "./gating.ts";
import { type SamplingServer, startSamplingServer } from "./sampling-server.ts";

const [MINE, YOURS] = ["my-secret-of-some-length", "your-secret-of-some-length"];
const tokens = readTokens(`${MINE}\n${YOURS}`, "tokens");
const as = (secret: string) => ({ headers: { authorization: `Bearer ${secret}` } });

let upstream: SamplingServer;
let gateway: Gating;
beforeAll(async () => {
  upstream = await startSamplingServer((messages) => `you said: ${messages.at(-1)!.content}`);
  gateway = await gating(upstream.baseUrl, { tokens });
});
afterAll(async () => {
  await gateway.end();
  await upstream.close();
});

describe("a session belongs to the token that made it", () => {
  it("and another token can neither read it, call in it, end it, nor take its name", async () => {
    const made = await ask(`${gateway.url}/sessions`, { session_id: "s" }, as(MINE));
    const url = String(made.body.url);
    expect((await ask(`${url}/chat/completions`, HELLO, as(MINE))).status).toBe(200);
    expect((await ask(`${gateway.url}/sessions/s/traces`, undefined, as(YOURS))).status).toBe(404);
    expect((await ask(`${url}/chat/completions`, HELLO, as(YOURS))).status).toBe(404);
    expect((await ask(`${url}/models`, undefined, as(YOURS))).status).toBe(404);
    const gone = await ask(`${gateway.url}/sessions/s`, undefined, { method: "DELETE", ...as(YOURS) });
    expect(gone.status).toBe(404);
    const taken = await ask(`${gateway.url}/sessions`, { session_id: "s" }, as(YOURS));
    expect(taken).toMatchObject({ status: 409, body: { error: { code: "name_taken" } } });
    const rollout = { headers: { ...as(YOURS).headers, "x-rlm-rollout": "r" } };
    expect((await ask(`${url}/chat/completions`, HELLO, rollout)).status).toBe(409);
    expect((await ask(`${gateway.url}/sessions/s/traces`, undefined, as(MINE))).body.total).toBe(1);
  });

  it("also after a restart of the gateway, and a new owner of a dropped name does not see older traces", async () => {
    const first = await gating(upstream.baseUrl, { tokens });
    for (const name of ["kept", "left"]) {
      const { body } = await ask(`${first.url}/sessions`, { session_id: name }, as(MINE));
      await ask(`${String(body.url)}/chat/completions`, HELLO, as(MINE));
    }
    await ask(`${first.url}/sessions/left`, undefined, { method: "DELETE", ...as(MINE) });
    await ask(`${first.url}/sessions`, { session_id: "left" }, as(YOURS));
    await first.close(0);
    const again = await gating(upstream.baseUrl, { tokens, folder: first.folder });
    const total = async (name: string, secret: string) =>
      (await ask(`${again.url}/sessions/${name}/traces`, undefined, as(secret))).body.total;
    expect(await total("kept", MINE)).toBe(1);
    expect(await total("kept", YOURS)).toBeUndefined();
    expect(await total("left", YOURS)).toBe(0);
    expect(await readFile(`${first.folder}/journal.jsonl`, "utf8")).not.toContain(MINE);
    await again.end();
  });

  it.each(["a\r\nb", "a\u001b[2J", "\u0085"])(
    "and has no control characters in its name: %j",
    async (name) => {
      const made = await ask(`${gateway.url}/sessions`, { session_id: name }, as(MINE));
      expect(made.status).toBe(400);
      expect(JSON.stringify(made.body)).toContain("control characters");
      const rollout = { headers: { ...as(MINE).headers, "x-rlm-rollout": encodeURIComponent(name) } };
      const url = `${gateway.url}/sessions/ok/v1/chat/completions`;
      expect((await ask(url, HELLO, rollout)).status).toBe(400);
      const named = { headers: { ...as(MINE).headers, "x-rlm-rollout": "r" } };
      const path = `${gateway.url}/sessions/${encodeURIComponent(name)}/v1/chat/completions`;
      expect((await ask(path, HELLO, named)).status).toBe(400);
    },
  );

  it("and gets a name that cannot be guessed if the client gives none", async () => {
    const names = await Promise.all(
      Array.from({ length: 20 }, async () => (await ask(`${gateway.url}/sessions`, {}, as(MINE))).body),
    );
    expect(new Set(names.map(({ session_id: id }) => id)).size).toBe(20);
    for (const { session_id: id } of names)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe("TLS", () => {
  it("is used if a certificate is given, also in every URL that the gateway returns", async () => {
    const [cert, key] = await Promise.all(
      ["crt", "key"].map((end) =>
        readFile(new URL(`../server/tls/localhost.${end}`, import.meta.url), "utf8"),
      ),
    );
    const secure = await gating(upstream.baseUrl, { tls: { cert: cert!, key: key! } });
    expect(secure.url).toMatch(/^https:/);
    const made = await over(`${secure.url}/sessions`, "{}", cert!);
    const { url } = JSON.parse(made) as { url: string };
    expect(url).toMatch(/^https:\/\/(localhost|127\.0\.0\.1):\d+\/sessions\//);
    const said = await over(`${url}/chat/completions`, JSON.stringify(HELLO), cert!);
    expect(said).toContain("you said: hello");
    await secure.end();
  });
});

function over(url: string, body: string, ca: string): Promise<string> {
  const options: RequestOptions = { ca, method: "POST", headers: { "content-type": "application/json" } };
  return new Promise((resolve, reject) => {
    secureRequest(url, options, (reply) => {
      const pieces: string[] = [];
      reply.setEncoding("utf8").on("data", (piece: string) => pieces.push(piece));
      reply.on("end", () => resolve(pieces.join("")));
    })
      .on("error", reject)
      .end(body);
  });
}
