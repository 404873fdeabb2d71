import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { summariseContext } from "../../src/data/context.ts";
import { RunWriter } from "../../src/runs/run-writer.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { coverageByTurn } from "../../src/view/coverage-by-turn.ts";
import { ContextText } from "../../src/view/context-text.ts";
import { PageData } from "../../src/view/page-data.ts";
import { servePage } from "../../src/view/serve-page.ts";
import { openRun } from "../../src/view/viewed-run.ts";
import { writePage } from "../../src/view/write-page.ts";
import { rewarded } from "../trajectory-fixture.ts";

const CONTEXT = Array.from({ length: 400 }, (_, i) => `line ${i} says ${i * i} and nothing else`).join("\n");
const SECRET = "a question that stays encrypted";
const plan = { version: "0.0.0", seed: 1, config: {}, planned: 4 };
const reference = { taskId: "t", answers: ["gold-4711"], metadata: {} };

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "rlm-gym-page-"));
});
afterAll(() => rm(root, { recursive: true }));

function episode(rolloutId: string, canary?: string): Trajectory {
  const base = rewarded({ rolloutId, answer: { text: "</script><b>7", source: "final" } });
  const stdout = CONTEXT.slice(200, 900);
  const turn = {
    index: 0,
    completion: { text: "x".repeat(20_000), toolCalls: [], finishReason: "stop" as const },
    callId: null,
    results: [
      {
        code: "print(context[200:900])",
        outcome: "ok" as const,
        stdout,
        stderr: "",
        value: null,
        exception: null,
        outputChars: 700,
        omittedChars: 0,
        stateKept: true,
      },
    ],
    observation: stdout,
    segment: 0,
    standing: null,
    reward: 0,
    wallClock: { seconds: 0 },
  };
  const metadata = canary === undefined ? {} : { canary };
  return {
    ...base,
    turns: [turn],
    task: { ...base.task, question: SECRET, metadata, context: summariseContext(CONTEXT) },
  };
}

async function writtenRun(name: string, ...records: Trajectory[]): Promise<RunWriter> {
  const writer = await RunWriter.create(join(root, name), plan);
  for (const record of records) await writer.append(record, CONTEXT, reference);
  return writer;
}

describe("the data of the page", () => {
  it("grows with a run that goes on", async () => {
    const writer = await writtenRun("live", episode("a"));
    const data = new PageData(await openRun(writer.folder));
    expect(await data.rows(0)).toMatchObject({
      run: { state: "running", ended: 1 },
      rows: [{ rolloutId: "a" }],
    });
    await writer.append(episode("b"), CONTEXT, reference);
    expect((await data.rows(1)).rows).toMatchObject([{ rolloutId: "b" }]);
    await writer.close("finished");
    expect(await data.rows(2)).toMatchObject({ run: { state: "finished", ended: 2 }, rows: [] });
  });

  it("says that a run has no file of records, and shows them once it has", async () => {
    const folder = join(root, "none");
    await (await RunWriter.create(folder, plan)).close("finished");
    const records = join(folder, "trajectories.jsonl");
    await rm(records);
    const page = new PageData(await openRun(folder));
    expect((await page.about()).problems).toEqual([
      `${records}: there is no such file: the run has no records`,
    ]);
    await writeFile(records, `${JSON.stringify(episode("late"))}\n`);
    const { run, rows } = await page.rows(0);
    expect([run.problems, rows.map(({ rolloutId }) => rolloutId)]).toEqual([[], ["late"]]);
  });

  it("cuts long texts, and brings them whole when they are asked for", async () => {
    const writer = await writtenRun("long", episode("a"));
    await writer.close("finished");
    const data = new PageData(await openRun(writer.folder));
    const { episode: shown } = await data.episode(0);
    const { text, cut, path } = shown.turns[0]!.completion;
    expect([text.length < 9000, cut]).toEqual([true, 12_000]);
    expect((await data.text(0, path)).text).toBe("x".repeat(20_000));
    await expect(data.text(0, "constructor.name")).rejects.toThrow("the record has no such text");
    await expect(data.episode(7)).rejects.toThrow("there is no row 7");
  });

  it("says which stretch was printed in which turn, and reads pieces of the context", async () => {
    const ranges = coverageByTurn(episode("a"), ContextText.of(CONTEXT)!);
    expect(ranges).toEqual([{ start: 200, end: 900, turn: 0, kind: "printed" }]);
    const writer = await writtenRun("pieces", episode("a"));
    await writer.close("finished");
    const data = new PageData(await openRun(writer.folder));
    expect(await data.coverage(0)).toMatchObject({ length: CONTEXT.length, unit: "characters", ranges });
    expect(await data.piece(0, 200, 260)).toEqual({ start: 200, end: 260, text: CONTEXT.slice(200, 260) });
    expect((await data.piece(0, -5, 1e12)).text).toBe(CONTEXT.slice(0, 65_536));
  });

  it("finds the rollout that a branch came from in another run", async () => {
    const origin = await writtenRun("origin", episode("z"), episode("a"));
    const branch = { ...episode("a@1/other"), continues: { rolloutId: "a", turn: 1, subModels: [] } };
    const branched = await writtenRun("branched", branch);
    for (const writer of [origin, branched]) await writer.close("finished");
    const all = [new PageData(await openRun(origin.folder)), new PageData(await openRun(branched.folder))];
    expect((await all[1]!.episode(0, all)).origin).toEqual({ run: 0, row: 1 });
    expect((await all[1]!.episode(0)).origin).toBe(null);
    expect((await all[0]!.episode(1, all)).origin).toBe(null);
  });

  it("keeps an encrypted set hidden, unless its texts are to be shown", async () => {
    const writer = await writtenRun("secret", episode("a", "c0ffee"));
    await writer.close("finished");
    const hidden = new PageData(await openRun(writer.folder));
    expect(JSON.stringify([await hidden.rows(0), await hidden.episode(0)])).not.toContain(SECRET);
    for (const asked of [
      hidden.audit(0),
      hidden.gold(0),
      hidden.coverage(0),
      hidden.piece(0, 0, 9),
      hidden.text(0, "opening"),
    ])
      await expect(asked).rejects.toThrow(/its set is encrypted; --plain shows its texts/);
    const plain = new PageData(await openRun(writer.folder, { plain: true }));
    expect((await plain.episode(0)).episode.question.text).toBe(SECRET);
    expect(await plain.gold(0)).toEqual({ answers: ["gold-4711"] });
    const file = join(root, "secret.html");
    await writePage(file, [await openRun(writer.folder)]);
    expect((await readFile(file, "utf8")).includes(SECRET)).toBe(false);
  });
});

