/** `--reward` and `--lambda`: how they change a run's rewards, and which errors come before anything runs. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { make } from "../../../envs/make.ts";
import { rewardFrom, rewardInConfig } from "../../../scripts/flags/reward-flags.ts";
import { sharedPool } from "../../shared-pool.ts";

const { pool } = sharedPool();
afterAll(() => pool.close());
const folder = mkdtempSync(join(tmpdir(), "rlm-gym-reward-"));
const spec = join(folder, "mine.yaml");
writeFileSync(join(folder, "mine.ts"), "export const term = ({ turns }) => turns.length;\n");
writeFileSync(
  spec,
  "terms:\n  turns: { type: custom, file: ./mine.ts, weight: -0.1 }\nsteps: { found: { type: progress, weight: 0.4 } }\n",
);

describe("--reward", () => {
  it("decides the reward of step, of the record and of the run's configuration", async () => {
    const reward = (await rewardFrom({ reward: spec, lambda: undefined }))!;
    const env = await make("s-niah", { reward, options: { length: "1k" }, repls: pool });
    const { answers } = (await env.problem(3)).reference;
    await env.reset({ seed: 3 });
    const printed = await env.step(`\`\`\`repl\nprint("${answers.join()}")\n\`\`\``);
    expect(printed.reward).toBe(0.4);
    expect((await env.step({ answer: answers.join() })).reward).toBeCloseTo(0.8 - 0.4, 12);
    const { turns, reward: record } = env.trajectory;
    expect(turns.map((turn) => turn.reward)).toEqual([0.4, 0.8 - 0.4]);
    expect(record).toMatchObject({ total: 0.8, steps: { found: [0.4, -0.4] } });
    await env.close();
    const config = rewardInConfig(reward);
    expect(config.reward).toMatchObject({
      name: "mine",
      terms: { turns: { type: "custom", weight: -0.1, run: expect.stringContaining("turns.length") } },
    });
  });

  it("keeps the environment's own if no flag is given, and refuses a second weight of cost", async () => {
    expect(await rewardFrom({ reward: undefined, lambda: undefined })).toBeNull();
    expect(rewardInConfig(undefined)).toEqual({});
    await expect(rewardFrom({ reward: spec, lambda: 0.3 })).rejects.toThrow(/--lambda.*--reward/);
    await expect(rewardFrom({ reward: undefined, lambda: 3 })).rejects.toThrow(/lambda: expected/);
    await expect(rewardFrom({ reward: join(folder, "no.yaml"), lambda: undefined })).rejects.toThrow(
      /--reward .*no\.yaml: cannot be read/,
    );
  });
});
