import { describe, expect, it } from "vitest";
import { rlmGym, rlmGymProcess } from "./command.ts";

describe("help", () => {
  it.each([
    ["the command", [], "rlm-gym envs"],
    ["ask", ["ask"], "ask --context book.txt"],
    ["compare", ["compare"], "--policies direct"],
    ["envs", ["envs"], "rlm-gym envs --json"],
    ["replay", ["replay"], "--verify"],
    ["export", ["export"], "--format segments"],
    ["import", ["import"], "--out imported.jsonl"],
    ["validate", ["validate"], "validate segments.parquet"],
    ["rollout", ["rollout"], "--base-url"],
    ["gateway", ["gateway"], "--upstream"],
    ["probe", ["probe"], "--env oolong-pairs"],
    ["report", ["report"], "--plot front.svg"],
    ["credit", ["credit"], "--spec frugal.yaml"],
    ["reward", ["reward"], "lambda=0:1:0.1"],
    ["serve", ["serve"], "--profile repl-env"],
    ["train", ["train"], "--algo grpo"],
    ["worker", ["worker"], "worker --redis redis://"],
    ["status", ["status"], "status runs/demo --watch"],
    ["optimise", ["optimise"], "--policy simulated"],
    ["optimise prompt", ["optimise", "prompt"], "--reflect-model large"],
    ["data", ["data"], "data inspect"],
    ["data generate", ["data", "generate"], "--length 131072"],
    ["data score", ["data", "score"], "--predictions"],
  ])("of %s has examples and ends with 0", async (_, verb, example) => {
    const { code, stdout, stderr } = await rlmGym([...verb, "--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.split("Examples:")[1]).toContain(example);
  });

  it.each([[["help", "status"]], [["status", "-h"]]])("is there by %j too", async (args) => {
    const { code, stdout } = await rlmGym(args);
    expect([code, stdout]).toEqual([0, (await rlmGym(["status", "--help"])).stdout]);
  });

  it("groups the flags of rollout under headings, and shows the defaults of limits", async () => {
    const { stdout } = await rlmGym(["rollout", "--help"]);
    const headings = [...stdout.matchAll(/^\S.*:$/gm)].map(([line]) => line);
    expect(headings.slice(0, 4)).toEqual([
      "Positionals:",
      "Who plays, and which tasks:",
      "Models and servers:",
      "The run:",
    ]);
    expect(headings).not.toContain("Options:");
    expect(stdout).toMatch(/--max-turns +turns of the policy \(default: 16\)/);
  });

  it("tells the version by -v, and prints a script for completion that knows verbs and flags", async () => {
    expect((await rlmGym(["-v"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const script = await rlmGym(["completion"]);
    expect([script.code, script.stderr]).toEqual([0, ""]);
    expect(script.stdout).toContain("rlm-gym --get-yargs-completions");
    const offered = await rlmGymProcess(["--get-yargs-completions", "rlm-gym", "rollout", "s-niah", "--"]);
    expect(offered.stdout.split("\n")).toEqual(expect.arrayContaining(["--variant", "--group-size"]));
  });

  it("offers names of environments and their strategies, and says nothing of a line that is not whole", async () => {
    const offered = async (...words: string[]) => {
      const { code, stdout, stderr } = await rlmGym(["--get-yargs-completions", "rlm-gym", ...words]);
      expect([code, stderr]).toEqual([0, ""]);
      return stdout.split("\n").filter((line) => line !== "");
    };
    expect(await offered("rollout", "oolong-")).toEqual(["oolong-pairs", "oolong-real"]);
    expect(await offered("compare", "s-niah,graph")).toEqual(["s-niah,graphwalks"]);
    expect(await offered("rollout", "longcot", "--policy", "solve,v")).toEqual(["solve,vote"]);
    expect(await offered("rollout", "no-such-environment", "--le")).toEqual([]);
  });

  it("of rollout with an environment shows the environment's own flags", async () => {
    const { stdout } = await rlmGym(["rollout", "s-niah", "--help"]);
    expect(stdout).toMatch(/Options of s-niah:\n +--variant/);
  });
});

describe("rlm-gym envs", () => {
  it("lists each environment with its strategies and options, as text and as JSON", async () => {
    const { stdout } = await rlmGym(["envs"]);
    expect(stdout).toMatch(/^s-niah: .+\n {2}strategies: grep, map-reduce, direct, .+\n {2}--variant/m);
    const json = await rlmGym(["envs", "--json"]);
    expect(JSON.parse(json.stdout)).toContainEqual(expect.objectContaining({ name: "s-niah" }));
  });
});
