/** `rlm-gym data`: generated files load back with the same gold, are recognized, and score as they should. */
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { loadBabilong } from "../../../datasets/babilong/load.ts";
import { builtInQuestions } from "../../../datasets/oolong/built-in/questions.ts";
import { loadOolong } from "../../../datasets/oolong/load.ts";
import { oolong } from "../../../datasets/oolong/oolong.ts";
import { goldAnswer } from "../../../datasets/oolong/scorer.ts";
import { loadEvidence } from "../../../datasets/evidence/load.ts";
import { loadGraphWalks } from "../../../datasets/graphwalks/load.ts";
import { loadMrcr } from "../../../datasets/mrcr/load.ts";
import { loadOolongPairs } from "../../../datasets/oolong-pairs/load.ts";
import { oolongPairs } from "../../../datasets/oolong-pairs/oolong-pairs.ts";
import { loadRuler } from "../../../datasets/s-niah/load.ts";
import { type Dataset, take } from "../../../src/data/dataset.ts";
import type { Problem } from "../../../src/types.ts";
import { complaints, rlmGym, scratch } from "../command.ts";

const source = builtInQuestions();

async function read(dataset: Dataset, count = 100): Promise<Problem[]> {
  const problems: Problem[] = [];
  for await (const problem of take(dataset, count)) problems.push(problem);
  return problems;
}
const essence = ({ task, reference }: Problem) => [
  task.question,
  task.context,
  reference.answers,
  reference.metadata,
];

let folder: string;
let made: string;
beforeAll(async () => {
  folder = await scratch();
  made = join(folder, "oolong.jsonl");
  const ended = await generate("oolong", "--n", "30", "--out", made);
  expect(ended).toMatchObject({ code: 0, stdout: `30 rows: ${made}\n` });
});

const generate = (what: string, ...args: string[]) =>
  rlmGym(["data", "generate", what, "--length", "2k", "--seed", "3", ...args]);

