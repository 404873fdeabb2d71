/**
 * An environment of one's own: add up one item's sales in a long list of them. Try it with
 *   npx rlm-gym rollout --env docs/examples/own-environment.ts --policy add-up --sales 200 --episodes 5
 */
import { countTokens, defineEnvironment, type Problem, Random, scriptedPolicy } from "rlm-gym";
import { z } from "zod";

const ITEMS = ["apples", "bread", "cheese", "dates", "eggs"];

export const environment = defineEnvironment({
  name: "sales",
  summary: "add up the sales of one item in a long list",
  // Flags arrive as text, so numbers are coerced.
  options: z.object({
    sales: z.coerce.number().int().positive().default(1000).describe("lines in the list"),
  }),
  strategies: { "add-up": addUp },
  open: ({ sales }, seed) => {
    const at = (index: number) => Promise.resolve(problemAt(index, sales, seed));
    return Promise.resolve({
      problems: {
        name: "sales",
        size: Infinity,
        at,
        async *[Symbol.asyncIterator]() {
          for (let index = 0; ; index += 1) yield await at(index);
        },
      },
      score: (answer, reference) => (answer.trim() === reference.answers[0] ? 1 : 0),
      // How a simulated sub-model would read these texts; no strategy here asks one.
      readers: [],
      label: `${sales} sales`,
    });
  },
});

/** The same seed and index: the same problem. */
function problemAt(index: number, sales: number, seed: number): Problem {
  const random = Random.of(seed, sales, index);
  const lines = Array.from({ length: sales }, () => ({
    item: random.choice(ITEMS),
    units: random.randint(1, 9),
  }));
  const context = lines.map(({ item, units }) => `sold ${units} ${item}`).join("\n");
  const asked = random.choice(ITEMS);
  const total = lines.reduce((sum, { item, units }) => (item === asked ? sum + units : sum), 0);
  const id = `sales-${sales}-${seed}-${index}`;
  return {
    task: {
      id,
      dataset: "sales",
      question: `How many ${asked} were sold in all?`,
      context,
      contextTokens: countTokens(context),
      metadata: { sales },
    },
    // The gold stays outside the task: no prompt and no worker ever sees it.
    reference: { taskId: id, answers: [String(total)], metadata: {} },
  };
}

/** A policy written in code; a language model is one flag away (--policy openai). */
function addUp() {
  return scriptedPolicy("add-up", function* ({ observation }) {
    const item = observation.question.split(" ")[2];
    yield {
      code: `
import re
FINAL(sum(int(units) for units in re.findall(r"sold (\\d+) ${item}", context)))`,
    };
  });
}