describe("a written file", () => {
  it("names its own script by its hash, holds texts as data alone, and has the gold only where it was asked for", async () => {
    const writer = await writtenRun("file", episode("a"), episode("b"));
    await writer.close("finished");
    const file = join(root, "file.html");
    const run = await openRun(writer.folder);
    expect(await writePage(file, [run], { rollouts: ["b"] })).toEqual({ whole: 1, rows: 2 });
    const text = await readFile(file, "utf8");
    expect(text.match(/<script/g)).toHaveLength(2);
    expect(text.includes("gold-4711")).toBe(false);
    const script = /<script>(.*?)<\/script>/s.exec(text)![1]!;
    expect(text).toContain(`script-src 'sha256-${createHash("sha256").update(script).digest("base64")}'`);
    expect(text).toContain("default-src 'none'");
    await writePage(file, [run], { gold: true });
    expect((await readFile(file, "utf8")).includes("gold-4711")).toBe(true);
    await expect(writePage(file, [run], { rollouts: ["c"] })).rejects.toThrow('there is no rollout "c"');
  });
});

describe("the server of the page", () => {
  it("answers whoever has the token on this machine, and nobody else", async () => {
    const writer = await writtenRun("served", episode("a"));
    await writer.close("finished");
    const served = await servePage([await openRun(writer.folder)]);
    const ask = (path: string, options: { method?: string; headers?: Record<string, string> } = {}) =>
      new Promise<{ status: number | undefined; policy: unknown }>((resolve, reject) => {
        get(new URL(path, served.url), options, (response) => {
          response.resume();
          resolve({ status: response.statusCode, policy: response.headers["content-security-policy"] });
        }).on("error", reject);
      });
    try {
      const own = await ask("./");
      expect(own.status).toBe(200);
      expect(own.policy).toMatch(/default-src 'none'.*script-src 'self'/);
      const refused = [
        ask("/"),
        ask(`/${"x".repeat(32)}/`),
        ask("./api/runs", { headers: { host: "evil.example" } }),
        ask("./api/runs", { headers: { origin: "http://evil.example" } }),
        ask("./api/runs", { method: "POST" }),
        ask("./api/episode?run=0&row=9"),
        ask("./api/rows?run=9"),
        ask("./../../package.json"),
      ];
      expect((await Promise.all(refused)).map(({ status }) => status)).toEqual([
        404, 404, 403, 403, 405, 422, 404, 404,
      ]);
    } finally {
      await served.close();
    }
  });
});
