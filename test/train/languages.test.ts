/** A macro policy is trained, played and replayed in every language of the REPL, from the command line. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { LANGUAGE_NAMES } from "../../src/languages/registry.ts";
import { rlmGym, scratch, trajectoriesIn } from "../scripts/command.ts";

const TINY =
  "--length 1k --group-size 2 --tasks-per-update 1 --train-tasks 1 --held-out-tasks 1 --held-out-length 2k --no-optimum".split(
    " ",
  );

let place: string;
beforeAll(async () => void (place = await scratch()));

function train(repl: string, folder: string, ...flags: string[]) {
  return rlmGym(["train", "s-niah", "--repl", repl, "--out", folder, "--json", ...TINY, ...flags]);
}

describe.each(LANGUAGE_NAMES)("a policy trained in %s", (repl) => {
  const folder = () => join(place, repl);

  it("takes steps on episodes of its language, which replay byte for byte", async () => {
    const trained = await train(repl, folder(), "--updates", "2");
    expect(trained.code, trained.stderr).toBe(0);
    expect((JSON.parse(trained.stdout) as { updates: number }).updates).toBe(2);
    const episodes = join(folder(), "episodes");
    const records = await trajectoriesIn(episodes);
    expect(records.map(({ language = "python" }) => language)).toEqual(Array(4).fill(repl));
    expect(records.map(({ status }) => status)).toEqual(Array(4).fill("ok"));
    const replayed = await rlmGym(["replay", episodes, "--verify"]);
    expect(replayed.code, replayed.stderr).toBe(0);
  });

  it("names its language in the manifest and in the checkpoint, and goes on in no other", async () => {
    for (const file of ["checkpoint.json", "episodes/manifest.json"]) {
      const { config } = JSON.parse(await readFile(join(folder(), file), "utf8")) as {
        config: { repl: string };
      };
      expect(config.repl).toBe(repl);
    }
    const other = repl === "sql" ? "bash" : "sql";
    const refused = await train(other, folder(), "--updates", "3", "--resume");
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(`was trained with repl "${repl}", not "${other}"`);
  });

  it("is played in it, and its records replay byte for byte", async () => {
    const out = join(place, `${repl}-played`);
    const flags = `--repl ${repl} --length 1k --episodes 1 --out ${out}`.split(" ");
    const played = await rlmGym(["rollout", "s-niah", "--policy", folder(), ...flags]);
    expect(played.code, played.stderr).toBe(0);
    const [record] = await trajectoriesIn(out);
    expect(record?.language ?? "python").toBe(repl);
    expect(record?.calls[0]?.decision?.choices).toHaveLength(5);
    const replayed = await rlmGym(["replay", out, "--verify"]);
    expect(replayed.code, replayed.stderr).toBe(0);
  });
});

it("compares a policy only with baselines that write its language", async () => {
  const tiny = TINY.filter((flag) => flag !== "--no-optimum");
  const args = ["train", "s-niah", "--repl", "sql", "--updates", "1", "--out", join(place, "compared")];
  const { code, stdout, stderr } = await rlmGym([...args, "--json", ...tiny]);
  expect(code, stderr).toBe(0);
  const { strategies } = JSON.parse(stdout) as { strategies: Record<string, object> };
  expect(Object.keys(strategies)).toContain("bm25");
  expect(Object.keys(strategies)).not.toContain("rlm:1");
});

it("says that a token policy writes Python alone", async () => {
  const args = ["train", "s-niah", "--policy", "token", "--repl", "bash", "--out", join(place, "token")];
  const { code, stderr } = await rlmGym(args);
  expect(code).toBe(2);
  expect(stderr).toContain("a token policy writes Python, and --repl is bash");
});
