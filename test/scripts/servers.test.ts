/** The command with a model server: whole episodes with one that works, one line of error with one that does not. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readAttempts, readReferences } from "../../src/runs/read-run.ts";
import {
  delayed,
  dropConnection,
  type Handler,
  type OpenaiServer,
  reply,
  replyWithTool,
  send,
  sendJson,
  startOpenaiServer,
} from "../models/openai-server.ts";
import { complaints, manifestIn, rlmGym, scratch, trajectoriesIn } from "./command.ts";

/** One run of an openai policy against a scripted server; `more` are further arguments. */
async function play(script: Handler | readonly Handler[], ...more: string[]) {
  const server: OpenaiServer = await startOpenaiServer(script);
  try {
    return { ...(await playAt(server.baseUrl, ...more)), server };
  } finally {
    await server.close();
  }
}

async function playAt(baseUrl: string, ...more: string[]) {
  const folder = join(await scratch(), "run");
  const policy = more.includes("--policy") ? [] : ["--policy", "openai", "--model", "m"];
  const episodes = more.includes("--episodes") ? [] : ["--episodes", "1"];
  const fixed = ["rollout", "s-niah", "--base-url", baseUrl, "--length", "1k", "--out", folder, "--json"];
  return { ended: await rlmGym([...fixed, ...policy, ...episodes, ...more]), folder };
}

const SEARCH = String.raw`import re
found = re.search(r"magic numbers for .+? is: (\d+)", context).group(1)
said = llm_query("Repeat: " + found)
print(said)`;

/** Plays the policy, and answers sub-calls by repeating them. */
const policyAnd =
  (first: Handler, second: Handler): Handler =>
  (response, body) => {
    const said = body.messages.at(-1)?.content ?? "";
    if (body.messages.length === 1) return reply(said.replace("Repeat: ", ""))(response, body);
    const isFirst = !body.messages.some((message) => message.role === "assistant");
    return (isFirst ? first : second)(response, body);
  };

describe("a whole episode through a model server", () => {
  it("runs fenced blocks, answers their sub-calls, and records usage and token ids", async () => {
    const tokens = { prompt_token_ids: [1, 2, 3] };
    const script = policyAnd(
      reply(`I search.\n\`\`\`repl\n${SEARCH}\n\`\`\``, tokens),
      reply("FINAL_VAR(said)", tokens),
    );
    const { ended, folder, server } = await play(script);
    expect(ended).toMatchObject({ code: 0 });
    const [episode] = await trajectoriesIn(folder);
    expect(episode).toMatchObject({ status: "ok", stopReason: "answered", policy: "m", simulated: false });
    const [gold] = (await readReferences(folder)).values();
    expect(episode?.answer?.text).toBe(gold?.answers[0]);
    expect(episode?.calls.map((call) => [call.purpose, call.usageSource])).toEqual([
      ["policy", "reported"],
      ["llm_query", "reported"],
      ["policy", "reported"],
    ]);
    expect(episode?.calls[0]?.tokens).toEqual({ promptIds: [1, 2, 3] });
    expect(server.requests).toHaveLength(3);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      rows: [{ policy: "m", accuracy: 1, simulated: false }],
    });
  });

  it("runs native function calls with --dialect tool", async () => {
    const code = `${SEARCH}\nanswer["content"] = said\nanswer["ready"] = True`;
    const script = policyAnd(replyWithTool("call_python_repl", { code }), reply("lost"));
    const { ended, folder, server } = await play(script, "--dialect", "tool");
    expect(ended).toMatchObject({ code: 0 });
    const [episode] = await trajectoriesIn(folder);
    expect(episode).toMatchObject({ dialect: "tool", stopReason: "answered", reward: { score: 1 } });
    expect(episode?.turns[0]?.completion.toolCalls[0]?.name).toBe("call_python_repl");
    expect(server.requests[0]?.body["tools"]).toHaveLength(1);
  });
});

const BROKEN: readonly (readonly [title: string, script: Handler, names: readonly string[]])[] = [
  ["wants a key", sendJson({ error: { message: "no key" } }, { status: 401 }), ["API key", "no key"]],
  ["knows no such model", sendJson({ detail: "Not Found" }, { status: 404 }), ["404", "the model m"]],
  ["answers HTML", send("<html><body>Welcome</body></html>"), ["HTML", "/v1"]],
  [
    "answers truncated JSON",
    send('{"choices": [{"mess', { type: "application/json" }),
    ["JSON that breaks off"],
  ],
  [
    "limits the rate for ever",
    send("", { status: 429, headers: { "retry-after": "0" } }),
    ["429", "4 attempts"],
  ],
  ["drops every connection", dropConnection(), ["no connection", "4 attempts"]],
];

