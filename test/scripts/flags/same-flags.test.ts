/** Every verb that plays with models takes the same flags of them, and of what a policy is told. */
import { describe, expect, it } from "vitest";
import { sNiah } from "../../../envs/s-niah/s-niah.ts";
import { subModelsOf } from "../../../scripts/verbs/serve/episode-host.ts";
import { BEHIND_FLAGS } from "../../../scripts/flags/model-flags.ts";
import { PROMPT_FLAGS } from "../../../scripts/flags/prompt-flags.ts";
import { rlmGym } from "../command.ts";

/** The flags in a verb's help, by their names. */
async function flagsOf(verb: string): Promise<ReadonlySet<string>> {
  const { stdout } = await rlmGym([...verb.split(" "), "--help"]);
  return new Set([...stdout.matchAll(/(?<=\s)--([a-z][a-z-]*)/g)].map(([, name = ""]) => name));
}

describe("the flags of model servers", () => {
  it.each(["rollout", "compare", "ask", "replay", "serve", "optimise prompt"])(
    "are all there in %s",
    async (verb) => {
      const flags = await flagsOf(verb);
      expect(Object.keys(BEHIND_FLAGS).filter((name) => !flags.has(name))).toEqual([]);
    },
  );

  it.each([
    "sub-base-url",
    "sub-api-key-env",
    "sub-temperature",
    "sub-window",
    "extra-body",
    "reasoning-effort",
    "top-p",
    "temperature",
    "stop",
    "window",
  ])("have --%s among them", (name) => {
    expect(BEHIND_FLAGS).toHaveProperty([name]);
  });

  it("of serve sample its sub-models, whose own flags hold over them", async () => {
    const benchmark = await sNiah.open({ length: "1k" }, 0);
    const asked = {
      "sub-model": "m",
      "sub-base-url": "http://127.0.0.1:9/v1",
      "api-key-env": "NONE",
      "top-p": 0.5,
      temperature: 1,
      "sub-temperature": 0.2,
      "sub-window": "8k",
      "sub-extra-body": '{"top_k": 5}',
      stop: ["\n\n"],
    } as unknown as Parameters<typeof subModelsOf>[0];
    const [model, ...more] = subModelsOf(asked, benchmark, 0);
    expect(more).toEqual([]);
    expect(model).toMatchObject({
      name: "m",
      windowTokens: 8000,
      settings: { topP: 0.5, temperature: 0.2, stop: ["\n\n"], extraBody: { top_k: 5 } },
    });
  });
});

describe("the flags of what a policy is told", () => {
  it.each(["rollout", "compare", "ask", "serve", "optimise prompt"])("are all there in %s", async (verb) => {
    const flags = await flagsOf(verb);
    expect(Object.keys(PROMPT_FLAGS).filter((name) => !flags.has(name))).toEqual([]);
  });
});
