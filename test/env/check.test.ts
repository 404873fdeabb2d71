import { describe, expect, it } from "vitest";
import { checkEnv } from "../../src/env/check.ts";
import { RLMEnv } from "../../src/env/env.ts";
import { ReplError } from "../../src/errors.ts";
import { successGatedCost } from "../../src/rewards/cost.ts";

const problem = {
  task: { id: "t", dataset: "d", question: "?", context: "it is 42", contextTokens: 4, metadata: {} },
  reference: { taskId: "t", answers: ["42"], metadata: {} },
};
const problems = {
  name: "one",
  size: 1,
  async *[Symbol.asyncIterator]() {
    yield await Promise.resolve(problem);
  },
};

describe("checkEnv", () => {
  it("fails for an environment with an infrastructure error", async () => {
    const dead = {
      start: () => Promise.resolve(),
      exec: () => Promise.reject(new ReplError("it died")),
      close: () => Promise.resolve(),
    };
    const broken = new RLMEnv({
      name: "e",
      problems,
      reward: successGatedCost(() => 1, 0),
      priceOf: () => 1,
      repls: {
        acquire: () => Promise.resolve(dead),
        release: () => Promise.resolve(),
        close: () => Promise.resolve(),
      },
    });
    await expect(checkEnv(broken)).rejects.toThrow("it died");
  });
});
