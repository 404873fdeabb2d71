/** Symbolic links in the place of what is to be written: a named error, and nothing written where they lead. */
import {
  mkdtempSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { rollout } from "../../envs/rollout.ts";
import { summariseContext } from "../../src/data/context.ts";
import { RunError } from "../../src/errors.ts";
import { writeImportedRun } from "../../src/import/write-run.ts";
import { cachedModel } from "../../src/models/cached.ts";
import { simulatedModel } from "../../src/models/simulated/simulated.ts";
import { ContextStore } from "../../src/queue/context-store.ts";
import { exportRuns } from "../../src/runs/export-runs.ts";
import { RunWriter } from "../../src/runs/run-writer.ts";
import { gating } from "../gateway/gating.ts";
import { rewarded } from "../trajectory-fixture.ts";

const root = mkdtempSync(join(tmpdir(), "rlm-gym-links-"));
afterAll(() => rmSync(root, { recursive: true }));

const plan = { version: "0", seed: 1, config: {}, planned: 1 };
let place: string;
let theirs: string;
let link: string;
let places = 0;
beforeEach(() => {
  places += 1;
  place = join(root, String(places));
  theirs = join(place, "theirs");
  link = join(place, "link");
  mkdirSync(theirs, { recursive: true });
});

/** Whether nothing lies where the links lead. */
function expectUntouched(): void {
  expect(readdirSync(theirs)).toEqual([]);
}

async function run(): Promise<string> {
  const folder = join(place, "run");
  const writer = await RunWriter.create(folder, plan);
  const record = { ...rewarded(), task: { ...rewarded().task, context: summariseContext("c") } };
  await writer.append(record, "c", null);
  await writer.close("finished");
  return folder;
}

describe.each(["a folder of others", "nothing"])("--out that is a link to %s", (to) => {
  beforeEach(() => symlinkSync(to === "nothing" ? join(theirs, "none") : theirs, link));

  it.each(["", "/"])("takes no run: link%s", async (end) => {
    await expect(RunWriter.create(link + end, plan)).rejects.toThrow(/symbolic link/);
    await expect(RunWriter.resume(link + end, plan)).rejects.toThrow(/symbolic link/);
    const rollouts = rollout("s-niah", {
      policy: "grep",
      episodes: 1,
      options: { length: "1k" },
      out: link + end,
    });
    await expect(rollouts).rejects.toThrow(/symbolic link/);
    expectUntouched();
  });

  it("takes no import, no export and no traces", async () => {
    async function* none() {}
    const imported = writeImportedRun(link, none(), { version: "0", formats: () => [] });
    await expect(imported).rejects.toThrow(/symbolic link|exists/);
    await expect(exportRuns([await run()], { format: "atif", out: link })).rejects.toThrow(
      /symbolic link|exists/,
    );
    await expect(gating("http://127.0.0.1:9/v1", { folder: link })).rejects.toThrow(/symbolic link/);
    expectUntouched();
  });
});

it("an export's manifest that is a link is not written through", async () => {
  const out = join(place, "out.jsonl");
  symlinkSync(join(theirs, "manifest"), `${out}.manifest.json`);
  const exported = exportRuns([await run()], { format: "jsonl", out });
  await expect(exported).rejects.toThrow(RunError);
  expectUntouched();
});

describe("a cache of replies", () => {
  const ask = (folder: string) =>
    cachedModel(simulatedModel({ readers: [] }), { folder }).complete({
      messages: [{ role: "user", content: "hello" }],
      temperature: 0,
    });

  it("that is a link, or whose folders are, is not written through", async () => {
    symlinkSync(theirs, link);
    await expect(ask(link)).rejects.toThrow(/model cache: .*symbolic link/);
    const folder = join(place, "cache");
    await ask(folder);
    const [prefix] = readdirSync(folder) as [string];
    rmSync(join(folder, prefix), { recursive: true });
    symlinkSync(theirs, join(folder, prefix));
    await expect(ask(folder)).rejects.toThrow(/model cache: .*symbolic link/);
    expectUntouched();
  });

  it.each(["null", "7", "{}", '{"text":1,"toolCalls":[]}', '{"__proto__":{"text":"x"}}'])(
    "with %s as a completion asks the model again",
    async (completion) => {
      const folder = join(place, "cache");
      const first = await ask(folder);
      const [prefix] = readdirSync(folder) as [string];
      const [name] = readdirSync(join(folder, prefix)) as [string];
      const file = join(folder, prefix, name);
      const sha256 = createHash("sha256").update(completion).digest("hex");
      writeFileSync(file, JSON.stringify({ sha256, completion }));
      expect((await ask(folder)).text).toBe(first.text);
      expect(readFileSync(file, "utf8")).toContain("usage");
    },
  );
});

describe("a worker's store of contexts", () => {
  it("with a link for a folder takes nothing that is fetched", async () => {
    const text = "a context";
    const summary = summariseContext(text);
    const server = createServer((_, response) => response.end(text));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const source = { url: `http://127.0.0.1:${port}`, key: "k" };
    for (const part of ["contexts", "files", join("files", summary.sha256)]) {
      const folder = join(place, part.replaceAll("/", "-"));
      mkdirSync(join(folder, part, ".."), { recursive: true });
      symlinkSync(theirs, join(folder, part));
      const store = new ContextStore(folder, source);
      const fetched = part === "contexts" ? store.context(summary) : store.file(summary.sha256, "a.txt");
      await expect(fetched).rejects.toThrow(/symbolic link/);
    }
    server.close();
    expectUntouched();
  });

  it("takes no file under a name that is a path", async () => {
    const store = new ContextStore(join(place, "store"), null);
    await expect(store.file("../../x", "a.txt")).rejects.toThrow(/hexadecimal digits/);
    await expect(store.file("0".repeat(64), "..")).rejects.toThrow(/expected a name/);
    await expect(store.context({ ...summariseContext("x"), sha256: "../x" })).rejects.toThrow(
      /hexadecimal digits/,
    );
  });
});
