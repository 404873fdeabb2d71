import { afterAll, afterEach, describe, expect, it } from "vitest";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import type { EpisodeHost } from "../../src/server/profiles/profile.ts";
import { nativeProfile } from "../../src/server/profiles/native.ts";
import { connect, post, type Received, type Serving, serving, until } from "./serving.ts";

const repls = new PyodideReplPool();
let server: Serving;
afterEach(async () => void (await server.closeNow()));
afterAll(() => repls.close());

describe("sessions", () => {
  it("wait for a place for a bounded time, and are then told that there is none", async () => {
    server = await serving(repls, { maxSessions: 1, queueSeconds: 0.2 });
    const first = await connect(server.url);
    await first.ask("reset");
    const second = await connect(server.url);
    expect(await second.ask("reset")).toEqual({
      type: "error",
      data: {
        code: "CAPACITY_REACHED",
        message: expect.any(String) as string,
        active_sessions: 1,
        max_sessions: 1,
      },
    });
    expect(await second.closed).toBe(1013);
    expect((await post(`${server.url}/reset`, {})).status).toBe(503);
    expect((await first.run("1 + 1")).type).toBe("observation");
  });

  it("get the place of one that leaves while they wait", async () => {
    server = await serving(repls, { maxSessions: 1, queueSeconds: 20 });
    const first = await connect(server.url);
    await first.ask("reset");
    const second = await connect(server.url);
    const reset = second.ask("reset");
    await until(() => server.pool.waiting === 1);
    await first.close();
    expect((await reset).type).toBe("observation");
  });

  it("over HTTP give their place to one that waits once their episode has ended, and keep it before that", async () => {
    server = await serving(repls, { maxSessions: 1, queueSeconds: 20 });
    const begun = await post(`${server.url}/reset`, {});
    const headers = { "x-session-id": begun.headers.get("x-session-id")! };
    const second = await connect(server.url);
    const reset = second.ask("reset");
    await until(() => server.pool.waiting === 1);
    const step = (code: string) => post(`${server.url}/step`, { action: { code } }, headers);
    expect((await step("1 + 1")).status).toBe(200);
    expect((await step("FINAL(1)")).body.done).toBe(true);
    expect((await reset).type).toBe("observation");
    expect((await step("1 + 1")).status).toBe(404);
  });

  it("keep their place over HTTP while the end of their episode was not told yet", async () => {
    server = await serving(repls, { maxSessions: 1, queueSeconds: 20 });
    const begun = await post(`${server.url}/reset`, {});
    const headers = { "x-session-id": begun.headers.get("x-session-id")! };
    const step = (fields: object) => post(`${server.url}/step`, fields, headers);
    const code = "n = sum(i * i for i in range(4_000_000)); FINAL(1)";
    const late = await step({ action: { code }, timeout_s: 0.05 });
    expect(late.body.observation).toMatchObject({ metadata: { still_running: true } });
    const second = await connect(server.url);
    const reset = second.ask("reset");
    await until(() => server.pool.waiting === 1);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(server.pool.waiting).toBe(1);
    expect((await step({ action: { code: "" } })).body.done).toBe(true);
    expect((await reset).type).toBe("observation");
  });

  it("leave no place taken where a client of HTTP goes before its answer", async () => {
    const stuck = (host: EpisodeHost) => ({
      ...nativeProfile(host),
      begin: () => new Promise<never>(() => {}),
    });
    server = await serving(repls, { maxSessions: 1, queueSeconds: 20, profileOf: stuck });
    const [begins, waits] = [new AbortController(), new AbortController()];
    const asked = [begins, waits].map(({ signal }) =>
      fetch(`${server.url}/reset`, { method: "POST", signal }).catch(() => "gone"),
    );
    await until(() => server.pool.active === 1 && server.pool.waiting === 1);
    waits.abort();
    await until(() => server.pool.waiting === 0);
    begins.abort();
    await until(() => server.pool.active === 0);
    expect(await Promise.all(asked)).toEqual(["gone", "gone"]);
  });

  it("are closed when idle, and so are sockets that say nothing, which hold no place", async () => {
    server = await serving(repls, { idleSeconds: 0.3, pingSeconds: 0.5 });
    const [idle, silent] = [await connect(server.url), await connect(server.url)];
    await idle.ask("reset");
    expect(server.pool.active).toBe(1);
    expect(await idle.next()).toMatchObject({ type: "error", data: { code: "SESSION_ERROR" } });
    expect(await idle.closed).toBe(1001);
    expect(await silent.closed).toBe(1001);
    await until(() => server.pool.active === 0);
  });

  it("answer a step that takes long with still running, and the next one with its result", async () => {
    server = await serving(repls, { patienceSeconds: 0.001 });
    const client = await connect(server.url);
    const isRunning = ({ data }: Received) => data.observation?.metadata.still_running === true;
    let begun = await client.ask("reset", { seed: 1 });
    while (isRunning(begun)) begun = await client.ask("step", {});
    const slow = await client.run("n = sum(i * i for i in range(300_000)); print('slow')");
    expect(slow.data).toMatchObject({ done: false, observation: { metadata: { still_running: true } } });
    let seen = slow;
    while (isRunning(seen)) seen = await client.run("n = None");
    expect(seen.data.observation).toMatchObject({
      results: [{ stdout: "slow\n" }],
      metadata: { fetched: true },
    });
    let kept = await client.run("n > 0");
    while (isRunning(kept)) kept = await client.run("n = None");
    expect(kept.data.observation).toMatchObject({ results: [{ value: "True" }] });
  });

  it("leave a record when the server shuts down, and nobody comes in after that", async () => {
    server = await serving(repls);
    const client = await connect(server.url);
    await client.ask("reset", { episode_id: "cut" });
    await server.closeNow();
    expect(server.records).toMatchObject([
      { rolloutId: "cut", status: "infra_error", error: { kind: "server_shutdown" }, reward: null },
    ]);
    expect(await client.next()).toMatchObject({ data: { message: "the server is shutting down" } });
  });

  it("leave a record also where the end cuts a step, and none where the client has left", async () => {
    server = await serving(repls);
    const [stays, leaves] = [await connect(server.url), await connect(server.url)];
    await stays.ask("reset", { episode_id: "stays" });
    await leaves.ask("reset", { episode_id: "leaves" });
    await stays.run("x = 1");
    const endless = JSON.stringify({ type: "step", data: { code: "while True: pass" } });
    leaves.send(endless);
    stays.send(endless);
    await until(() => server.pool.working === 2);
    await leaves.close();
    await until(() => server.pool.active === 1);
    expect(await server.closeNow()).toBe(1);
    expect(server.records).toMatchObject([{ rolloutId: "stays", status: "infra_error", turns: [{}, {}] }]);
  });

  it("may begin only so many episodes", async () => {
    server = await serving(repls, { maxEpisodesPerSession: 1 });
    const client = await connect(server.url);
    await client.ask("reset");
    expect(await client.ask("reset")).toMatchObject({ type: "error", data: { code: "SESSION_ERROR" } });
  });
});
