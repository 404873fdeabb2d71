/** Replays of worlds in whose record a tool never ended, at the root or in a child that was given up. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RLMEnv } from "../../src/env/env.ts";
import { defineWorld } from "../../src/episode/world/world.ts";
import { scriptedModel } from "../../src/models/scripted.ts";
import { scriptedPolicy } from "../../src/policies/strategies/scripted.ts";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { replayEpisode } from "../../src/replay/replay.ts";
import { successGatedCost } from "../../src/rewards/cost.ts";
import { problemOver } from "./one-problem.ts";
import { hang, shelf } from "./shelf-world.ts";

const repls = new PyodideReplPool({ size: 2 });
// The time of an episode also counts the start of its REPL.
beforeAll(async () => repls.release(await repls.acquire()));
afterAll(() => repls.close());

const world = defineWorld({
  ...shelf,
  tools: {
    ...shelf.tools,
    hang,
  },
});

const child = scriptedPolicy("child", function* () {
  yield { code: "put('cup')\nhang()" };
});

async function play(codes: readonly string[], maxSeconds: number) {
  const env = new RLMEnv({
    name: "e",
    problems: { name: "none", size: 0, async *[Symbol.asyncIterator]() {} },
    repls,
    world,
    reward: successGatedCost(() => 1, 0),
    priceOf: (_, { promptTokens, completionTokens }) => 10 * promptTokens + 20 * completionTokens,
    maxDepth: 2,
    subModels: [scriptedModel([])],
    childPolicy: () => child,
    limits: { maxSeconds },
  });
  await env.reset({ seed: 1, task: problemOver("c").task });
  const texts: string[] = [];
  for (const code of codes) {
    const { observation, truncated } = await env.step({ code });
    texts.push(observation.text);
    if (truncated) break;
  }
  const record = await env.abandon("max_turns");
  await env.close();
  for (const given of [world, undefined]) {
    const again = await replayEpisode(structuredClone(record), "c", { repls, world: given });
    expect(again.difference).toBeNull();
  }
  return { text: texts.join("\n"), record };
}

describe("a tool of a world that never ends", () => {
  it("ends with the time of its episode, changes nothing, and is not run again by a replay", async () => {
    const { text, record } = await play(["put('pot')\nhang()"], 4);
    expect(text).toContain("hang(): the episode's time was over before the tool ended");
    expect(record.stopReason).toBe("max_seconds");
    expect(record.toolCalls[1]).toMatchObject({ name: "hang", worldCall: 1, isCut: true });
    expect(record.world!.end).toEqual({ things: ["pot"] });
  }, 60_000);

  it("is given up with its child, and the others go on", async () => {
    const code = `import asyncio
h = rlm_start("q", "x", budget=5000)
async def wait():
    try:
        await asyncio.wait_for(h, 3)
    except TimeoutError:
        print(h.cancel(), put("pan"), look())
await wait()`;
    const { text, record } = await play([code], 60);
    expect(text).toContain("True 2 ['cup', 'pan']");
    expect(record.children[0]!.stopReason).toBe("cancelled");
  }, 60_000);
});
