/** The flags of `data generate ruler`, and the rows that they ask for. */
import type { InferredOptionTypes, Options } from "yargs";
import { readSentenceStarts, readSizes } from "../../../datasets/ruler/given.ts";
import { rulerFileRows, type RulerFileRow } from "../../../datasets/ruler/publish.ts";
import { readQaSet } from "../../../datasets/ruler/qa-files.ts";
import { isNeedle, type RulerName, rulerNamed } from "../../../datasets/ruler/variants.ts";
import { readWordLists } from "../../../datasets/ruler/word-lists.ts";
import { defaultEssay, readEssay } from "../../../datasets/s-niah/essay.ts";
import { variantNamed } from "../../../datasets/s-niah/variants.ts";
import { UsageError } from "../../../src/errors.ts";

/** What RULER's scripts read beside their arguments; for `ruler` alone. */
export const RULER_FLAGS = {
  haystack: {
    type: "string",
    describe:
      "for ruler and babilong: text file, or RULER's json, that needles and facts are hidden in, instead of Moby-Dick",
  },
  words: {
    type: "string",
    describe: "for ruler: folder of wonderwords' lists, and RULER's english_words.json",
  },
  sentences: {
    type: "string",
    describe: "for ruler: JSON list of the offsets at which sentences of the haystack begin",
  },
  sizes: {
    type: "string",
    describe:
      "for ruler: JSON of the sizes of all draws, for files made with another tokenizer than o200k_base",
  },
  squad: { type: "string", describe: "for ruler's qa_1: SQuAD's dev-v2.0.json" },
  hotpotqa: { type: "string", describe: "for ruler's qa_2: HotpotQA's hotpot_dev_distractor_v1.json" },
} satisfies Record<string, Options>;

type Flags = InferredOptionTypes<typeof RULER_FLAGS>;

/** The rows of one of RULER's files. Throws `UsageError` and `DataError` for files that cannot be used. */
export function rulerRowsOf(
  flags: Flags & { variant: string; tokens: number; n: number; seed: number },
): Iterable<RulerFileRow> {
  const { haystack, words, sentences, sizes, squad, hotpotqa } = flags;
  const variant = rulerNamed(flags.variant);
  refuseInVain(variant, flags);
  const essay = haystack === undefined ? undefined : readEssay(haystack);
  const file = { qa_1: squad, qa_2: hotpotqa }[variant as string];
  if ((variant === "qa_1" || variant === "qa_2") && file === undefined)
    throw new UsageError(
      `data generate ruler --variant ${variant}: name the file of its questions with ${variant === "qa_1" ? "--squad" : "--hotpotqa"}`,
    );
  const questions =
    file === undefined ? undefined : readQaSet(variant === "qa_1" ? "squad" : "hotpotqa", file);
  return rulerFileRows({
    variant,
    length: flags.tokens,
    rows: flags.n,
    seed: flags.seed,
    ...(essay !== undefined && { essay }),
    ...(words !== undefined && { words: readWordLists(words) }),
    ...(sentences !== undefined && { sentences: readSentenceStarts(sentences, essay ?? defaultEssay()) }),
    ...(sizes !== undefined && { sizes: readSizes(sizes) }),
    ...(questions && { questions }),
  });
}

/** Throws `UsageError` for a file that the task does not use. */
function refuseInVain(variant: RulerName, flags: Flags): void {
  const uses: Readonly<Record<keyof typeof RULER_FLAGS, boolean>> = {
    haystack: isInEssay(variant),
    sentences: isInEssay(variant),
    words: isNeedle(variant) || variant === "cwe",
    sizes: true,
    squad: variant === "qa_1",
    hotpotqa: variant === "qa_2",
  };
  const inVain = (Object.keys(uses) as (keyof typeof uses)[]).find(
    (name) => flags[name] !== undefined && !uses[name],
  );
  if (inVain !== undefined)
    throw new UsageError(`data generate ruler --variant ${variant}: --${inVain} is for other tasks`);
}

function isInEssay(variant: RulerName): boolean {
  return isNeedle(variant) && variantNamed(variant).haystack === "essay";
}
