/**
 * The library's `rollout` beside the command's: the same concurrent episodes, with worker threads that die now and then and
 * episodes that are tried again, measured by the processor time of the whole process.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { printTable, summarize } from "./measure.ts";

const execute = promisify(execFile);
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const hook = (file: string) => ["--import", new URL(file, import.meta.url).href];
const HOOKS = [...hook("./rollout/cpu-time.js"), ...hook("../stress/faults/dying-workers.js")];

/** What a user writes. */
const scriptOf = (episodes: number, out: string) => `
import { rollout } from ${JSON.stringify(pathToFileURL(path.join(ROOT, "dist/index.js")).href)};

const trajectories = await rollout("s-niah", {
  policy: "grep",
  options: { length: "8k" },
  episodes: ${episodes},
  concurrency: ${episodes},
  attempts: 5,
  out: ${JSON.stringify(out)},
});
console.log(trajectories.length);
`;

/** @param options.sizes episodes (default 50) and rounds (default 5) */
export async function run(options: {
  readonly json: boolean;
  readonly sizes: readonly number[];
}): Promise<void> {
  const [episodes = 50, rounds = 5] = options.sizes;
  const folder = await mkdtemp(path.join(tmpdir(), "rlm-gym-bench-"));
  const library: number[] = [];
  const command: number[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      const script = path.join(folder, `rollout-${round}.mjs`);
      const [ofLibrary, ofCommand] = [
        path.join(folder, `library-${round}`),
        path.join(folder, `command-${round}`),
      ];
      await writeFile(script, scriptOf(episodes, ofLibrary));
      library.push(await processorMs([script]));
      const flags = `rollout s-niah --policy grep --length 8k --episodes ${episodes} --concurrency ${episodes} --attempts 5`;
      command.push(
        await processorMs([
          path.join(ROOT, "dist/scripts/rlm-gym.js"),
          ...flags.split(" "),
          "--out",
          ofCommand,
        ]),
      );
      for (const out of [ofLibrary, ofCommand]) await expectAll(out, episodes);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  const floor = summarize(command, "ms").median;
  const rows = { "the command": summarize(command, "ms"), "the library": summarize(library, "ms", floor) };
  if (options.json) console.log(JSON.stringify({ episodes, rounds, ...rows }));
  else printTable(`${episodes} episodes at once, with dying workers: processor time`, rows);
}

async function processorMs(program: readonly string[]): Promise<number> {
  const { stderr } = await execute(process.execPath, [...HOOKS, ...program], { maxBuffer: 1 << 26 });
  return Number(/processor ms ([\d.]+)/.exec(stderr)?.[1]);
}

/** Every episode must have ended well, however many workers died. */
async function expectAll(out: string, episodes: number): Promise<void> {
  const lines = (await readFile(path.join(out, "trajectories.jsonl"), "utf8")).trimEnd().split("\n");
  const fine = lines.filter((line) => (JSON.parse(line) as { status: string }).status === "ok");
  if (fine.length !== episodes) throw new Error(`${out}: ${fine.length} of ${episodes} episodes ended well`);
}
