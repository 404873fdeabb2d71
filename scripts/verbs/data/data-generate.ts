/** `rlm-gym data generate`: writes generated tasks as JSON Lines in the layout of the published files. */
import type { CommandModule, InferredOptionTypes, Options } from "yargs";
import { backgroundOf } from "../../../datasets/babilong/background.ts";
import { babilongRows } from "../../../datasets/babilong/publish.ts";
import { browseCompLikeRows } from "../../../datasets/browsecomp-like/publish.ts";
import { craftRows } from "../../../datasets/craft/publish.ts";
import { MAX_DEPTH, PUBLISHED_RECIPES } from "../../../datasets/craft/recipes.ts";
import { TIER_NAMES, TIERS } from "../../../datasets/craft/tiers.ts";
import { TIER_NAMES as EVIDENCE_TIERS, type TierName } from "../../../datasets/evidence/evidence.ts";
import { evidenceRows } from "../../../datasets/evidence/publish.ts";
import { graphWalksRows } from "../../../datasets/graphwalks/publish.ts";
import { parseLength } from "../../../datasets/length.ts";
import { longCotRows } from "../../../datasets/longcot/publish.ts";
import { mrcrRows } from "../../../datasets/mrcr/publish.ts";
import { oolongPairsRows } from "../../../datasets/oolong-pairs/publish.ts";
import { builtInQuestions } from "../../../datasets/oolong/built-in/questions.ts";
import { readLabelled } from "../../../datasets/oolong/labelled-file.ts";
import { oolongRows } from "../../../datasets/oolong/publish.ts";
import { pythonJson } from "../../../datasets/ruler/publish.ts";
import { RULER_NAMES } from "../../../datasets/ruler/variants.ts";
import { rulerRows } from "../../../datasets/s-niah/ruler.ts";
import { VARIANTS, type VariantName } from "../../../datasets/s-niah/variants.ts";
import { readEssay } from "../../../datasets/s-niah/essay.ts";
import { babilongLength, madeTasks } from "../../../envs/babilong.ts";
import { UsageError } from "../../../src/errors.ts";
import { wholeNumber } from "../../flags/values.ts";
import { writeLines } from "../../output/write-lines.ts";
import { RULER_FLAGS, rulerRowsOf } from "./generate-ruler.ts";

const FLAGS = {
  length: {
    type: "string",
    default: "32k",
    describe: "tokens of a context; puzzles of longcot grow by --size instead",
  },
  n: { type: "number", default: 50, describe: "rows" },
  seed: {
    type: "number",
    default: 42,
    describe: "seed of everything random; the same seed gives the same bytes",
  },
  out: { type: "string", demandOption: true, describe: "new file; compressed if its name ends in .gz" },
  source: {
    type: "string",
    describe: "for oolong and oolong-pairs: file of text,label[,user,date], instead of the built-in one",
  },
  variant: {
    choices: RULER_NAMES,
    default: "niah_single_2",
    describe: "for s-niah and ruler: which of RULER's tasks; s-niah has those of needles",
  },
  documents: {
    type: "number",
    describe:
      "for browsecomp-like: how many documents, from 10 to 100000 (default: one for every 300 tokens)",
  },
  depth: {
    type: "number",
    describe: "for graphwalks: depth of the searches (default: 3); for craft: depth of all targets, up to 12",
  },
  tier: {
    choices: [...TIER_NAMES, ...EVIDENCE_TIERS],
    describe:
      "for craft: how deep the targets are (default: easy); for evidence: how many papers report the claim (default: all, in turn)",
  },
  needles: { type: "number", describe: "for mrcr: replies to the same request (default: 2)" },
  size: { type: "number", describe: "for longcot: how large the puzzles are (default: 4)" },
  template: { type: "string", describe: "for longcot: kinds of puzzles, separated by commas (default: all)" },
  degree: { type: "number", describe: "for graphwalks: edges that leave a node, on average (default: 3)" },
  tasks: {
    type: "string",
    describe: "for babilong: families of tasks, separated by commas (default: qa1 to qa10)",
  },
  ...RULER_FLAGS,
  "skip-bad-rows": {
    type: "boolean",
    default: false,
    describe: "with --source: skip rows that cannot be read, and count them",
  },
  json: { type: "boolean", default: false, describe: "print what was written as JSON on stdout" },
} satisfies Record<string, Options>;
type Flags = InferredOptionTypes<typeof FLAGS>;
/** `badRows`: receives the error of each skipped row. */
type Request = Flags & { tokens: number; badRows: string[] };

