// @ts-check
/** What is played: a text of some length, two turns of a policy on the server, and a batch of four sub-calls. */
import { z } from "zod";
import { defineEnvironment, modelPolicy, openaiModel } from "../../../dist/index.js";

/**
 * @typedef {object} Played
 * @property {number} port of the model server
 * @property {number} chars of the context
 * @property {boolean} tokenIds
 * @property {number} episodes that are counted
 * @property {number} warmUp episodes before them
 * @property {number} profiledEpisodes episodes after them, which say what part of the program takes how much
 * @property {number} atOnce episodes at a time
 * @property {number} processes
 */

/** @type {Played} */
export const PLAYED = JSON.parse(process.env["RLM_GYM_BENCH"] ?? "null");
const { port, chars, tokenIds, warmUp, episodes, profiledEpisodes, atOnce } = PLAYED;
const LINE = "The harbour of the small town lay still, and nobody counted the boats that came and went.\n";
const text = LINE.repeat(Math.ceil(chars / LINE.length)).slice(0, chars - 12);

/** @param {number} index */
const at = async (index) => ({
  task: {
    id: `bench-${index}`,
    dataset: "bench",
    question: "Which number is hidden in the text?",
    // No two episodes share a context, as in a benchmark whose tasks have texts of their own.
    context: `${String(index).padStart(11, "0")}\n${text}`,
    contextTokens: Math.ceil(chars / 5),
    metadata: {},
  },
  reference: { taskId: `bench-${index}`, answers: ["forty-two"], metadata: {} },
});

const environment = defineEnvironment({
  name: "bench",
  summary: "the episode of the bench",
  options: z.object({}),
  open: async () => ({
    problems: {
      name: "bench",
      size: Infinity,
      at,
      async *[Symbol.asyncIterator]() {
        for (let index = 0; ; index += 1) yield await at(index);
      },
    },
    score: (answer) => (answer === "forty-two" ? 1 : 0),
    readers: [],
    label: "bench",
  }),
});

const model = openaiModel({
  model: "instant",
  baseUrl: `http://127.0.0.1:${port}/v1`,
  windowTokens: 128_000,
  ...(tokenIds && { tokenIds }),
});

/** @type {import("../../../dist/index.js").RolloutRecipe} */
export const recipe = {
  environment,
  options: {
    policy: modelPolicy(model),
    subModels: model,
    episodes: warmUp + episodes + profiledEpisodes + atOnce,
  },
};
