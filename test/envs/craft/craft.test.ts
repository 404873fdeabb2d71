import { afterAll, describe, expect, it } from "vitest";
import { craft } from "../../../envs/craft/craft.ts";
import { make } from "../../../envs/make.ts";
import { rollout } from "../../../envs/rollout.ts";
import { TIER_NAMES } from "../../../datasets/craft/tiers.ts";
import { checkEnv } from "../../../src/env/check.ts";
import { PyodideReplPool } from "../../../src/repl/pyodide/pool.ts";
import { scriptedPolicy } from "../../../src/policies/strategies/scripted.ts";
import { replayEpisode } from "../../../src/replay/replay.ts";
import type { Trajectory } from "../../../src/trajectory.ts";
import { connect, serving } from "../../server/serving.ts";

const repls = new PyodideReplPool();
afterAll(() => repls.close());

async function played(tier: (typeof TIER_NAMES)[number], policy: string[]): Promise<Trajectory[]> {
  return await rollout("craft", { options: { tier }, policy, episodes: 1, seed: 2 });
}

describe("craft", () => {
  it.each(TIER_NAMES)("is solved by the oracle and by a plan in code: tier %s", async (tier) => {
    const records = await played(tier, ["oracle", "solve"]);
    expect(records.map(({ policy, reward }) => [policy, reward?.score])).toEqual(
      expect.arrayContaining([
        ["oracle", 1],
        ["solve", 1],
      ]),
    );
  });

  it("is solved step by step, alone and with helpers that share the inventory, and replays", async () => {
    const options = { depth: 5 };
    const records = await rollout("craft", { options, policy: ["flat", "recursive"], episodes: 1, seed: 1 });
    expect(records.map(({ reward }) => reward?.score)).toEqual([1, 1]);
    const record = records.find(({ policy }) => policy === "recursive")!;
    expect(record.children.length).toBeGreaterThan(0);
    const { context } = (await (await craft.open(options, 1)).problems.at!(0)).task;
    const world = (await craft.open({}, 0)).world;
    expect((await replayEpisode(record, context, { repls, world })).difference).toBeNull();
  });

  it("forks into workshops that never see each other's crafts", async () => {
    const env = await make("craft", { options: { depth: 1 }, repls });
    await env.reset({ seed: 0 });
    const look = "print(json.dumps(view_inventory()))";
    await env.step({
      code: 'import re, json\nitem = re.search(r"x (\\S+)", context)[1]\nrecipe = get_info([item])[0]["recipes"][0]',
    });
    const [one, other] = await env.fork(2);
    const craftIt = 'print(craft(recipe["ingredients"], (item, recipe["result_count"])))';
    const held = async (of: typeof env) => {
      const { observation } = await of.step({ code: `${look}\nprint(item in view_inventory())` });
      return observation.results[0]!.stdout.trim().split("\n").at(-1);
    };
    expect((await one!.step({ code: craftIt })).observation.text).toContain("Successfully crafted");
    expect([await held(one!), await held(other!), await held(env)]).toEqual(["True", "False", "False"]);
    await env.step({ code: craftIt });
    expect([await held(other!), await held(env)]).toEqual(["False", "True"]);
    for (const each of [one!, other!, env]) await each.close();
  });

  it("passes checkEnv", async () => {
    const env = await make("craft", { repls, reward: { terms: {} } });
    const actions = [
      { code: "print(view_inventory())\nprint(get_info(list(view_inventory())[:2]))" },
      { answer: "no" },
    ];
    await checkEnv(env, { actions, seeds: [0] });
    await env.close();
  });

  it("has no score for an answer alone, and refuses a tier beside a depth", async () => {
    const benchmark = await craft.open({}, 0);
    expect(() => benchmark.score("crafted", { taskId: "t", answers: [], metadata: {} })).toThrow(
      "craft: it scores the last state of its world",
    );
    await expect(craft.open({ tier: "hard", depth: 3 }, 0)).rejects.toThrow(
      "tier and depth exclude each other",
    );
  });
});

describe("a client of the server", () => {
  const child = scriptedPolicy("crafting", function* () {
    yield { code: context2code };
    yield { answer: "crafted" };
  });
  /** Crafts the lowest item of a plan, as the child's question asks. */
  const context2code = `
inventory = view_inventory()
info = get_info([context])[0]
recipe = info["recipes"][0]
print(craft(recipe["ingredients"], (context, recipe["result_count"])))`;

  it("plays craft with a child on the shared inventory", async () => {
    const benchmark = await craft.open({ depth: 1 }, 0);
    const server = await serving(repls, { benchmark, childPolicy: () => child });
    const client = await connect(server.url);
    await client.ask("reset", { seed: 0, episode_id: "shared" });
    const before = await client.run(
      'import re\nitem = re.search(r"x (\\S+)", context)[1]\nprint(item in view_inventory())',
    );
    expect(before.data.observation?.text).toContain("False");
    const after = await client.run('print(rlm_query("craft it", item))\nprint(item in view_inventory())');
    expect(after.data.observation?.text).toContain("crafted\nTrue");
    const more =
      'count = int(re.search(r"(\\d+)x", context)[1])\nwhile view_inventory()[item] < count:\n    rlm_query("craft it", item)\nFINAL("crafted")';
    const ended = await client.run(more);
    expect(ended.data.observation?.metadata).toMatchObject({ score: 1, terminated: true });
    const record = server.records.find(({ rolloutId }) => rolloutId === "shared")!;
    expect(record.children[0]!.toolCalls.map(({ name }) => name)).toContain("craft");
    expect(record.toolCalls.map(({ name }) => name)).not.toContain("craft");
    await client.close();
    await server.closeNow();
  });
});
