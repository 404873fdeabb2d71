import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { NativeObservation, NativeState } from "../../src/server/profiles/native-types.ts";
import { StepResponse } from "../../src/server/wire.ts";
import { Client, connect, post, type Serving, serving, until } from "./serving.ts";

const repls = new PyodideReplPool();
let server: Serving;
beforeAll(async () => void (server = await serving(repls)));
afterAll(async () => {
  await server.closeNow();
  await repls.close();
});

const FIND = String.raw`
import re
hits = re.findall(r"is: (\d+)", context)
FINAL(", ".join(hits))`;

describe("an episode over a WebSocket", () => {
  it("is answered, rewarded and recorded, with observations as their schema says", async () => {
    const client = await connect(server.url);
    const begun = await client.ask("reset", { seed: 7, episode_id: "e-1" });
    expect(StepResponse.safeParse(begun.data).success).toBe(true);
    expect(begun.data).toMatchObject({ reward: null, done: false, observation: { turn: 0, turns_left: 30 } });
    const seen = await client.run("len(context)");
    expect(NativeObservation.parse(seen.data.observation).results[0]).toMatchObject({ value: "17381" });
    const ended = await client.run(FIND);
    expect(ended.data.done).toBe(true);
    expect(ended.data.reward).toBeGreaterThan(0.9);
    expect(ended.data.observation?.metadata).toMatchObject({
      terminated: true,
      truncated: false,
      stop_reason: "answered",
      score: 1,
    });
    const state = await client.ask("state");
    expect(NativeState.parse(state.data)).toMatchObject({ episode_id: "e-1", step_count: 2 });
    expect(server.records.find(({ rolloutId }) => rolloutId === "e-1")?.turns).toHaveLength(2);
    await client.close();
  });

  it("takes completions with their usage and token ids, which stand in the record", async () => {
    const client = await connect(server.url);
    await client.ask("reset", { seed: 3, episode_id: "e-2" });
    const usage = { prompt_tokens: 500, completion_tokens: 3 };
    const ids = { prompt_token_ids: [1, 2], completion_token_ids: [7, 8, 9], logprobs: [-0.1, -0.2, -0.3] };
    const ended = await client.ask("step", { completion: "FINAL(1)", model: "m", usage, ...ids });
    expect(ended.data).toMatchObject({ done: true, reward: expect.any(Number) as number });
    const [call] = server.records.find(({ rolloutId }) => rolloutId === "e-2")!.calls;
    expect(call).toMatchObject({
      model: "m",
      usageSource: "reported",
      usage: { promptTokens: 500, completionTokens: 3 },
      tokens: { promptIds: [1, 2], completionIds: [7, 8, 9], logprobs: [-0.1, -0.2, -0.3] },
    });
    await client.close();
  });

  it("repeats with its seed, and ends for good", async () => {
    const client = await connect(server.url);
    const texts = [];
    for (let time = 0; time < 2; time += 1) {
      await client.ask("reset", { seed: 5, episode_id: "same" });
      texts.push(await client.run("import random; random.random()"));
    }
    expect(texts[0]).toEqual(texts[1]);
    expect((await client.ask("step", { answer: "x" })).data.done).toBe(true);
    expect(await client.ask("step", { code: "1" })).toMatchObject({
      type: "error",
      data: { code: "EXECUTION_ERROR", message: expect.stringContaining("has ended") as string },
    });
    await client.close();
  });

  it("gives its place back when the client asks to close, and when it drops", async () => {
    const [asking, dropping] = [await connect(server.url), await connect(server.url)];
    await asking.ask("reset");
    await dropping.ask("reset");
    expect(server.pool.active).toBe(2);
    asking.send('{"type":"close"}');
    expect(await asking.closed).toBe(1000);
    dropping.socket.terminate();
    await until(() => server.pool.active === 0);
  });
});

describe("an episode over HTTP", () => {
  it("belongs to the session that its reset names", async () => {
    const [one, two] = [
      await post(`${server.url}/reset`, { seed: 1 }),
      await post(`${server.url}/reset`, { seed: 2 }),
    ];
    const of = (begun: typeof one) => ({ "x-session-id": begun.headers.get("x-session-id")! });
    expect(one.body).toMatchObject({ reward: null, done: false });
    expect(Object.keys(one.body).toSorted()).toEqual(["done", "observation", "reward"]);
    await post(`${server.url}/step`, { action: { code: "mine = 1" } }, of(one));
    const seen = await post(`${server.url}/step`, { action: { code: "'mine' in globals()" } }, of(two));
    expect(seen.body.observation).toMatchObject({ results: [{ value: "False" }] });
    expect((await post(`${server.url}/step`, { action: { code: "1" } })).status).toBe(422);
    const ended = await post(`${server.url}/step`, {
      action: { answer: "x" },
      session_id: of(one)["x-session-id"],
    });
    expect(ended.body.done).toBe(true);
    const state = await fetch(`${server.url}/state?session_id=${of(one)["x-session-id"]}`);
    expect(await state.json()).toMatchObject({ step_count: 2, done: true });
  });

  it("has a record of its own, however often its name is used", async () => {
    const client = await connect(server.url);
    const before = server.records.length;
    const long = "x".repeat(255);
    for (const episode_id of ["again", "again~2", "again", "again", long, long]) {
      const begun = await client.ask("reset", { seed: 1, episode_id });
      await client.ask("step", { answer: "1" });
      expect(begun.data.observation?.metadata.episode_id).toBe(episode_id);
      const { data } = await client.ask("state");
      expect(data).toMatchObject({ episode_id, rollout_id: server.records.at(-1)!.rolloutId });
    }
    const named = server.records.slice(before).map(({ rolloutId }) => rolloutId);
    expect(named).toEqual(["again", "again~2", "again~3", "again~4", long, `${"x".repeat(240)}~2`]);
    await client.close();
  });

  it("is described by documents that OpenEnv's validator asks for", async () => {
    const get = async (path: string) =>
      (await fetch(server.url + path)).json() as Promise<Record<string, unknown>>;
    expect(await get("/health")).toEqual({ status: "healthy" });
    expect(await get("/metadata")).toMatchObject({ name: "s-niah", version: "0" });
    expect(Object.keys(await get("/schema"))).toEqual(["action", "observation", "state"]);
    const openapi = await get("/openapi.json");
    expect(openapi.info).toMatchObject({ version: expect.stringMatching(/^1\./) as string });
    expect(Object.keys(openapi.paths as object)).toEqual(
      expect.arrayContaining(["/reset", "/step", "/state"]),
    );
    expect((await post(`${server.url}/mcp`, {})).body).toEqual({
      jsonrpc: "2.0",
      id: null,
      error: { code: -32600, message: expect.any(String) as string },
    });
    const rpc = await new Client(server.url, {}, "/mcp").opened();
    rpc.send('{"jsonrpc":"2.0","id":7,"method":"tools/list"}');
    expect(await rpc.next()).toEqual({ jsonrpc: "2.0", id: 7, result: { tools: [] } });
    rpc.send("{");
    expect(await rpc.next()).toMatchObject({ error: { code: -32700 } });
    await rpc.close();
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toMatch(/^rlm_gym_sessions \d+$/m);
    expect(metrics).toMatch(/^rlm_gym_step_seconds_count \d+$/m);
  });
});
