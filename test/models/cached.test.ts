import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cachedModel } from "../../src/models/cached.ts";
import { scriptedModel } from "../../src/models/scripted.ts";
import { testModel } from "./model-contract.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cache-"));
});
afterEach(() => rm(folder, { recursive: true }));

const request = { messages: [{ role: "user" as const, content: "hello" }] };
const counting = (name?: string) => scriptedModel(["one", "two", "three"], name);

testModel("cachedModel", () =>
  cachedModel(scriptedModel(Array.from({ length: 10 }, () => "hi")), { folder }),
);

describe("cachedModel", () => {
  it("asks once at temperature 0 or with a seed, and says that no attempt was made again", async () => {
    const model = cachedModel(counting(), { folder });
    const first = await model.complete({ ...request, temperature: 0 });
    const again = await cachedModel(counting(), { folder }).complete({ ...request, temperature: 0 });
    expect(first).toMatchObject({ text: "one", attempts: 1 });
    expect(again).toEqual({ ...first, attempts: 0 });
    expect((await model.complete({ ...request, seed: 1 })).text).toBe("two");
    expect((await model.complete({ ...request, seed: 1 })).text).toBe("two");
  });

  it("asks each time where the reply may differ", async () => {
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

  it("asks again where a file is damaged", async () => {
    const model = cachedModel(counting(), { folder });
    const seeded = { ...request, seed: 1 };
    await model.complete(seeded);
    const [sub] = await readdir(folder);
    const [file] = await readdir(join(folder, sub!));
    await writeFile(join(folder, sub!, file!), '{"text": "on');
    expect((await model.complete(seeded)).text).toBe("two");
    expect((await model.complete(seeded)).text).toBe("two");
  });

  it("names the file that it cannot write", async () => {
    await writeFile(join(folder, "taken"), "");
    const model = cachedModel(counting(), { folder: join(folder, "taken") });
    await expect(model.complete({ ...request, seed: 1 })).rejects.toThrow(
      /model cache: cannot write .*taken/,
    );
  });
});