describe("data generate", () => {
  it("writes OOLONG so that the loader reads back the same tasks and gold", async () => {
    const loaded = await read(loadOolong({ files: [made] }));
    expect(loaded.map(essence)).toEqual(
      (await read(oolong({ source, length: 2000, seed: 3 }), 30)).map(essence),
    );
    const rows = (await readFile(made, "utf8")).trim().split("\n");
    expect(Object.keys(JSON.parse(rows[0]!) as object).toSorted()).toEqual(
      "answer answer_type context_len context_window_id context_window_text context_window_text_with_labels dataset id input_subset num_labels question task task_group".split(
        " ",
      ),
    );
  });

  it("writes OOLONG-Pairs, packed, so that the loader reads back the same tasks and gold", async () => {
    const file = join(folder, "pairs.jsonl.gz");
    expect((await generate("oolong-pairs", "--n", "20", "--out", file)).code).toBe(0);
    expect(
      gunzipSync(await readFile(file))
        .toString()
        .trim()
        .split("\n"),
    ).toHaveLength(20);
    const loaded = await read(loadOolongPairs({ files: [file] }));
    expect(loaded.map(essence)).toEqual(
      (await read(oolongPairs({ source, length: 2000, seed: 3 }), 20)).map(essence),
    );
  });

  it("writes S-NIAH in RULER's layout, the same bytes for the same seed", async () => {
    const files = ["a.jsonl", "b.jsonl"].map((name) => join(folder, name));
    for (const file of files) expect((await generate("s-niah", "--n", "2", "--out", file)).code).toBe(0);
    expect(await readFile(files[0]!)).toEqual(await readFile(files[1]!));
    for (const { task, reference } of await read(loadRuler({ files: [files[0]!] })))
      expect(task.context).toContain(reference.answers[0]);
  });

  it("writes GraphWalks in its published layout, which data inspect knows", async () => {
    const file = join(folder, "graphs.jsonl");
    expect((await generate("graphwalks", "--n", "2", "--depth", "2", "--out", file)).code).toBe(0);
    for (const { task, reference } of await read(loadGraphWalks({ files: [file] })))
      for (const node of reference.answers) expect(task.context).toContain(node);
    const { stdout } = await rlmGym(["data", "inspect", file]);
    expect(stdout).toContain(`layout: GraphWalks; rlm-gym rollout graphwalks --file ${file}`);
    const refused = await rlmGym([
      "data",
      "generate",
      "oolong",
      "--depth",
      "2",
      "--out",
      join(folder, "no.jsonl"),
    ]);
    expect(complaints(refused)).toEqual([expect.stringContaining("--depth is for graphwalks and craft")]);
  });

  it("writes MRCR in its published layout, which data inspect knows", async () => {
    const file = join(folder, "talks.jsonl");
    expect((await generate("mrcr", "--n", "2", "--needles", "4", "--out", file)).code).toBe(0);
    expect((await read(loadMrcr({ files: [file] }))).map(({ task }) => task.metadata.needles)).toEqual([
      4, 4,
    ]);
    const { stdout } = await rlmGym(["data", "inspect", file]);
    expect(stdout).toContain(`layout: MRCR; rlm-gym rollout mrcr --file ${file}`);
  });

  it("writes RULER's own bytes, and refuses its flags elsewhere", async () => {
    const file = join(folder, "tracking.jsonl");
    const asked = "--variant vt --length 1024 --n 4 --out".split(" ");
    expect((await rlmGym(["data", "generate", "ruler", ...asked, file])).code).toBe(0);
    const { files } = JSON.parse(
      readFileSync(new URL("../../datasets/ruler/ruler-files.json", import.meta.url), "utf8"),
    ) as { files: { variant: string; length: number; sha256: string }[] };
    const { sha256 } = files.find(({ variant, length }) => variant === "vt" && length === 1024)!;
    expect(createHash("sha256").update(readFileSync(file)).digest("hex")).toBe(sha256);
    const { stdout } = await rlmGym(["data", "inspect", file]);
    expect(stdout).toContain(`layout: RULER; rlm-gym rollout ruler --file ${file}`);
    const no = join(folder, "no.jsonl");
    expect(complaints(await generate("mrcr", "--words", "lists", "--out", no))).toEqual([
      expect.stringContaining("--words is for ruler"),
    ]);
    expect(complaints(await generate("ruler", "--variant", "qa_2", "--out", no))).toEqual([
      expect.stringContaining("name the file of its questions with --hotpotqa"),
    ]);
    expect(complaints(await generate("ruler", "--variant", "vt", "--squad", "s.json", "--out", no))).toEqual([
      expect.stringContaining("--variant vt: --squad is for other tasks"),
    ]);
  });

  it("writes BABILong in its published layout, which data inspect knows", async () => {
    const file = join(folder, "facts.jsonl");
    expect((await generate("babilong", "--n", "3", "--tasks", "qa2,qa7", "--out", file)).code).toBe(0);
    expect((await read(loadBabilong({ files: [file] }))).map(({ task }) => task.metadata.task)).toEqual([
      "qa2",
      "qa7",
      "qa2",
    ]);
    const { stdout } = await rlmGym(["data", "inspect", file]);
    expect(stdout).toContain(`layout: BABILong; rlm-gym rollout babilong --file ${file}`);
    const refused = await generate("babilong", "--tasks", "qa11", "--out", join(folder, "no.jsonl"));
    expect(complaints(refused)).toEqual([
      expect.stringContaining('unknown task "qa11"; expected qa1 to qa10'),
    ]);
  });

  it("keeps an existing file, and leaves no half-written one if it fails", async () => {
    const again = await generate("oolong", "--n", "1", "--out", made);
    expect(complaints(again)).toEqual([expect.stringContaining(`--out ${made}: the file exists already`)]);
    const file = join(folder, "short.jsonl");
    const failed = await rlmGym(["data", "generate", "oolong", "--length", "100", "--out", file]);
    expect({ code: failed.code, there: existsSync(file) }).toEqual({ code: 2, there: false });
    expect(complaints(failed)).toEqual([expect.stringContaining("leaves no room for a line")]);
  });
});

