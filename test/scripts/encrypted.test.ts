/** Runs over BrowseComp's files on the command line: judged, reported, and encrypted on disk. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readReferences, readTrajectories } from "../../src/runs/read-run.ts";
import {
  browseCompCsv,
  CANARY,
  corpusDocs,
  encryptedRow,
  plusRow,
  writeLines,
} from "../datasets/browsecomp/plus-files.ts";
import { complaints, rlmGym, scratch } from "./command.ts";

let place: string;
let plus: string[];
beforeAll(async () => {
  place = await scratch();
  const rows = [1, 2, 3].map(plusRow).map((row) => encryptedRow(row));
  const file = writeLines(join(place, "plus.jsonl"), rows);
  const corpus = writeLines(join(place, "corpus.jsonl"), corpusDocs(60));
  plus = ["rollout", "browsecomp-plus", "--file", file, "--corpus", corpus, "--documents", "12"];
});

async function textOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return (
    await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), "utf8")))
  ).join("\n");
}

describe("a run over BrowseComp-Plus", () => {
  it("is judged and encrypted, and its table separates verdicts from exact matches", async () => {
    const folder = join(place, "run");
    const policies = ["--policy", "oracle,map-reduce", "--judge", "simulated", "--episodes", "3"];
    const ended = await rlmGym([...plus, "--canary", CANARY, ...policies, "--out", folder, "--json"]);
    expect(ended.code, ended.stderr).toBe(0);
    const { rows } = JSON.parse(ended.stdout) as { rows: { accuracy: number; measures: object }[] };
    expect(rows[0]).toMatchObject({
      accuracy: 1,
      measures: {
        judged: 1,
        citation_precision: 1,
        citation_recall: 1,
        calibration_error: 0,
        calibration_gap: 0,
        parse_error: 0,
        evidence_recall: 0,
      },
    });
    expect(rows[1]).toMatchObject({ measures: { evidence_recall: 1 } });
    const text = await textOf(folder);
    for (const secret of ["lighthouse", "Page 1", "docid"]) expect(text).not.toContain(secret);
    expect(text).toContain(CANARY);
    const purposes: string[] = [];
    for await (const { calls, task } of readTrajectories(folder)) {
      expect(task.question).toContain("Which lighthouse, of all");
      purposes.push(...calls.map(({ purpose }) => purpose));
    }
    expect(purposes.filter((purpose) => purpose === "judge")).toHaveLength(6);
    expect((await readReferences(folder)).get("1")?.answers).toEqual(["Page 1"]);
  });

  it("is hidden from the terminal, too, unless told to be plain", async () => {
    const asked = [...plus, "--canary", CANARY, "--policy", "map-reduce", "--episodes", "1"];
    const play = (name: string, ...more: string[]) =>
      rlmGym([...asked, "--verbose", "--json", "--out", join(place, name), ...more]);
    const hidden = await play("hidden");
    expect(hidden.stderr).toMatch(/── turn 2 /);
    expect(hidden.stderr).toContain("(encrypted)");
    for (const secret of ["lighthouse", "Page 1", "docid"]) expect(hidden.stderr).not.toContain(secret);
    expect((await play("shown", "--plain")).stderr).toContain("Which lighthouse");
  });

  it("is exported encrypted, unless told to be plain, and both hold the same", async () => {
    const [secret, plain] = [join(place, "sft.jsonl"), join(place, "plain.jsonl")];
    const sft = ["export", join(place, "run"), "--format", "trl-sft", "--out"];
    const ended = await rlmGym([...sft, secret]);
    expect(ended.stdout).toContain("3 encrypted with their set's canary");
    await rlmGym([...sft, plain, "--plain"]);
    const [hidden, shown] = await Promise.all([secret, plain].map((file) => readFile(file, "utf8")));
    expect(shown).toContain("Which lighthouse, of all");
    expect(hidden).not.toContain("lighthouse");
    expect(hidden).toContain(CANARY);
    expect((await rlmGym(["data", "decrypt", secret])).stdout).toBe(shown);
  });

  it("is written in plain text with --plain, and shows the figures in its table", async () => {
    const folder = join(place, "plain");
    const grep = ["--canary", CANARY, "--policy", "grep", "--episodes", "1", "--plain"];
    const ended = await rlmGym([...plus, ...grep, "--out", folder]);
    expect(ended.stdout).toMatch(
      /policy +tasks +stated confidence +evidence recall +evidence cited|evidence recall +evidence cited/,
    );
    expect(await readFile(join(folder, "trajectories.jsonl"), "utf8")).toContain("Which lighthouse, of all");
  });

  it("names file, row and column of a wrong canary, and a judge that is not available", async () => {
    const wrong = await rlmGym([...plus, "--canary", "wrong", "--out", join(place, "wrong")]);
    expect(complaints(wrong)).toEqual([
      expect.stringMatching(/plus\.jsonl line 1: column "query": .*this canary/),
    ]);
    expect(wrong.code).toBe(1);
    for (const [args, complaint] of [
      [["rollout", "s-niah", "--length", "1k", "--judge", "simulated"], /s-niah are scored without a model/],
      [[...plus, "--canary", CANARY, "--judge", "gpt-x"], /unknown judge "gpt-x"/],
    ] as const) {
      const refused = await rlmGym([...args, "--out", join(place, "refused")]);
      expect(complaints(refused)).toEqual([expect.stringMatching(complaint)]);
      expect(refused.code).toBe(2);
    }
  });
});

describe("a run over BrowseComp without documents", () => {
  it("is played and encrypted with the canary of each row", async () => {
    const file = join(place, "set.csv");
    await writeFile(file, browseCompCsv([{ problem: "Which lighthouse?", answer: "Skerry" }]));
    const folder = join(place, "closed");
    const ended = await rlmGym(
      ["rollout", "browsecomp", "--file", file, "--policy", "oracle,direct", "--episodes", "1"].concat(
        "--out",
        folder,
        "--json",
      ),
    );
    expect(ended.code, ended.stderr).toBe(0);
    expect(JSON.parse(ended.stdout)).toMatchObject({ rows: [{ accuracy: 1 }, { accuracy: 0 }] });
    expect(await textOf(folder)).not.toContain("Skerry");
  });
});
