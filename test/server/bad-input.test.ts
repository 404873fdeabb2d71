import { createServer } from "node:http";
import { connect as connectSocket, type AddressInfo } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { expectGuarded, readTokens } from "../../src/http/bearer.ts";
import { dropUnlessRead } from "../../src/http/guard.ts";
import { replEnvProfile } from "../../src/server/profiles/repl-env.ts";
import { type Client, connect, post, type Serving, serving, until } from "./serving.ts";
import { frames } from "./any-frame.ts";

const repls = new PyodideReplPool();
let server: Serving;
let witness: Client;
beforeAll(async () => {
  server = await serving(repls, { sendSeconds: 1, idleSeconds: 600 });
  witness = await connect(server.url);
  await witness.ask("reset", { seed: 1 });
  await witness.run("kept = 41");
});
afterAll(async () => {
  // Whatever the others did, this session noticed nothing.
  expect(await witness.run("kept + 1")).toMatchObject({
    data: { observation: { results: [{ value: "42" }] } },
  });
  await server.closeNow();
  await repls.close();
});

describe("a frame that is wrong is answered with its code, and the session goes on", () => {
  it.each([
    ["no JSON", "{", "INVALID_JSON"],
    ["a binary frame", Buffer.from([1, 2, 3]), "INVALID_JSON"],
    ["a list", "[]", "VALIDATION_ERROR"],
    ["null", "null", "VALIDATION_ERROR"],
    ["no type", "{}", "UNKNOWN_TYPE"],
    ["a type that is no text", '{"type":5}', "UNKNOWN_TYPE"],
    [
      "depth without end",
      `{"type":"state","deep":${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}}`,
      "VALIDATION_ERROR",
    ],
    ["an unknown type", '{"type":"jump"}', "UNKNOWN_TYPE"],
    ["a name of every object", '{"type":"constructor"}', "UNKNOWN_TYPE"],
    ["a step before a reset", '{"type":"step","data":{"code":"1"}}', "EXECUTION_ERROR"],
    ["a negative seed", '{"type":"reset","data":{"seed":-1}}', "VALIDATION_ERROR"],
    ["a seed that is no number", '{"type":"reset","data":{"seed":"7"}}', "VALIDATION_ERROR"],
    [
      "a long name",
      JSON.stringify({ type: "reset", data: { episode_id: "x".repeat(256) } }),
      "VALIDATION_ERROR",
    ],
  ])("%s", async (_, frame, code) => {
    const client = await connect(server.url);
    client.send(frame);
    expect(await client.next()).toMatchObject({ type: "error", data: { code } });
    expect((await client.ask("state")).type).toBe("state");
    await client.close();
  });

  it.each([
    ["unknown fields", { code: "1", shell: "ls" }],
    ["nothing", {}],
    ["two things at once", { code: "1", answer: "2" }],
    ["code that is no text", { code: 7 }],
  ])("an action of %s", async (_, action) => {
    const client = await connect(server.url);
    await client.ask("reset", { seed: 1 });
    expect(await client.ask("step", action)).toMatchObject({ data: { code: "VALIDATION_ERROR" } });
    expect((await client.run("1")).type).toBe("observation");
    await client.close();
  });

  it("an episode name that looks like a path is a name", async () => {
    const client = await connect(server.url);
    const begun = await client.ask("reset", { seed: 1, episode_id: "../../etc/passwd" });
    expect(begun.data.observation?.metadata.episode_id).toBe("../../etc/passwd");
    expect((await fetch(`${server.url}/state?session_id=../../etc/passwd`)).status).toBe(404);
    await client.close();
  });

  it("whatever it is", async () => {
    const client = await connect(server.url);
    await fc.assert(
      fc.asyncProperty(frames, async (frame) => {
        client.send(frame);
        const { type } = await client.next();
        expect(["error", "observation", "state", "mcp"]).toContain(type);
      }),
      { numRuns: 100 },
    );
    await client.close();
  });
});

