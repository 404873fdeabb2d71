/** Puzzles of LongCoT's kinds made here, of any size: logic, and one of cs. */
import { countTokens } from "../../src/cost/tokens.ts";
import { type Dataset, generated } from "../../src/data/dataset.ts";
import { UsageError } from "../../src/errors.ts";
import { Random } from "../../src/random.ts";
import type { Problem } from "../../src/types.ts";
import type { Drawn, PuzzleKind } from "./puzzles/kind.ts";
import { KINDS } from "./puzzles/kinds.ts";
import { referenceOf } from "./scorer.ts";
import { TEMPLATES } from "./verify.ts";
import { QUESTION } from "./wording.ts";

/** What puzzles to make. */
export interface LongCotOptions {
  /** Of which templates, in turn; of all that go so far if empty. */
  readonly templates: readonly string[];
  /** From 1; each kind grows in its own way. */
  readonly size: number;
  readonly seed: number;
}

/** A puzzle at an index, with its kind. */
export interface DrawnPuzzle {
  readonly kind: PuzzleKind;
  readonly drawn: Drawn;
}

/** The templates that are made. */
export const MADE_TEMPLATES: readonly string[] = KINDS.map(({ template }) => template);

/** An endless dataset; the task at an index depends on the options and the index only. Throws `UsageError` for what is not made. */
export function longCot(options: LongCotOptions): Dataset {
  const kinds = kindsOf(options);
  return generated("longcot", (index) => problem(options, kinds, index));
}

/** Whether a template is of logic or of cs. */
export function domainOf(template: string): "logic" | "cs" {
  return TEMPLATES.logic.includes(template) ? "logic" : "cs";
}

/** The kinds that the options ask for. Throws `UsageError` for a template that is not made, or not of that size. */
export function kindsOf({ templates, size }: LongCotOptions): readonly PuzzleKind[] {
  const unknown = templates.find((template) => !MADE_TEMPLATES.includes(template));
  if (unknown !== undefined)
    throw new UsageError(
      `longcot: template ${JSON.stringify(unknown)} is not made here; expected ${MADE_TEMPLATES.join(", ")}`,
    );
  const wanted = KINDS.filter(({ template }) => templates.length === 0 || templates.includes(template));
  const tooSmall = wanted.find(({ mostSize }) => size > mostSize);
  if (templates.length > 0 && tooSmall)
    throw new UsageError(
      `longcot: ${tooSmall.template} is made up to size ${tooSmall.mostSize}, not ${size}`,
    );
  const kinds = wanted.filter(({ mostSize }) => size <= mostSize);
  if (kinds.length === 0)
    throw new UsageError(
      `longcot: no puzzle is made of size ${size}; expected at most ${Math.max(...KINDS.map(({ mostSize }) => mostSize))}`,
    );
  return kinds;
}

/** The puzzle at an index. */
export function puzzleAt(
  { size, seed }: LongCotOptions,
  kinds: readonly PuzzleKind[],
  index: number,
): DrawnPuzzle {
  const kind = kinds[index % kinds.length]!;
  return { kind, drawn: kind.draw(size, Random.of(seed, kind.template, size, index, "puzzle")) };
}

function problem(options: LongCotOptions, kinds: readonly PuzzleKind[], index: number): Problem {
  const { kind, drawn } = puzzleAt(options, kinds, index);
  const { template } = kind;
  const context = kind.write(drawn);
  const id = ["longcot", template, options.size, options.seed, index].join("-");
  return {
    task: {
      id,
      dataset: "longcot",
      question: QUESTION,
      context,
      contextTokens: countTokens(context),
      metadata: { domain: domainOf(template), template, size: options.size },
    },
    reference: referenceOf(id, { template, ...drawn }, kind.solve(drawn)),
  };
}
