/** The environment of LongBench-v2: questions with four choices over long texts of six domains. */
import { z } from "zod";
import { DOMAINS } from "../../datasets/longbench-v2/load.ts";
import { defineEnvironment } from "../../src/env/define.ts";
import { readShare } from "../../src/rewards/progress.ts";
import { CHOICE_LAYOUT, choiceOptions, choiceStrategies, openChoices } from "./choice-strategies.ts";

export const longBenchV2 = defineEnvironment({
  name: "longbench-v2",
  summary:
    "multiple choice over documents, dialogues, code and tables of up to 4 M tokens: LongBench-v2's files",
  options: z.object({
    domain: z.enum(DOMAINS).optional().describe("only questions of this domain"),
    "sub-domain": z.string().optional().describe("only questions of this sub_domain, as the file spells it"),
    ...choiceOptions,
  }),
  strategies: choiceStrategies({ text: "a long text" }),
  progress: readShare,
  layouts: [CHOICE_LAYOUT],
  open: (given) => {
    const { domain, "sub-domain": subDomain, difficulty, length } = given;
    const wanted = { domain, sub_domain: subDomain, difficulty, length };
    return Promise.resolve(openChoices("longbench-v2", given, wanted, domain));
  },
});
