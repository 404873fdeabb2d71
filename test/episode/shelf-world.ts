/** A small world for tests: a shelf on which things are put and counted. */
import { z } from "zod";
import { defineWorld, type World, worldTool } from "../../src/episode/world/world.ts";
import type { Json } from "../../src/types.ts";

/** The things on the shelf. */
export interface Shelf {
  things: string[];
}

/** The world as one is defined, so that a test can change a part of it. */
export const shelf: World<Shelf> = {
  name: "shelf",
  create: ({ metadata }) => ({ things: [...((metadata.things as string[] | undefined) ?? [])] }),
  tools: {
    put: worldTool({
      description: "Puts a thing on the shelf, and tells how many are there.",
      parameters: z.object({ thing: z.string() }),
      run: (state: Shelf, { thing }) => {
        state.things.push(thing);
        if (thing === "bomb") throw new Error("the shelf broke");
        if (thing === "ghost") return new Map() as unknown as Json;
        return state.things.length;
      },
    }),
    look: worldTool({
      description: "Tells what is on the shelf.",
      parameters: z.object({}),
      run: (state: Shelf) => state.things,
    }),
  },
  snapshot: (state) => ({ things: [...state.things] }),
  restore: (snapshot) => ({ things: [...(snapshot as unknown as Shelf).things] }),
  score: (state, answer, { answers }) =>
    (state.things.includes(answers[0]!) ? 0.5 : 0) + (answer === "done" ? 0.5 : 0),
};

export const shelfWorld = defineWorld(shelf);

/** A tool that changes the state and never ends. */
export const hang = worldTool({
  description: "Never ends.",
  parameters: z.object({}),
  run: (state: Shelf) => {
    state.things.push("dust");
    return new Promise<Json>(() => {});
  },
});