/** What can be generated: rows in order. */
const GENERATORS: Readonly<
  Record<string, (flags: Request) => Promise<Iterable<unknown> | AsyncIterable<unknown>>>
> = {
  oolong: async (flags) =>
    oolongRows({ ...flags, length: flags.tokens, source: await sourceOf(flags) }, flags.n),
  "oolong-pairs": async (flags) =>
    oolongPairsRows({ ...flags, length: flags.tokens, source: await sourceOf(flags) }, flags.n),
  "s-niah": ({ variant, tokens, n, seed }) =>
    Promise.resolve(rulerRows({ variant: variant as VariantName, length: tokens, rows: n, seed })),
  ruler: (flags) => Promise.resolve(rulerRowsOf(flags)),
  babilong: ({ tokens, tasks, haystack, n, seed }) => {
    const background = haystack === undefined ? {} : { background: backgroundOf(readEssay(haystack)) };
    return Promise.resolve(babilongRows({ tasks: madeTasks(tasks), length: tokens, seed, ...background }, n));
  },
  "browsecomp-like": ({ tokens, documents, n, seed }) =>
    Promise.resolve(
      browseCompLikeRows({ length: tokens, seed, ...(documents !== undefined && { documents }) }, n),
    ),
  graphwalks: ({ tokens, depth = 3, degree = 3, n, seed }) =>
    Promise.resolve(graphWalksRows({ length: tokens, depth, degree, operation: "both", seed }, n)),
  longcot: ({ template, size = 4, n, seed }) =>
    Promise.resolve(longCotRows({ templates: template?.split(",") ?? [], size, seed }, n)),
  craft: (flags) => Promise.resolve(craftRows(craftOptionsOf(flags), flags.n)),
  evidence: ({ tokens, tier, n, seed }) =>
    Promise.resolve(
      evidenceRows({ length: tokens, seed, ...(tier !== undefined && { tier: tier as TierName }) }, n),
    ),
  mrcr: ({ tokens, needles = 2, n, seed }) => Promise.resolve(mrcrRows({ length: tokens, needles, seed }, n)),
};

export const generateVerb: CommandModule<object, Flags & { what: string }> = {
  command: "generate <what>",
  describe: "generate tasks as JSON Lines in the layout of the published files, gold included",
  builder: (argv) =>
    argv
      .positional("what", { choices: Object.keys(GENERATORS), demandOption: true, describe: "the benchmark" })
      .options(FLAGS)
      .example("$0 data generate oolong --length 131072 --n 50 --out oolong.jsonl", "oolong-synth's layout")
      .example(
        "$0 data generate oolong --source mails.csv --length 8k --out mails.jsonl.gz",
        "over your own labelled texts",
      )
      .example(
        "$0 data generate s-niah --variant niah_multikey_1 --length 32Ki --out niah.jsonl",
        "RULER's layout",
      ),
  handler: async (flags) => {
    const { what, out, seed } = flags;
    const n = wholeNumber(flags.n, "--n", 1);
    wholeNumber(seed, "--seed", 0);
    const tokens = what === "babilong" ? babilongLength(flags.length) : parseLength(flags.length);
    refuseInVain(what, flags);
    if (flags.depth !== undefined) wholeNumber(flags.depth, "--depth", 1);
    if (flags.size !== undefined) wholeNumber(flags.size, "--size", 1);
    if (flags.needles !== undefined) wholeNumber(flags.needles, "--needles", 1);
    if (flags.degree !== undefined && !(flags.degree > 0))
      throw new UsageError(`--degree: expected a number over 0, got ${flags.degree}`);
    const badRows: string[] = [];
    const rows = await GENERATORS[what]!({ ...flags, tokens, badRows });
    await (what === "ruler" ? writeLines(out, rows, pythonJson) : writeLines(out, rows));
    if (badRows.length > 0)
      process.stderr.write(`rlm-gym: ${badRows.length} bad row(s) left out; the first: ${badRows[0]}\n`);
    const written = {
      file: out,
      rows: n,
      benchmark: what,
      ...sizeOf(what, flags, tokens),
      seed,
      badRows: badRows.length,
    };
    process.stdout.write(flags.json ? `${JSON.stringify(written)}\n` : `${n} rows: ${out}\n`);
  },
};

