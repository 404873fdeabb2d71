import { mkdir, mkdtemp, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { contextBytes, summariseContext } from "../../src/data/context.ts";
import { ContextStore, serveStore } from "../../src/queue/context-store.ts";
import { hashOfPath } from "../../src/files/file-hash.ts";
import { encryptedFile } from "../../src/data/encryption.ts";

const folder = async (contexts: Record<string, Uint8Array>) => {
  const place = await mkdtemp(join(tmpdir(), "rlm-gym-store-"));
  await mkdir(join(place, "contexts"));
  for (const [name, bytes] of Object.entries(contexts)) await writeFile(join(place, "contexts", name), bytes);
  return place;
};
const empty = () => mkdtemp(join(tmpdir(), "rlm-gym-store-"));

describe("the store of contexts", () => {
  const plain = summariseContext(["one", "two"]);
  const secret = summariseContext("a document");

  it("fetches what it lacks, plain or encrypted, once, and reads it from its folder after that", async () => {
    const run = await folder({
      [plain.sha256]: contextBytes(["one", "two"]),
      [`${secret.sha256}.sealed`]: encryptedFile(contextBytes("a document"), "canary"),
    });
    const file = join(run, "essay.txt");
    await writeFile(file, "an essay");
    const hash = await hashOfPath(file);
    const served = await serveStore({ folder: run, files: new Map([[hash, file]]), host: "127.0.0.1" });
    const own = await empty();
    const store = new ContextStore(own, served);
    const twice = await Promise.all([store.context(plain), store.context(plain)]);
    expect(twice).toEqual([
      ["one", "two"],
      ["one", "two"],
    ]);
    expect(await store.context(secret)).toBe("a document");
    expect(await store.file(hash, "/elsewhere/essay.txt")).toBe(join(own, "files", hash, "essay.txt"));
    expect((await readdir(join(own, "contexts"))).toSorted()).toEqual(
      [plain.sha256, `${secret.sha256}.sealed`].toSorted(),
    );
    await expect(store.context({ ...plain, sha256: "0".repeat(64) })).rejects.toThrow("it answers 404");
    const stranger = new ContextStore(await empty(), { ...served, key: "guess" });
    await expect(stranger.context(plain)).rejects.toThrow("it answers 401");
    await served.close();
    expect(await new ContextStore(own, null).context(plain)).toEqual(["one", "two"]);
    await expect(new ContextStore(await empty(), null).context(plain)).rejects.toThrow("nobody serves it");
  });

  it("refuses bytes that do not match the hash, fetched or found", async () => {
    const run = await folder({ [plain.sha256]: Buffer.from("[]") });
    const served = await serveStore({ folder: run, files: new Map(), host: "127.0.0.1" });
    const own = await empty();
    await expect(new ContextStore(own, served).context(plain)).rejects.toThrow("answered other bytes");
    expect(await readdir(join(own, "contexts"))).toEqual([]);
    await served.close();
    await expect(new ContextStore(run, null).context(plain)).rejects.toThrow(
      "its bytes do not match its name",
    );
  });
});
