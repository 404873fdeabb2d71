/** The environment of CodeQA: LongBench-v2's questions over whole code repositories. */
import { z } from "zod";
import { CODE_DOMAIN } from "../../datasets/longbench-v2/load.ts";
import { defineEnvironment } from "../../src/env/define.ts";
import { readShare } from "../../src/rewards/progress.ts";
import { CHOICE_LAYOUT, choiceOptions, choiceStrategies, openChoices } from "./choice-strategies.ts";

export const codeQa = defineEnvironment({
  name: "code-qa",
  summary: "multiple choice over code repositories of up to 4 M tokens: LongBench-v2's files",
  options: z.object({
    domain: z.string().optional().describe(`another domain of LongBench-v2 (default: ${CODE_DOMAIN})`),
    ...choiceOptions,
  }),
  strategies: choiceStrategies({ about: "code", text: "a code repository" }),
  progress: readShare,
  layouts: [CHOICE_LAYOUT],
  open: (given) => {
    const { domain, difficulty, length } = given;
    const wanted = { domain: domain ?? CODE_DOMAIN, difficulty, length };
    return Promise.resolve(openChoices("code-qa", given, wanted, domain));
  },
});
