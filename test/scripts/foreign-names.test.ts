/** Ids and names in records of strangers that hold control characters, or are paths: every verb prints them safely, and writes no file by them. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rollout } from "../../envs/rollout.ts";
import { EXPORTERS } from "../../src/export/registry.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { rlmGym } from "./command.ts";

// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/;
/** Clears the screen, sets a title, goes back, reverses, ends a script of a page, and climbs out of a folder. */
const VILE = "\u001b[2J\u001b]0;owned\u0007\r\u202e</script><script>alert(1)</script>\u0000/../../../climbed";

let root: string;
let run: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "rlm-gym-names-"));
  run = join(root, "a", "b", "c", "run");
  await mkdir(join(run, ".."), { recursive: true });
  const repls = new PyodideReplPool({ size: 1 });
  await rollout("s-niah", { options: { length: "1k" }, policy: "grep", episodes: 1, out: run, repls });
  await repls.close();
  await rewrite("trajectories", (recorded) => {
    // Without checksums, as a record that somebody edited.
    const { seals: _, ...line } = recorded;
    const task = { ...(line["task"] as Trajectory["task"]), id: `${VILE}task`, dataset: `${VILE}set` };
    const named = { groupId: `${VILE}group`, environment: `${VILE}env`, policy: `${VILE}policy`, task };
    return [1, 2].map((at) => ({ ...line, ...named, rolloutId: `${VILE}/${at}` }));
  });
  await rewrite("references", (line) => [{ ...line, taskId: `${VILE}task`, answers: [VILE] }]);
});

/** Replaces a file of the run that has one line. */
async function rewrite(
  name: string,
  change: (line: Record<string, unknown>) => Record<string, unknown>[],
): Promise<void> {
  const file = join(run, `${name}.jsonl`);
  const lines = change(JSON.parse(await readFile(file, "utf8")) as Record<string, unknown>);
  await writeFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}
afterAll(() => rm(root, { recursive: true }));

/** Runs the command; returns all that it printed, once that is known to be safe and to lie where it was asked to. */
async function printed(...args: string[]): Promise<string> {
  const { stdout, stderr } = await rlmGym(args);
  expect(stdout + stderr).not.toMatch(CONTROL);
  const files = await readdir(root, { recursive: true });
  expect(files.filter((file) => !/^(a(\/b(\/c(\/run.*)?)?)?|out[\w.-]*(\/[\w.-]+)*)$/.test(file))).toEqual(
    [],
  );
  return stdout + stderr;
}

describe("a run with control characters in each id and name", () => {
  it.each([
    ["show", () => ["show"]],
    ["show of one rollout", () => ["show", "--rollout", `${VILE}/1`]],
    ["show of a rollout that is not there", () => ["show", "--rollout", `${VILE}/3`]],
    ["show as JSON", () => ["show", "--json"]],
    ["report", () => ["report"]],
    ["report by its facts", () => ["report", "--by", "environment"]],
    ["status", () => ["status"]],
    ["audit of one", () => ["audit", "--rollout", `${VILE}/1`]],
    ["replay", () => ["replay"]],
    ["replay of one", () => ["replay", "--verify", "--rollout", `${VILE}/1`]],
    ["validate", () => ["validate"]],
  ] as const)("is printed safely by %s", async (_, args) => {
    const [verb, ...rest] = args() as [string, ...string[]];
    const text = await printed(verb, run, ...rest);
    expect(text).not.toBe("");
    if (verb === "status") expect(text).toContain("to come $0.00000");
  });

  it("makes a page whose script its names cannot end", async () => {
    const file = join(root, "out.html");
    await printed("view", run, "--export", file);
    const page = await readFile(file, "utf8");
    expect(page).toContain("owned");
    expect(page).not.toContain("<script>alert(1)");
  });

  it.each(["html", "svg"])(
    "is reported as %s, without a script or a control character of its own",
    async (end) => {
      const file = join(root, `out-report.${end}`);
      await printed("report", run, end === "html" ? "--html" : "--plot", file);
      const text = await readFile(file, "utf8");
      expect(text).toContain("owned");
      expect(text).not.toContain("<script>alert(1)");
      expect(text).not.toMatch(CONTROL);
    },
  );

  it.each(EXPORTERS.map(({ name }) => name))(
    "is exported as %s, and writes only where it was told to",
    async (format) => {
      const out = join(root, `out-${format}${format === "verl" ? ".parquet" : ""}`);
      const text = await printed("export", run, "--format", format, "--out", out);
      const [, card] = /^dataset card: (.+)$/m.exec(text) ?? [];
      if (card !== undefined) expect(await readFile(card, "utf8")).not.toMatch(CONTROL);
    },
  );

  it("is imported again, and its files are named by none of its ids", async () => {
    const file = join(root, "out.jsonl");
    await printed("export", run, "--format", "jsonl", "--out", file);
    const folder = join(root, "out-imported");
    await printed("import", file, "--contexts", run, "--out", folder);
    expect((await readFile(join(folder, "trajectories.jsonl"), "utf8")).split("\n")).toHaveLength(3);
  });

  it("whose other programs' logs are named so is imported", async () => {
    const folder = join(root, "out-logs");
    await mkdir(folder);
    const document = {
      schema_version: "ATIF-v1.8",
      session_id: VILE,
      agent: { name: VILE, version: VILE },
      steps: [
        { step_id: 1, source: "user", message: VILE },
        { step_id: 2, source: "agent", message: VILE },
      ],
    };
    await writeFile(join(folder, "log.json"), JSON.stringify(document));
    const text = await printed("import", join(folder, "log.json"), "--out", join(root, "out-theirs"));
    expect(text).not.toBe("");
    await printed("show", join(root, "out-theirs"));
  });
});
