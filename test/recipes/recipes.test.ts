import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apply, copyProject, type Recipe, readRecipes } from "./read-recipes.ts";

const run = promisify(execFile);

/** Of each recipe: the new files or folders, and the existing files that it changes. */
const FIGURES: Readonly<Record<string, { readonly created: readonly string[]; readonly changed: number }>> = {
  "An environment of your own": { created: ["my-environment.ts"], changed: 0 },
  "A built-in environment": { created: ["envs/door-code.ts"], changed: 1 },
  "A benchmark": { created: ["datasets/quiz", "envs/quiz.ts"], changed: 1 },
  "An export format": { created: ["src/export/formats/questions.ts"], changed: 1 },
  "A reward term": { created: [], changed: 2 },
  "A language of the REPL": { created: ["src/languages/find"], changed: 0 },
};

describe("the recipes of docs/extending.md", () => {
  let root: string;
  let recipes: Recipe[];

  beforeAll(async () => {
    root = await mkdtemp(path.join(tmpdir(), "rlm-gym-recipes-"));
    recipes = await readRecipes();
    await copyProject(root);
    for (const { blocks } of recipes) for (const block of blocks) await apply(root, block);
  });
  afterAll(() => rm(root, { recursive: true }));

  /** What a program prints that imports from the copy. */
  async function printed(program: string): Promise<unknown> {
    const file = path.join(root, `program-${Math.abs(hashOf(program))}.ts`);
    await writeFile(file, program);
    const { stdout } = await run(process.execPath, ["--import", "tsx", file], { cwd: root });
    return JSON.parse(stdout) as unknown;
  }

  it("touch no more files than the page says", () => {
    expect(recipes.map(({ title }) => title)).toEqual(Object.keys(FIGURES));
    for (const { title, blocks } of recipes) {
      const files = (kind: string) => blocks.filter((block) => block.kind === kind).map(({ file }) => file);
      const { created, changed } = FIGURES[title]!;
      const outside = files("file").filter((file) => !created.some((name) => file.startsWith(name)));
      expect(outside, title).toEqual([]);
      expect(new Set(files("lines")).size, title).toBe(changed);
    }
  });

  it("compile under the project's own strictness", async () => {
    const tsc = path.join(root, "node_modules/typescript/bin/tsc");
    const complaints = await run(process.execPath, [tsc, "--noEmit"], { cwd: root }).then(
      () => "",
      ({ stdout }: { stdout: string }) => stdout,
    );
    expect(complaints).toBe("");
  });

  it("make an environment of one's own that checkEnv proves and its strategy solves", async () => {
    const url = pathToFileURL(path.join(root, "my-environment.ts")).href;
    const program = `
      import { checkEnv, make, rolloutEpisode } from "rlm-gym";
      import { environment } from ${JSON.stringify(url)};
      const env = await make(environment, { options: { lines: 50 } });
      await checkEnv(env);
      const { strategies } = await environment.open({ lines: 50 }, 0);
      const { reward } = await rolloutEpisode(env, { policy: strategies.grep!(), reset: { seed: 3 } });
      await env.close();
      console.log(JSON.stringify(reward!.score));`;
    expect(await printed(program)).toBe(1);
  });

  it("make built-in environments that the registry opens by name, and whose files are recognised", async () => {
    const rows = [{ passage: "The cat is called Tom.", question: "What is the cat called?", answer: "Tom" }];
    await writeFile(path.join(root, "quiz.jsonl"), `${JSON.stringify(rows[0])}\n`);
    const program = `
      import { inspectFile } from "./datasets/inspect.ts";
      import { make } from "./envs/make.ts";
      import { environments } from "./envs/registry.ts";
      import { rolloutEpisode } from "./src/episode/rollout.ts";
      const scores = [];
      for (const [name, options, strategy] of [["door-code", {}, "grep"], ["quiz", { file: "quiz.jsonl" }, "direct"]] as const) {
        const env = await make(name as never, { options: options as never });
        const chosen = environments.find((one) => one.name === name)!;
        const { strategies } = await chosen.open(options, 0);
        const { reward } = await rolloutEpisode(env, { policy: strategies[strategy]!(), reset: { seed: 0 } });
        scores.push(reward!.score);
        await env.close();
      }
      const layouts = environments.flatMap(({ layouts = [] }) => layouts);
      const { layout } = await inspectFile("quiz.jsonl", layouts);
      console.log(JSON.stringify([...scores, layout!.name]));`;
    expect(await printed(program)).toEqual([1, 1, "quiz"]);
  });

  it("make a format that the registry finds, and a term that specs may name", async () => {
    const program = `
      import { exporterNamed } from "./src/export/registry.ts";
      import { composedReward } from "./src/rewards/compose.ts";
      import { parseSpec } from "./src/rewards/spec.ts";
      const spec = parseSpec({ terms: { short: { type: "brevity", free: 3, weight: 0.1 } } });
      const { total } = composedReward(spec, { score: 1, turns: 5, right: true } as never, null);
      console.log(JSON.stringify([exporterNamed("questions").name, total]));`;
    expect(await printed(program)).toEqual(["questions", 0.8]);
  });

  it("make a language whose episodes are played, recorded and replayed", async () => {
    const program = `
      import { make } from "./envs/make.ts";
      import { find } from "./src/languages/find/language.ts";
      import { findPool } from "./src/languages/find/find-repl.ts";
      import { replayEpisode } from "./src/replay/replay.ts";
      const env = await make("s-niah", { language: find, options: { length: "1k" } });
      await env.reset({ seed: 1 });
      const { task, reference } = await env.problem(1);
      const { observation } = await env.step("\`\`\`find\\nfind special magic\\nshout\\n\`\`\`");
      const ended = await env.step({ code: "answer " + reference.answers[0] });
      const record = JSON.parse(JSON.stringify(env.trajectory));
      const again = await replayEpisode(record, task.context, { repls: findPool(), language: find });
      const refused = await replayEpisode(record, task.context, { repls: findPool() }).catch((error) => error.message);
      await env.close();
      console.log(JSON.stringify({
        saw: observation.text.includes(reference.answers[0]!) && observation.text.includes("unknown command shout"),
        score: ended.info.reward!.score,
        language: record.language,
        difference: again.difference,
        refused,
      }));`;
    expect(await printed(program)).toEqual({
      saw: true,
      score: 1,
      language: "find",
      difference: null,
      refused: expect.stringContaining("is in the language find, not python"),
    });
  });
});

/** Names programs apart. */
function hashOf(text: string): number {
  let hash = 0;
  for (const character of text) hash = (hash * 31 + character.codePointAt(0)!) | 0;
  return hash;
}