describe("size and pace", () => {
  it("an oversized frame closes its socket alone", async () => {
    const client = await connect(server.url);
    client.send("x".repeat(3 * 2 ** 20));
    expect(await client.closed).toBe(1009);
    const body = JSON.stringify({ episode_id: "x".repeat(3 * 2 ** 20) });
    expect((await post(`${server.url}/reset`, body)).status).toBe(413);
  });

  it.each([
    ["one reply", 1],
    ["more than the kernels hold", 20_000],
  ])("a client that never reads %s is dropped in time, and its place is free", async (_, count) => {
    const places = server.pool.active;
    const client = await connect(server.url);
    await client.ask("reset", { seed: 2 });
    client.socket.pause();
    const asked = performance.now();
    for (let sent = 0; sent < count; sent += 1) client.send('{"type":"state"}');
    await until(() => server.pool.active === places);
    expect(performance.now() - asked).toBeGreaterThan(900);
    await client.close();
  });

  it("and so is one that does not read what it asked for over HTTP", async () => {
    let isClosed = false;
    const plain = createServer((_, response) => {
      dropUnlessRead(response, 0.1);
      response.once("close", () => (isClosed = true)).end("x".repeat(2 ** 26));
    });
    await new Promise<void>((resolve) => plain.listen(0, "127.0.0.1", resolve));
    const socket = connectSocket((plain.address() as AddressInfo).port, "127.0.0.1").on("error", () => {});
    socket.pause().write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
    await until(() => isClosed);
    await new Promise((resolve) => socket.once("close", resolve).resume());
    expect(socket.bytesRead).toBeLessThan(2 ** 26);
    plain.close();
  });

  it("a question of 10 MB is refused", async () => {
    const large = await serving(repls, { profileOf: replEnvProfile, maxMessageBytes: 2 ** 26 });
    const client = await connect(large.url);
    const answer = await client.ask("reset", { context: "x", task_prompt: "?".repeat(10_000_000) });
    expect(answer).toMatchObject({ data: { code: "VALIDATION_ERROR" } });
    expect(JSON.stringify(answer).length).toBeLessThan(2_000);
    await large.closeNow();
  });
});

describe("HTTP", () => {
  it.each([
    ["/reset", "{", 422],
    ["/reset", { seed: -1 }, 422],
    ["/reset", [], 422],
    ["/step", { action: "x" }, 422],
    ["/step", { action: { code: "1" } }, 409],
    ["/step", { action: { code: 1 } }, 422],
    ["/nowhere", {}, 404],
  ])("POST %s with %j is a %i", async (path, body, status) => {
    const answer = await post(server.url + path, body);
    expect(answer.status).toBe(status);
    if (status === 422)
      expect(answer.body.detail).toMatchObject([
        { type: expect.any(String) as string, msg: expect.any(String) as string },
      ]);
  });
});

describe("tokens", () => {
  const SECRET = "a-secret-of-some-length";
  it("let in who holds one, and nobody with a wrong or an expired one", async () => {
    const tokens = readTokens(`${SECRET}\nthe-one-of-last-year 2020-01-01T00:00:00Z\n`, "tokens");
    const guarded = await serving(repls, { tokens });
    const status = async (header?: string) =>
      (await fetch(`${guarded.url}/state`, { headers: header ? { authorization: header } : {} })).status;
    expect(await status()).toBe(401);
    expect(await status("Bearer the-one-of-last-year")).toBe(401);
    expect(await status(`Bearer ${SECRET}x`)).toBe(401);
    expect(await status(`Basic ${SECRET}`)).toBe(401);
    expect(await status(`Bearer ${SECRET}`)).toBe(200);
    expect((await fetch(`${guarded.url}/health`)).status).toBe(200);
    await expect(connect(guarded.url)).rejects.toThrow("401");
    const client = await connect(guarded.url, { authorization: `Bearer ${SECRET}` });
    expect((await client.ask("state")).type).toBe("state");
    await guarded.closeNow();
  });

  it("are required where other machines reach the server", () => {
    expect(() => expectGuarded("0.0.0.0", [])).toThrow(UsageError);
    expect(() => expectGuarded("::", [])).toThrow(UsageError);
    expect(() => expectGuarded("127.0.0.1", [])).not.toThrow();
    expect(() => readTokens("short", "tokens")).toThrow("line 1");
  });

  it("are not needed on loopback, but pages of other sites stay out", async () => {
    await expect(connect(server.url, { origin: "https://example.com" })).rejects.toThrow("403");
    expect((await (await connect(server.url, { origin: "http://localhost:3000" })).ask("state")).type).toBe(
      "state",
    );
  });
});
