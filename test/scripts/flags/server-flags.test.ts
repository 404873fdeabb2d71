import { describe, expect, it } from "vitest";
import { askingInConfig, serverOf } from "../../../scripts/flags/server-flags.ts";
import { UsageError } from "../../../src/errors.ts";

const BASE = { "api-key-env": "KEY", "base-url": "http://policy/v1" };

describe("serverOf", () => {
  it("asks sub-models and judges like the policy, if they have no server of their own", () => {
    const flags = {
      ...BASE,
      api: "messages",
      window: "32k",
      "extra-body": '{"top_k": 5}',
      "top-p": 0.5,
    } as const;
    expect(serverOf(flags, "policy")).toEqual({
      baseUrl: "http://policy/v1",
      apiKeyEnv: "KEY",
      isOwn: false,
      options: { api: "messages", windowTokens: 32_000, extraBody: { top_k: 5 }, sampling: { topP: 0.5 } },
    });
    for (const part of ["sub", "judge"] as const)
      expect(serverOf(flags, part)).toEqual({
        baseUrl: "http://policy/v1",
        apiKeyEnv: "KEY",
        isOwn: false,
        options: { api: "messages", windowTokens: 32_000, extraBody: { top_k: 5 } },
      });
  });

  it("gives each role its own server, key and sampling", () => {
    const flags = {
      ...BASE,
      api: "responses",
      "extra-body": "{}",
      temperature: 1,
      "sub-base-url": "http://sub/v1",
      "sub-api-key-env": "SUB",
      "sub-temperature": 0,
      "sub-stop": ["\n\n"],
      "sub-reasoning-effort": "low",
      "judge-top-p": 0.9,
      "wait-for-server": 2,
    } as const;
    const wait = { startingMs: 2000, loadingMs: 2000 };
    expect(serverOf({ ...flags, "sub-stop": ["\n\n"] }, "sub")).toEqual({
      baseUrl: "http://sub/v1",
      apiKeyEnv: "SUB",
      isOwn: true,
      options: { sampling: { temperature: 0, stop: ["\n\n"], reasoningEffort: "low" }, ...wait },
    });
    expect(serverOf({ ...flags, "sub-stop": ["\n\n"] }, "judge").options).toEqual({
      api: "responses",
      extraBody: {},
      sampling: { topP: 0.9 },
      ...wait,
    });
  });

  it.each([
    [{ "extra-body": "{'a': 1}" }, "--extra-body: expected a JSON object, got {'a': 1}"],
    [{ "extra-body": "[1]" }, "--extra-body: expected a JSON object, got [1]"],
    [{ "top-p": 2 }, "--top-p: expected a number above 0 and at most 1, got 2"],
    [{ "wait-for-server": -1 }, "--wait-for-server: expected seconds of at least 0, got -1"],
    [{ window: "long" }, "long"],
  ])("refuses %j", (flags, words) => {
    const read = () => serverOf({ ...BASE, ...flags }, "policy");
    expect(read).toThrow(UsageError);
    expect(read).toThrow(words);
  });
});

describe("askingInConfig", () => {
  it("keeps the flags that decide replies, and leaves out keys, waits, and a run's empty entry", () => {
    expect(askingInConfig({ "wait-for-server": 3, "sub-api-key-env": "KEY" })).toEqual({});
    expect(askingInConfig({ "top-p": 0.5, "judge-base-url": "http://judge/v1" })).toEqual({
      asking: { "top-p": 0.5, "judge-base-url": "http://judge/v1" },
    });
  });
});
