import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ModelError } from "../../src/errors.ts";
import { cachedModel } from "../../src/models/cached.ts";
import { scriptedModel } from "../../src/models/scripted.ts";
import { testModel } from "./model-contract.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cache-"));
});
afterEach(() => rm(folder, { recursive: true }));

const request = { messages: [{ role: "user" as const, content: "hello" }] };
const counting = (name?: string) => scriptedModel(["one", "two", "three", "four", "five"], name);

testModel("cachedModel", () =>
  cachedModel(scriptedModel(Array.from({ length: 10 }, () => "hi")), { folder }),
);

describe("cachedModel", () => {
  it("asks once at temperature 0 or with a seed, and gives cached replies zero attempts", async () => {
    const model = cachedModel(counting(), { folder });
    const first = await model.complete({ ...request, temperature: 0 });
    const again = await cachedModel(counting(), { folder }).complete({ ...request, temperature: 0 });
    expect(first).toMatchObject({ text: "one", attempts: 1 });
    expect(again).toEqual({ ...first, attempts: 0 });
    expect((await model.complete({ ...request, seed: 1 })).text).toBe("two");
    expect((await model.complete({ ...request, seed: 1 })).text).toBe("two");
  });

  it("asks each time if the reply may differ", async () => {
    const model = cachedModel(counting(), { folder });
    expect((await model.complete({ ...request, temperature: 1 })).text).toBe("one");
    expect((await model.complete({ ...request, temperature: 1 })).text).toBe("two");
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ["message", { messages: [{ role: "user" as const, content: "hullo" }] }],
    ["role", { messages: [{ role: "system" as const, content: "hello" }] }],
    ["seed", { seed: 2 }],
    ["cap", { maxTokens: 5 }],
    ["tools", { tools: [{ name: "run", description: "", parameters: {} }] }],
  ])("keeps requests apart that differ in their %s", async (_, difference) => {
    const model = cachedModel(counting(), { folder });
    await model.complete({ ...request, seed: 1 });
    expect((await model.complete({ ...request, seed: 1, ...difference })).text).toBe("two");
  });

  it("keeps models and namespaces apart", async () => {
    const seeded = { ...request, seed: 1 };
    await cachedModel(scriptedModel(["a"], "x"), { folder }).complete(seeded);
    expect((await cachedModel(scriptedModel(["b"], "y"), { folder }).complete(seeded)).text).toBe("b");
    const elsewhere = cachedModel(scriptedModel(["c"], "x"), { folder, namespace: "another server" });
    expect((await elsewhere.complete(seeded)).text).toBe("c");
  });

  it("asks again if a file is damaged", async () => {
    const model = cachedModel(counting(), { folder });
    const seeded = { ...request, seed: 1 };
    await model.complete(seeded);
    const [sub] = await readdir(folder);
    const [file] = await readdir(join(folder, sub!));
    const path = join(folder, sub!, file!);
    const whole = await readFile(path, "utf8");
    for (const [damaged, text] of [
      [whole.slice(0, -9), "two"],
      [whole.replace("one", "eno"), "three"],
      ["{}", "four"],
      ["", "five"],
    ] as const) {
      await writeFile(path, damaged);
      expect((await model.complete(seeded)).text).toBe(text);
      expect((await model.complete(seeded)).text).toBe(text);
      await writeFile(path, whole);
    }
  });

  it("can be shared by many callers, which read each reply whole or not at all", async () => {
    const texts = Array.from({ length: 8 }, (_, i) => `reply ${i} `.repeat(20_000));
    const models = texts.map((text) => cachedModel(scriptedModel(Array(20).fill(text), "m"), { folder }));
    for (let seed = 0; seed < 5; seed += 1) {
      const replies = await Promise.all(models.map((model) => model.complete({ ...request, seed })));
      for (const { text } of replies) expect(texts).toContain(text);
    }
    const files = await readdir(folder, { recursive: true });
    expect(files.filter((name) => name.endsWith(".json"))).toHaveLength(5);
    expect(files.filter((name) => /\.json\.\d/.test(name))).toEqual([]);
  });

  it("sends one of several equal concurrent requests, and counts the others as cached", async () => {
    const model = cachedModel(counting(), { folder });
    const asked = Array.from({ length: 4 }, () => model.complete({ ...request, seed: 1 }));
    const other = model.complete({ ...request, seed: 2 });
    const replies = await Promise.all(asked);
    expect(replies.map(({ text }) => text)).toEqual(Array(4).fill("one"));
    expect(replies.map(({ attempts }) => attempts)).toEqual([1, 0, 0, 0]);
    expect((await other).text).toBe("two");
  });

  it("sends the next one if the first fails, and drops one whose caller stops waiting", async () => {
    const fails = () => Promise.reject(new ModelError("busy", { kind: "overloaded" }));
    const model = cachedModel(scriptedModel([fails, "well"]), { folder });
    const giving = new AbortController();
    const [first, second, third] = [
      model.complete({ ...request, seed: 1 }),
      model.complete({ ...request, seed: 1 }),
      model.complete({ ...request, seed: 1 }, { signal: giving.signal }),
    ];
    const given = expect(third).rejects.toMatchObject({ name: "ModelError", kind: "aborted", attempts: 0 });
    giving.abort();
    await expect(first).rejects.toThrow("busy");
    await given;
    expect((await second).text).toBe("well");
  });

  it("does not keep failures", async () => {
    const fails = () => {
      throw new ModelError("busy", { kind: "overloaded" });
    };
    const model = cachedModel(scriptedModel([fails, "well"]), { folder });
    await expect(model.complete({ ...request, seed: 1 })).rejects.toThrow("busy");
    expect((await model.complete({ ...request, seed: 1 })).text).toBe("well");
  });

  it("names the file that it cannot write", async () => {
    await writeFile(join(folder, "taken"), "");
    const model = cachedModel(counting(), { folder: join(folder, "taken") });
    await expect(model.complete({ ...request, seed: 1 })).rejects.toThrow(
      /model cache: cannot write .*taken/,
    );
  });
});