describe("a model server that cannot work", () => {
  it.concurrent.each(BROKEN)("stops the run at once, with one line, if it %s", async (_, script, names) => {
    const { ended, folder, server } = await play(script, "--episodes", "40", "--concurrency", "2");
    expectFailure(ended, [server.baseUrl, ...names]);
    const { status, counts } = await manifestIn(folder);
    expect(status).toBe("failed");
    expect(counts.ended).toBeLessThanOrEqual(2);
    expect(await trajectoriesIn(folder)).toHaveLength(counts.ended);
  });

  it("stops the run if nobody listens", async () => {
    const server = await startOpenaiServer([]);
    await server.close();
    const { ended } = await playAt(server.baseUrl, "--wait-for-server", "0");
    expectFailure(ended, [server.baseUrl, "ECONNREFUSED"]);
  });

  it("stops the run if the sub-model's server is broken", async () => {
    const script: Handler = sendJson({ detail: "Not Found" }, { status: 404 });
    const { ended, server } = await play(script, "--policy", "map-reduce", "--sub-model", "m");
    expectFailure(ended, [server.baseUrl, "404"]);
  });

  it("keeps finished episodes", async () => {
    const fails = sendJson({ error: "gone" }, { status: 401 });
    const script = [reply("FINAL(1)"), reply("FINAL(2)"), fails];
    const { ended, folder } = await play(script, "--episodes", "9", "--concurrency", "1");
    expectFailure(ended, ["API key"]);
    const kept = await trajectoriesIn(folder);
    expect(kept.map((episode) => episode.status)).toEqual(["ok", "ok", "infra_error"]);
    expect(kept[2]).toMatchObject({ reward: null, stopReason: "infra_error" });
  });

  it("continues after a temporary fault, and says so", async () => {
    const busy = send("", { status: 503, headers: { "retry-after": "0" } });
    const script = [reply("FINAL(1)"), busy, busy, busy, busy, delayed(1, reply("FINAL(3)"))];
    const size = ["--episodes", "3", "--concurrency", "1", "--attempts", "1"];
    const { ended, folder } = await play(script, ...size);
    expect(ended.code).toBe(0);
    expect(complaints(ended)).toEqual([expect.stringMatching(/1 of 3 episodes .*503/)]);
    expect((await manifestIn(folder)).counts).toMatchObject({ ended: 3, ok: 2, infraErrors: 1 });
  });

  it("plays an episode again after a temporary fault, and keeps the record of the failed attempt", async () => {
    const busy = send("", { status: 503, headers: { "retry-after": "0" } });
    const script = [
      reply("FINAL(1)"),
      busy,
      busy,
      busy,
      busy,
      delayed(1, reply("FINAL(2)")),
      reply("FINAL(3)"),
    ];
    const { ended, folder } = await play(script, "--episodes", "3", "--concurrency", "1");
    expect({ code: ended.code, said: complaints(ended) }).toEqual({ code: 0, said: [] });
    expect((await manifestIn(folder)).counts).toMatchObject({ ended: 3, ok: 3, infraErrors: 0 });
    const attempts = [];
    for await (const attempt of readAttempts(folder)) attempts.push(attempt);
    expect(attempts).toMatchObject([{ attempt: 1, trajectory: { status: "infra_error", reward: null } }]);
  });
});

function expectFailure(ended: Awaited<ReturnType<typeof rlmGym>>, names: readonly string[]): void {
  const [line, ...more] = complaints(ended);
  expect({ more, stdout: ended.stdout, code: ended.code }).toEqual({ more: [], stdout: "", code: 1 });
  for (const name of names) expect(line).toContain(name);
  expect(ended.stderr).not.toMatch(/^ {4}at /m);
}

describe("the deadline of a run", () => {
  it("stops the running call, and keeps finished episodes", async () => {
    let asked = 0;
    const script: Handler = (response, body) => {
      asked += 1;
      return asked === 1 ? reply("FINAL(1)")(response, body) : undefined;
    };
    const { ended, folder } = await play(script, "--episodes", "3", "--concurrency", "1", "--deadline", "4s");
    expect(complaints(ended)).toEqual([expect.stringContaining("the deadline of 4s has passed; --resume")]);
    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(await manifestIn(folder)).toMatchObject({ status: "interrupted", counts: { ended: 1 } });
    expect(await trajectoriesIn(folder)).toHaveLength(1);
  });

  it("refuses an invalid rate for a gateway too", async () => {
    const asked = [
      "rollout",
      "s-niah",
      "--policy",
      "openai",
      "--model",
      "m",
      "--gateway",
      "http://127.0.0.1:1",
    ];
    const ended = await rlmGym([...asked, "--requests-per-minute", "0"]);
    expect(complaints(ended)).toEqual([expect.stringContaining("--requests-per-minute: expected a number")]);
    expect(ended.code).toBe(2);
  });

  it.each([
    [["--deadline", "soon"], '--deadline: expected a time such as 90s, 30m or 8h, got "soon"'],
    [["--requests-per-minute", "0"], "--requests-per-minute: expected a number above 0, got 0"],
  ])("%j is refused", async (flags, complaint) => {
    const { ended } = await playAt("http://127.0.0.1:1/v1", ...flags);
    expect(complaints(ended)).toEqual([expect.stringContaining(complaint)]);
    expect(ended.code).toBe(2);
  });
});