/** How large the tasks are, in the measure of the benchmark. */
function sizeOf(what: string, flags: Flags, tokens: number) {
  if (what === "longcot") return { size: flags.size ?? 4 };
  return what === "craft" ? { depths: craftOptionsOf(flags).depths } : { length: tokens };
}

function craftOptionsOf({ tier, depth, seed }: Flags) {
  if (tier !== undefined && depth !== undefined)
    throw new UsageError("data generate craft: --tier and --depth exclude each other");
  if (depth !== undefined && depth > MAX_DEPTH)
    throw new UsageError(`data generate craft: --depth: expected at most ${MAX_DEPTH}, got ${depth}`);
  const { leastDepth, mostDepth } = TIERS[(tier ?? "easy") as keyof typeof TIERS];
  const depths = { least: depth ?? leastDepth, most: depth ?? mostDepth };
  return { depths, targets: 1, recipes: PUBLISHED_RECIPES, seed };
}

/** Throws `UsageError` for a flag that does not apply to the benchmark. */
function refuseInVain(what: string, flags: Flags): void {
  const { source, documents, depth, degree, needles, variant, size, template, tasks, tier } = flags;
  const rulers = Object.keys(RULER_FLAGS) as (keyof typeof RULER_FLAGS)[];
  const own = rulers.find(
    (name) => flags[name] !== undefined && what !== "ruler" && !(name === "haystack" && what === "babilong"),
  );
  if (tasks !== undefined && what !== "babilong")
    throw new UsageError(`data generate ${what}: --tasks is for babilong`);
  if (own !== undefined) throw new UsageError(`data generate ${what}: --${own} is for ruler`);
  if (what === "s-niah" && !Object.hasOwn(VARIANTS, variant))
    throw new UsageError(`data generate s-niah: --variant ${variant} is for ruler`);
  if (source !== undefined && !what.startsWith("oolong"))
    throw new UsageError(`data generate ${what}: --source is for oolong and oolong-pairs`);
  if (documents !== undefined && what !== "browsecomp-like")
    throw new UsageError(`data generate ${what}: --documents is for browsecomp-like`);
  if (depth !== undefined && what !== "graphwalks" && what !== "craft")
    throw new UsageError(`data generate ${what}: --depth is for graphwalks and craft`);
  if (degree !== undefined && what !== "graphwalks")
    throw new UsageError(`data generate ${what}: --degree is for graphwalks`);
  const tiers: readonly string[] | undefined = { craft: TIER_NAMES, evidence: EVIDENCE_TIERS }[what];
  if (tier !== undefined && tiers === undefined)
    throw new UsageError(`data generate ${what}: --tier is for craft and evidence`);
  if (tier !== undefined && !tiers!.includes(tier))
    throw new UsageError(`data generate ${what}: --tier: expected one of ${tiers!.join(", ")}, got ${tier}`);
  if (needles !== undefined && what !== "mrcr")
    throw new UsageError(`data generate ${what}: --needles is for mrcr`);
  if ((size !== undefined || template !== undefined) && what !== "longcot")
    throw new UsageError(`data generate ${what}: --size and --template are for longcot`);
}

function sourceOf({ source, badRows, "skip-bad-rows": skips }: Request) {
  if (source === undefined) return Promise.resolve(builtInQuestions());
  return readLabelled(source, skips ? { onBadRow: ({ message }) => badRows.push(message) } : {});
}
