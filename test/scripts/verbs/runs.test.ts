/** What a run leaves on disk, what it prints, and how it ends if it is interrupted or has nowhere to write. */
import { createHash } from "node:crypto";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Trajectory } from "../../../src/trajectory.ts";
import { type Handler, hang, reply, startOpenaiServer } from "../../models/openai-server.ts";
import { complaints, type Ended, manifestIn, rlmGym, scratch, trajectoriesIn } from "../command.ts";
import { canMount, mounted } from "../mounted.ts";

const POLICIES = ["rollout", "s-niah", "--policy", "grep,map-reduce", "--policy", "random"];
const TASKS = ["--length", "1k,1Ki", "--episodes", "2", "--seed", "5"];
const PROMPT = "Find it.\n";

/** Sorted, and without clock readings. */
function comparable(trajectories: readonly Trajectory[]): unknown {
  const text = JSON.stringify(trajectories, (key, value: unknown) =>
    key === "wallClock" ? undefined : value,
  );
  return (JSON.parse(text) as Trajectory[]).toSorted((a, b) => (a.rolloutId < b.rolloutId ? -1 : 1));
}

describe("a run of several policies and lengths", () => {
  let folder: string;
  let ended: Ended;
  let episodes: Trajectory[];

  beforeAll(async () => {
    const place = await scratch();
    await writeFile(join(place, "prompt.txt"), PROMPT);
    folder = join(place, "run");
    const output = ["--prompt", "prompt.txt", "--out", folder, "--json", "--concurrency", "1"];
    ended = await rlmGym([...POLICIES, ...TASKS, ...output], { cwd: place });
    episodes = await trajectoriesIn(folder);
  });

  it("exits with 0 and prints one JSON object on stdout, and nothing else there", () => {
    expect(ended.code).toBe(0);
    const { run, counts, rows } = JSON.parse(ended.stdout) as {
      run: string;
      counts: object;
      rows: { policy: string; tasks: string }[];
    };
    expect(run).toBe(folder);
    expect(counts).toEqual({ planned: 12, ended: 12, ok: 12, infraErrors: 0 });
    expect(rows.map(({ policy, tasks }) => `${policy} ${tasks}`)).toEqual(
      ["1k", "1Ki"].flatMap((length) =>
        ["grep", "map-reduce", "random"].map((policy) => `${policy} niah_single_2 ${length}`),
      ),
    );
  });

  it("leaves a manifest with version, seed, configuration and counts, and a record for each episode", async () => {
    const { version } = JSON.parse(await readFile("package.json", "utf8")) as { version: string };
    expect(await manifestIn(folder)).toMatchObject({
      version,
      seed: 5,
      status: "finished",
      counts: { ended: 12 },
      config: { environment: "s-niah", episodes: 2 },
    });
    expect(new Set(episodes.map((episode) => episode.rolloutId)).size).toBe(12);
  });

  it("reads k as 1000 and Ki as 1024", () => {
    expect(new Set(episodes.map((episode) => episode.task.metadata["length"]))).toEqual(
      new Set([1000, 1024]),
    );
  });

  it("keeps each context once, under its hash, and no gold in the trajectories' tasks", async () => {
    for (const { task } of episodes) {
      const bytes = await readFile(join(folder, "contexts", task.context.sha256));
      expect(createHash("sha256").update(bytes).digest("hex")).toBe(task.context.sha256);
    }
    const references = await readFile(join(folder, "references.jsonl"), "utf8");
    expect(references.trim().split("\n")).toHaveLength(4);
  });

  it("plays under the prompt of --prompt and records its hash", () => {
    const hash = createHash("sha256").update(PROMPT).digest("hex");
    expect(new Set(episodes.map((episode) => episode.systemPromptSha256))).toEqual(new Set([hash]));
  });

  it("gives identical trajectories for the same seed, at another concurrency too, and a table without --json", async () => {
    const place = await scratch();
    await writeFile(join(place, "prompt.txt"), PROMPT);
    const output = ["--prompt", "prompt.txt", "--concurrency", "4"];
    const again = await rlmGym([...POLICIES, ...TASKS, ...output], { cwd: place });
    expect(again.stdout).toMatch(/^policy +tasks +n +accuracy/);
    const file = /trajectories: (.+)\/trajectories\.jsonl/.exec(again.stdout)?.[1] ?? "";
    expect(file).toMatch(/^runs\/s-niah-/);
    expect(comparable(await trajectoriesIn(join(place, file)))).toEqual(comparable(episodes));
  });
});