describe("data inspect", () => {
  it("reports layout, rows, lengths and the environment of the file", async () => {
    const { stdout } = await rlmGym(["data", "inspect", made]);
    expect(stdout).toContain(`${made}: 30 rows`);
    expect(stdout).toContain(`layout: oolong-synth; rlm-gym rollout oolong --file ${made}`);
    expect(stdout).toMatch(/context_window_text: string, length \d+ to \d+/);
    expect(stdout).toContain("context_len: number; 2000 × 30");
    expect(stdout).not.toContain("Instance:");
  });

  it("counts rows that cannot be read and names the first, as JSON too", async () => {
    const file = join(folder, "mails.csv");
    await writeFile(file, "text,label\nhello,ham\na,b,c\n");
    const { stdout } = await rlmGym(["data", "inspect", file, "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      rows: 1,
      badRows: 1,
      firstBadRow: expect.stringContaining("mails.csv line 3") as unknown,
      layout: { name: "labelled texts", environment: "oolong", option: "source" },
    });
  });

  it("knows what the gym writes: runs, exports and policies, rows or not", async () => {
    const place = await scratch();
    const run = join(place, "run");
    const play = ["rollout", "s-niah", "--policy", "grep", "--length", "1k", "--episodes", "1", "--out", run];
    expect((await rlmGym(play)).code).toBe(0);
    const out = join(place, "sft.parquet");
    expect((await rlmGym(["export", run, "--format", "trl-sft", "--out", out])).code).toBe(0);
    const policy = join(place, "policy");
    await mkdir(policy);
    await writeFile(join(policy, "checkpoint.json"), "{}");
    await writeFile(join(policy, "result.json"), "{}");
    for (const [file, told] of [
      [run, `a run; rlm-gym report, view, show and export ${run}`],
      [join(run, "manifest.json"), `rlm-gym status ${run}`],
      [join(run, "trajectories.jsonl"), "the records of a run"],
      [join(run, "references.jsonl"), "the gold answers"],
      [out, `an export; rlm-gym validate ${out}`],
      [`${out}.manifest.json`, "what the export beside it was made of"],
      [`${out}.README.md`, "the dataset card"],
      [policy, `--policy ${policy}`],
      [join(policy, "checkpoint.json"), "a trained policy"],
      [join(policy, "result.json"), "what rlm-gym train printed"],
    ] as const) {
      const ended = await rlmGym(["data", "inspect", file]);
      expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining(`the gym's own: `) as string]);
      expect(ended.stdout).toContain(told);
      expect(JSON.parse((await rlmGym(["data", "inspect", file, "--json"])).stdout)).toMatchObject({
        own: expect.stringContaining(told) as string,
      });
    }
    const other = await rlmGym(["data", "inspect", place]);
    expect([other.code, complaints(other)[0]]).toEqual([
      2,
      expect.stringContaining("no run, policy or export"),
    ]);
  });

  it("names a file that does not exist", async () => {
    const ended = await rlmGym(["data", "inspect", join(folder, "none.jsonl")]);
    expect(complaints(ended)).toEqual([expect.stringContaining("none.jsonl")]);
    expect(ended.code).toBe(2);
  });
});

describe("rollout over a file", () => {
  it("skips bad rows if told to, and counts them", async () => {
    const file = join(folder, "some-bad.jsonl");
    const [first] = (await readFile(made, "utf8")).split("\n", 1);
    await writeFile(file, `{"id":\n${first}\n{"id":2}\n`);
    const play = ["rollout", "oolong", "--file", file, "--policy", "oracle", "--episodes", "1"];
    const ended = await rlmGym([
      ...play,
      "--skip-bad-rows",
      "--take",
      "9",
      "--out",
      join(folder, "run"),
      "--json",
    ]);
    expect(JSON.parse(ended.stdout)).toMatchObject({ rows: [{ episodes: 1, accuracy: 1, readsGold: true }] });
    expect(complaints(ended)).toEqual([
      expect.stringMatching(/^rlm-gym: 1 bad row\(s\) left out; the first: .+some-bad\.jsonl line 1/),
    ]);
    const refused = await rlmGym([...play, "--out", join(folder, "run-2")]);
    expect(complaints(refused)).toEqual([
      expect.stringContaining("some-bad.jsonl line 1: expected a JSON object"),
    ]);
    expect(refused.code).toBe(1);
  });
});

