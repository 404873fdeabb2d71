import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { complaints, rlmGym, scratch } from "../command.ts";
import { savedRun } from "../saved-run.ts";

let run: string;
beforeAll(async () => {
  run = await savedRun([
    { policy: "grep", task: "t1", score: 1 },
    { policy: "direct", task: "t1", score: 0 },
  ]);
});

describe("rlm-gym view", () => {
  it("prints an address under which the page is, and ends with Ctrl+C", async () => {
    let pages: Promise<readonly [status: number, rows: unknown]> | null = null;
    const ended = await rlmGym(["view", run], {
      onStart: (child) =>
        child.stdout!.once("data", (url: string) => {
          const base = url.trim();
          pages = (async () => {
            const page = await fetch(base);
            const rows = await (await fetch(`${base}api/rows?run=0&from=0`)).json();
            child.kill("SIGINT");
            return [page.status, rows] as const;
          })();
        }),
    });
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/\n$/);
    const [status, rows] = await pages!;
    expect([status, (rows as { values: unknown[] }).values.length]).toEqual([200, 2]);
  });

  it("writes one file of several runs", async () => {
    const file = join(await scratch(), "runs.html");
    const { code, stdout } = await rlmGym(["view", run, run, "--export", file]);
    expect([code, stdout]).toEqual([0, `${file}: 4 episodes, 4 of them whole\n`]);
    expect((await readFile(file, "utf8")).startsWith("<!doctype html>")).toBe(true);
  });

  it("names what it cannot show", async () => {
    for (const [args, words] of [
      [[await scratch()], "is not a run"],
      [[run, "--gold"], "--rollouts and --gold choose what --export writes"],
      [[run, "--export", "x.html", "--rollouts", "nobody"], 'there is no rollout "nobody" among 2'],
    ] as const) {
      const ended = await rlmGym(["view", ...args]);
      expect(ended.code).not.toBe(0);
      expect(complaints(ended).join()).toContain(words);
    }
  });
});

describe("rlm-gym audit", () => {
  it("prints a trail as text and as JSON, and names a rollout that is not there", async () => {
    const { stdout } = await rlmGym(["audit", run, "--rollout", "t1/grep/0"]);
    expect(stdout).toContain("from the answer back");
    const { stdout: json } = await rlmGym(["audit", run, "--rollout", "t1/grep/0", "--json"]);
    expect(JSON.parse(json)).toMatchObject({ rolloutId: "t1/grep/0", answer: { text: "7" } });
    const ended = await rlmGym(["audit", run, "--rollout", "t1"]);
    expect(complaints(ended).join()).toContain("there is t1/grep/0");
  });
});
