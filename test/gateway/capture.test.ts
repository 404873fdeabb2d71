/** The token ids that a server behind a gateway sampled for policy and sub-calls are in records and exports. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assemble } from "../../src/env/assemble.ts";
import { sNiah } from "../../envs/s-niah/s-niah.ts";
import { tokenSegments } from "../../src/export/formats/segments.ts";
import { modelPolicy } from "../../src/policies/model-policy.ts";
import { gatewayModel } from "../../src/models/gateway.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { rolloutEpisode } from "../../src/episode/rollout.ts";
import { replEnvProfile } from "../../src/server/profiles/repl-env.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { rowsOf } from "../export/played.ts";
import { type Client, connect, type Received, serving } from "../server/serving.ts";
import { ask, type Gating, gating, HELLO } from "./gating.ts";
import { type Sampled, type SamplingServer, startSamplingServer } from "./sampling-server.ts";

const ASKING = "```repl\nsaid = llm_query_batched(['one', 'two'])\nprint(said)\n```";

/** The policy asks two sub-models, looks once more, and answers. A child answers at once. */
function write(messages: Sampled["messages"]): string {
  const last = messages.at(-1)!.content ?? "";
  if (messages.length === 1) return `plain: ${last}`;
  if (last.includes("sub-task")) return "FINAL(done)";
  const turns = messages.filter(({ role }) => role === "assistant").length;
  return [ASKING, "```repl\nprint(len(said), rlm_query('sub-task'))\n```", "FINAL(nothing)"][turns]!;
}

const repls = new PyodideReplPool();
let upstream: SamplingServer;
let gateway: Gating;
beforeAll(async () => {
  upstream = await startSamplingServer(write);
  gateway = await gating(upstream.baseUrl);
  await ask(`${gateway.url}/admin/weight_version`, { weight_version: "step-3" });
});
afterAll(async () => {
  await gateway.end();
  await upstream.close();
  await repls.close();
});

/** Compares the export of a record with what was sampled from a request on. */
async function expectExported(record: Trajectory, from: number): Promise<void> {
  const { rows } = await rowsOf(tokenSegments, [record], { subCalls: true, children: true });
  const truth = upstream.sampled.slice(from);
  const sampledIn = (ids: readonly number[], mask: readonly number[]) => ids.filter((_, i) => mask[i] === 1);
  const exported = rows.flatMap((row) => {
    const { input_ids, loss_mask, logprobs } = row as Record<string, number[]>;
    return sampledIn(input_ids!, loss_mask!).map((id, i) => [id, sampledIn(logprobs!, loss_mask!)[i]]);
  });
  const sampled = truth.flatMap(({ completionIds, logprobs }) =>
    completionIds.map((id, i) => [id, logprobs[i]]),
  );
  const sorted = (pairs: readonly (readonly (number | undefined)[])[]) => pairs.map(String).toSorted();
  expect(sorted(exported)).toEqual(sorted(sampled));
  // Each row is the server's last prompt of its conversation, with the reply.
  const conversations = truth.map(({ promptIds, completionIds }) => [...promptIds, ...completionIds].join());
  for (const row of rows) expect(conversations).toContain((row.input_ids as number[]).join());
  expect(rows.map((row) => row.weight_version)).toEqual(rows.map(() => "step-3"));
}