describe("data score", () => {
  const score = (file: string, ...args: string[]) =>
    rlmGym(["data", "score", "--env", "oolong", "--file", made, "--predictions", file, ...args]);
  const predictions = async (name: string, rows: readonly object[]) => {
    const file = join(folder, name);
    await writeFile(file, rows.map((row) => JSON.stringify(row)).join("\n"));
    return file;
  };

  it("gives the gold full marks and an empty answer none, by every scorer, row by row and in the mean", async () => {
    const problems = await read(loadOolong({ files: [made] }), 4);
    const rows = problems.map(({ task, reference }, i) => ({
      id: task.id,
      prediction: i === 0 ? "" : goldAnswer(reference),
    }));
    const { stdout, code } = await score(await predictions("gold.jsonl", rows), "--json");
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as { rows: { id: string; scores: object }[]; means: object };
    expect(report.means).toEqual({ official: 0.75, lenient: 0.75, training: 0.75 });
    expect(report.rows.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    expect(report.rows[0]!.scores).toEqual({ official: 0, lenient: 0, training: 0 });
  });

  it("scores tasks that are generated again from their seed, and prints a table", async () => {
    const { task, reference } = (await read(oolong({ source, length: 2000, seed: 3 }), 1))[0]!;
    const file = await predictions("made.jsonl", [{ id: task.id, prediction: goldAnswer(reference) }]);
    const made2k = ["--env", "oolong", "--length", "2k", "--seed", "3", "--predictions", file];
    const { stdout } = await rlmGym(["data", "score", ...made2k]);
    expect(stdout).toMatch(/id +official +lenient +training\n.+ 1\.000 +1\.000 +1\.000\nmean +1\.000/);
  });

  it("scores lists of passages against evidence that was made here", async () => {
    const file = join(folder, "papers.jsonl");
    const args = ["data", "generate", "evidence", "--length", "6k", "--n", "2", "--tier", "focused"];
    expect((await rlmGym([...args, "--out", file])).code).toBe(0);
    expect((await rlmGym(["data", "inspect", file])).stdout).toContain("layout: alphaXiv multi-paper");
    const [first, second] = await read(loadEvidence({ files: [file] }));
    const mine = await predictions("passages.jsonl", [
      { id: first!.task.id, prediction: JSON.stringify(first!.reference.answers) },
      { id: second!.task.id, prediction: "[]" },
    ]);
    const scored = ["data", "score", "--env", "evidence", "--file", file, "--predictions", mine, "--json"];
    const { means } = JSON.parse((await rlmGym(scored)).stdout) as { means: object };
    expect(means).toEqual({ official: 0.5, training: 0.5 });
    const refused = await rlmGym([...args.slice(0, -1), "easy", "--out", join(folder, "no.jsonl")]);
    expect(complaints(refused)).toEqual([expect.stringContaining("--tier: expected one of singleton")]);
  });

  it("names the row and column of what is wrong, and skips such rows if told to", async () => {
    const file = await predictions("bad.jsonl", [
      { id: "0", prediction: "1" },
      { id: "0", prediction: "1" },
      { id: 1 },
    ]);
    expect(complaints(await score(file))).toEqual([
      expect.stringMatching(/bad\.jsonl line 2: the id "0" occurs twice/),
    ]);
    const ended = await score(file, "--skip-bad-rows", "--json");
    expect(JSON.parse(ended.stdout)).toMatchObject({ rows: [{ id: "0" }], badRows: { length: 2 } });
    const unknown = await predictions("unknown.jsonl", [{ id: "x", prediction: "1" }]);
    expect(complaints(await score(unknown))).toEqual([
      expect.stringMatching(/unknown\.jsonl line 1: column "id": none of the 30 tasks is "x"/),
    ]);
  });
});
