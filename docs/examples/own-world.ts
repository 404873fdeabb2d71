/**
 * An environment with a world of one's own: a safe that opens if its levers are set as the note says. Try it with
 *   npx rlm-gym rollout --env docs/examples/own-world.ts --policy follow-note --levers 6 --episodes 5
 */
import {
  defineWorld,
  countTokens,
  defineEnvironment,
  type Problem,
  Random,
  scriptedPolicy,
  worldTool,
} from "rlm-gym";
import { z } from "zod";

/** The state: which levers are up. It is made of the task, and never of the gold. */
interface Safe {
  levers: boolean[];
}

const safe = defineWorld<Safe>({
  name: "safe",
  create: ({ metadata }) => ({ levers: Array.from({ length: Number(metadata.levers) }, () => false) }),
  tools: {
    pull: worldTool({
      description: "Moves a lever, counted from 0, and tells where all levers stand.",
      parameters: z.object({ lever: z.number().int().min(0) }),
      run: (state: Safe, { lever }) => {
        if (lever >= state.levers.length) throw new Error(`there is no lever ${lever}`);
        state.levers[lever] = !state.levers[lever];
        return state.levers;
      },
    }),
  },
  snapshot: ({ levers }) => [...levers],
  restore: (snapshot) => ({ levers: [...(snapshot as boolean[])] }),
  score: ({ levers }, _answer, { answers }) => (levers.map(Number).join("") === answers[0] ? 1 : 0),
});

export const environment = defineEnvironment({
  name: "safe",
  summary: "set the levers of a safe as a note says",
  options: z.object({
    levers: z.coerce.number().int().positive().default(8).describe("levers of the safe"),
  }),
  strategies: { "follow-note": followNote },
  open: ({ levers }, seed) => {
    const at = (index: number) => Promise.resolve(problemAt(index, levers, seed));
    return Promise.resolve({
      problems: {
        name: "safe",
        size: Infinity,
        at,
        async *[Symbol.asyncIterator]() {
          for (let index = 0; ; index += 1) yield await at(index);
        },
      },
      world: safe,
      readers: [],
      label: `${levers} levers`,
    });
  },
});

function problemAt(index: number, levers: number, seed: number): Problem {
  const random = Random.of(seed, levers, index);
  const ups = Array.from({ length: levers }, () => random.below(2));
  const context = ups.map((up, lever) => `lever ${lever} must be ${up === 1 ? "up" : "down"}`).join("\n");
  const id = `safe-${levers}-${seed}-${index}`;
  const question = "All levers are down. Set them as the note says with pull(lever), and answer `open`.";
  return {
    task: {
      id,
      dataset: "safe",
      question,
      context,
      contextTokens: countTokens(context),
      metadata: { levers },
    },
    reference: { taskId: id, answers: [ups.join("")], metadata: {} },
  };
}

function followNote() {
  return scriptedPolicy("follow-note", function* () {
    yield {
      code: 'for lever, line in enumerate(context.splitlines()):\n    if line.endswith("up"):\n        pull(lever)',
    };
    yield { answer: "open" };
  });
}