describe("an episode that a client plays through the gateway", () => {
  /** Plays like a trainer: asks the model at the URL that the server gives, and steps with its text. */
  async function play(client: Client, reset: object, action: (text: string) => object): Promise<Received[]> {
    const seen = [await client.ask("reset", reset)];
    const { gateway_url: url } = seen[0]!.data.observation!.metadata;
    const messages = [
      { role: "system", content: "s" },
      { role: "user", content: "begin" },
    ];
    while (!seen.at(-1)!.data.done) {
      const said = await ask(`${url as string}/chat/completions`, {
        model: "policy",
        messages,
        stream: seen.length === 2,
      });
      const text = upstream.sampled.at(-1)!.text;
      expect(said.status).toBe(200);
      seen.push(await client.ask("step", action(text)));
      messages.push({ role: "assistant", content: text }, { role: "user", content: "go on" });
    }
    return seen;
  }

  it("has the sampled tokens in its record and its exports, although it steps with texts", async () => {
    const server = await serving(repls, { gateway: { url: gateway.url, subModel: "sub" } });
    const client = await connect(server.url);
    const from = upstream.sampled.length;
    const seen = await play(client, { seed: 1, episode_id: "native" }, (text) => ({ completion: text }));
    expect(seen.at(-1)!.data.observation!.metadata).toMatchObject({ stop_reason: "answered" });
    const [record] = server.records;
    await expectExported(record!, from);
    const traces = (await gateway.traces()).filter(({ session_id }) => session_id === "native");
    expect(traces.map(({ purpose, depth, rollout_id }) => [purpose, depth, rollout_id])).toEqual([
      ["root", 0, null],
      ["llm_query", 1, "native"],
      ["llm_query", 1, "native"],
      ["root", 0, null],
      ["rlm_query", 1, "native"],
      ["root", 0, null],
    ]);
    expect(traces.map(({ parent_call_id }) => parent_call_id)).toEqual([
      null,
      traces[0]!.trace_id,
      traces[0]!.trace_id,
      null,
      traces[3]!.trace_id,
      null,
    ]);
    expect(new Set(record!.calls.map(({ tokens }) => tokens?.traceId))).toEqual(
      new Set(traces.map(({ trace_id }) => trace_id)),
    );
    await client.close();
    await server.closeNow();
  });

  it("has them also if the client sends only the code from the text", async () => {
    const server = await serving(repls, {
      gateway: { url: gateway.url, subModel: "sub" },
      profileOf: replEnvProfile,
    });
    const client = await connect(server.url);
    const from = upstream.sampled.length;
    await play(client, { seed: 1, episode_id: "repl-env" }, (text) => {
      const code = /```repl\n([\s\S]*?)```/.exec(text)?.[1];
      return code ? { code } : { code: "", is_final: true, final_answer: "nothing" };
    });
    await expectExported(server.records[0]!, from);
    await client.close();
    await server.closeNow();
  });

  it("ends as an infrastructure error if a call was lost, and is not trained on", async () => {
    const server = await serving(repls, { gateway: { url: gateway.url, subModel: "sub" } });
    const client = await connect(server.url);
    const begun = await client.ask("reset", { seed: 1, episode_id: "lost" });
    const url = begun.data.observation!.metadata.gateway_url as string;
    const leaving = new AbortController();
    const left = fetch(`${url}/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ ...HELLO, stream: true, hold: true }),
      signal: leaving.signal,
    });
    await (await left).body!.getReader().read();
    leaving.abort();
    const isIncomplete = async () =>
      (await ask(`${gateway.url}/sessions/lost/traces`)).body.incomplete === true;
    while (!(await isIncomplete())) await new Promise((resolve) => setTimeout(resolve, 10));
    const ended = await client.ask("step", { completion: "FINAL(1)" });
    expect(ended.data).toMatchObject({
      done: true,
      reward: null,
      observation: { metadata: { status: "infra_error" } },
    });
    expect(server.records[0]).toMatchObject({
      status: "infra_error",
      error: { kind: "lost_call" },
      reward: null,
    });
    await client.close();
    await server.closeNow();
  });
});

describe("an episode of a rollout whose models are behind the gateway", () => {
  it("is captured with its children, each call under the policy's call that led to it", async () => {
    const benchmark = await sNiah.open({ length: "1k" }, 0);
    const model = gatewayModel({ gateway: gateway.url, model: "policy" });
    const env = assemble("s-niah", benchmark, { repls, subModels: model, maxDepth: 2 });
    const from = upstream.sampled.length;
    const record = await rolloutEpisode(env, {
      policy: modelPolicy(model),
      subModel: model,
      reset: { seed: 2, rolloutId: "roll/out 1" },
    });
    await env.close();
    expect(record).toMatchObject({ status: "ok", children: [{ status: "ok" }] });
    await expectExported(record, from);
    const traces = (await gateway.traces()).filter(({ session_id }) => session_id === "roll/out 1");
    const place = traces.map(({ purpose, depth, rollout_id, parent_call_id }) => [
      purpose,
      depth,
      rollout_id,
      traces.findIndex(({ trace_id }) => trace_id === parent_call_id),
    ]);
    expect(place).toEqual([
      ["root", 0, "roll/out 1", -1],
      ["llm_query", 1, "roll/out 1", 0],
      ["llm_query", 1, "roll/out 1", 0],
      ["root", 0, "roll/out 1", -1],
      ["rlm_query", 1, "roll/out 1#0", 3],
      ["root", 0, "roll/out 1", -1],
    ]);
  });
});