describe("a run that has nowhere to write", () => {
  const grep = ["rollout", "s-niah", "--policy", "grep", "--length", "1k"];
  const into = (out: string, episodes = 1) => rlmGym([...grep, "--episodes", String(episodes), "--out", out]);

  it("refuses a folder that holds a run, a file, and a path through a file", async () => {
    const place = await scratch();
    await writeFile(join(place, "file"), "");
    await mkdir(join(place, "old"));
    await writeFile(join(place, "old", "manifest.json"), "{}");
    for (const name of ["old", "file", join("file", "below")]) {
      const ended = await into(join(place, name));
      expect(complaints(ended)).toEqual([expect.stringContaining(join(place, name))]);
      expect(ended).toMatchObject({ code: 2, stdout: "" });
    }
    expect(await readFile(join(place, "old", "manifest.json"), "utf8")).toBe("{}");
  });

  // Permissions do not bind root, which mounts a read-only file system instead.
  it.skipIf(process.getuid?.() === 0 && !canMount)("names a folder that is read-only", async () => {
    const place = await scratch();
    const unmount = canMount ? mounted(place, "ro") : null;
    if (unmount === null) await chmod(place, 0o500);
    const ended = await into(join(place, "run"));
    unmount?.();
    expect(complaints(ended)).toEqual([expect.stringMatching(/run: .*(read-only|permission denied)/)]);
    expect(ended).toMatchObject({ code: 1, stdout: "" });
  });

  it.skipIf(!canMount)(
    "keeps finished episodes when the disk is full (needs the right to mount)",
    async () => {
      const place = await scratch();
      const unmount = mounted(place, "size=128k");
      const folder = join(place, "run");
      const ended = await into(folder, 40);
      const kept = await trajectoriesIn(folder);
      unmount();
      expect(complaints(ended)).toEqual([expect.stringContaining(`${folder}: the disk is full`)]);
      expect(ended).toMatchObject({ code: 1, stdout: "" });
      expect(kept.length).toBeGreaterThan(0);
      expect(kept.length).toBeLessThan(40);
    },
  );
});

describe("Ctrl-C", () => {
  const LAST_WORDS: readonly (readonly [title: string, block: string])[] = [
    ["a sub-model is being asked", 'llm_query("hang")'],
    ["Python computes", 'llm_query("go")\nwhile True: pass'],
  ];

  it.each(LAST_WORDS)("ends cleanly while %s and keeps every finished episode", async (_, block) => {
    let interrupt = () => {};
    const talk: Handler = (response, body) => {
      const said = body.messages.at(-1)?.content ?? "";
      if (said === "hang" || said === "go") interrupt();
      if (said === "hang") return hang()(response, body);
      return reply(server.requests.length < 3 ? "FINAL(1)" : `\`\`\`repl\n${block}\n\`\`\``)(response, body);
    };
    const server = await startOpenaiServer(talk);
    const folder = join(await scratch(), "run");
    const model = ["--policy", "openai", "--model", "m", "--base-url", server.baseUrl];
    const size = ["--length", "1k", "--episodes", "9", "--concurrency", "1", "--out", folder];
    const ended = await rlmGym(["rollout", "s-niah", ...model, ...size, "--max-exec-seconds", "3600"], {
      onStart: (child) => {
        interrupt = () => child.kill("SIGINT");
      },
    });
    await server.close();
    expect(ended).toMatchObject({ code: 130, stdout: "" });
    expect(complaints(ended)).toEqual([expect.stringContaining("finished episodes are kept")]);
    expect(await manifestIn(folder)).toMatchObject({
      status: "interrupted",
      counts: { planned: 9, ended: 2 },
    });
    expect(await trajectoriesIn(folder)).toHaveLength(2);
  });
});
