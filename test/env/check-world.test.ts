import { describe, expect, it } from "vitest";
import { checkWorld } from "../../src/env/check-world.ts";
import { defineWorld, type World, worldTool } from "../../src/episode/world/world.ts";
import { z } from "zod";
import { shelf, type Shelf } from "../episode/shelf-world.ts";
import type { Json } from "../../src/types.ts";

const problem = {
  task: {
    id: "t",
    dataset: "d",
    question: "?",
    context: "c",
    contextTokens: 1,
    metadata: { things: ["jar"] },
  },
  reference: { taskId: "t", answers: ["cup"], metadata: {} },
};
const check = (changed: Partial<World<Shelf>>) =>
  checkWorld(defineWorld({ ...shelf, ...changed }), problem, 1);
let drawn = 0;

describe("checkWorld", () => {
  it("passes a sound world", async () => {
    await check({});
  });

  it.each<[string, Partial<World<Shelf>>]>([
    ["give another state", { create: () => ({ things: [String((drawn += 1))] }) }],
    ["a restored snapshot gives another", { restore: () => ({ things: ["?"] }) }],
    [
      "a snapshot changes with the state",
      {
        snapshot: (state) => state as unknown as Json,
        restore: (s) => structuredClone(s) as unknown as Shelf,
      },
    ],
    ["returned something that is not JSON", { tools: { odd: tool(() => Number.NaN) } }],
    ["does not give the same result again", { tools: { odd: tool(() => (drawn += 1)) } }],
    [
      "does not lead to the same state again",
      {
        tools: {
          odd: tool((state) => {
            state.things.push(String((drawn += 1)));
            return null;
          }),
        },
      },
    ],
    ["the score is 2", { score: () => 2 }],
    ["snapshot failed", { snapshot: () => undefined as unknown as Json }],
  ])("finds a world that is wrong: %s", async (message, changed) => {
    await expect(check(changed)).rejects.toThrow(message);
  });

  it("finds copies that share state", async () => {
    const shared: Shelf = { things: [] };
    const all: Partial<World<Shelf>> = {
      create: () => shared,
      restore: () => shared,
    };
    await expect(check(all)).rejects.toThrow(/sees what its copy did|another state|same state/);
  });
});

function tool(run: (state: Shelf) => Json) {
  return worldTool({ description: "Odd.", parameters: z.object({}), run });
}
