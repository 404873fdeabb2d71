/** What a worker gives to those who write to its Redis: neither its keys nor the right to run code. */
import { mkdtemp } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { keysToSend } from "../../scripts/verbs/worker/keys-to-send.ts";
import { runAsAsked } from "../../scripts/verbs/worker/run-as-asked.ts";
import { ContextStore } from "../../src/queue/context-store.ts";
import type { RunNotice } from "../../src/queue/redis/run-presence.ts";
import type { JsonObject } from "../../src/types.ts";

const KEY = { "api-key-env": "OPENAI_API_KEY" };
const HERE = "http://here/v1";
const THERE = "http://there/v1";

describe("a worker's key", () => {
  it.each<[string, JsonObject, JsonObject, [string | undefined, string | undefined]]>([
    ["to a server that the run names", { "base-url": THERE }, {}, ["", ""]],
    ["to a gateway that the run names", { gateway: THERE }, {}, ["", ""]],
    ["to the sub-model's server that the run names", { "sub-base-url": THERE }, {}, [KEY["api-key-env"], ""]],
    [
      "to another one beside the worker's own",
      { "base-url": HERE, "sub-base-url": THERE },
      { "base-url": HERE },
      [KEY["api-key-env"], ""],
    ],
  ])("is not sent %s", (_, flags, own, [policy, sub]) => {
    const keys = keysToSend({ ...KEY, ...flags }, own);
    expect([keys["api-key-env"], keys["sub-api-key-env"]]).toEqual([policy, sub]);
  });

  it.each<[string, JsonObject, JsonObject]>([
    ["the provider's own server", {}, {}],
    ["the server that the worker names", { "base-url": HERE }, { "base-url": HERE }],
  ])("is sent to %s, in every role", (_, flags, own) => {
    const keys = keysToSend({ ...KEY, "judge-api-key-env": "JUDGE_API_KEY", ...flags }, own);
    expect(keys).toEqual({
      ...KEY,
      "sub-api-key-env": "OPENAI_API_KEY",
      "judge-api-key-env": "JUDGE_API_KEY",
    });
  });
});

describe("code that a run names", () => {
  const asked = async (flags: JsonObject, files: JsonObject) => {
    const notice: RunNotice = {
      run: "a",
      version: "0",
      config: { files },
      configSha256: "",
      flags: { environment: "s-niah", ...flags },
      owner: { token: "t", host: hostname(), pid: 1, wallClock: { since: "" } },
      attempts: 1,
      leaseMs: 1000,
      store: null,
    };
    const store = new ContextStore(await mkdtemp(join(tmpdir(), "rlm-gym-store-")), null);
    return runAsAsked(notice, { env: undefined, servers: {} }, store);
  };
  const hash = "0".repeat(64);

  it.each<[string, JsonObject, JsonObject]>([
    ["a reward in JSX", { reward: "evil.tsx" }, { "evil.tsx": hash }],
    ["a file without an ending", { source: "evil" }, { evil: hash }],
    ["a module of another kind", { prompt: "evil.node" }, { "evil.node": hash }],
    ["a policy", { policy: ["grep,./evil.mts"] }, { "./evil.mts": hash }],
  ])("is not fetched: %s", async (_, flags, files) => {
    await expect(asked(flags, files)).rejects.toThrow(/this machine must have the same file/);
  });

  it.each<[string, JsonObject]>([
    ["a reward", { reward: "/usr/lib/there.js" }],
    ["a policy", { policy: ["/usr/lib/there.cjs"] }],
  ])("is not run without its hash: %s", async (_, flags) => {
    await expect(asked(flags, {})).rejects.toThrow(/the run does not say which code this is/);
  });
});
