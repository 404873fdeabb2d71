/** Which statements of an episode its answer depends on, by the names that they set and read. */
import type { Trajectory } from "../trajectory.ts";
import type { BlockResult } from "../types.ts";
import { QUERIES, type Statement, statementsOf } from "./python-flow.ts";

/** A block that ran, with its statements. */
export interface RanBlock {
  readonly turn: number;
  readonly block: number;
  readonly result: BlockResult;
  readonly statements: readonly Statement[];
}

/** A statement that the answer depends on. */
export interface Needed {
  readonly block: RanBlock;
  readonly statement: Statement;
  /** It asks sub-models, itself or through a function of the policy's. */
  readonly asks: boolean;
  readonly readsContext: boolean;
}

/** What an answer depends on. */
export interface Dependencies {
  /** `policy`: it wrote the answer itself, after it had seen `shown`. */
  readonly from: "variables" | "policy";
  /** In the order in which they ran. */
  readonly needed: readonly Needed[];
  /** Blocks whose output stands for the answer's origin; none where variables do. */
  readonly shown: readonly RanBlock[];
}

/** The blocks of an episode in the order in which they ran. */
export function ranBlocks({ turns }: Trajectory): RanBlock[] {
  return turns.flatMap(({ index, results }) =>
    results.map((result, block) => ({ turn: index, block, result, statements: statementsOf(result.code) })),
  );
}

/** @param holdsAnswer whether a block's output has a part of the answer in it */
export function dependenciesOf(
  record: Trajectory,
  blocks: readonly RanBlock[],
  holdsAnswer: (block: RanBlock) => boolean,
): Dependencies {
  const walk = new Walk(blocks);
  walk.fromAnswer(record);
  const needed = walk.needed();
  const isMade = needed.some(({ asks, readsContext }) => asks || readsContext);
  if (isMade) return { from: "variables", needed, shown: [] };
  const printed = blocks.filter(
    ({ result }) => result.outputChars > 0 || result.stdout !== "" || result.value !== null,
  );
  const telling = printed.filter(holdsAnswer);
  const shown = telling.length > 0 ? telling : printed;
  for (const block of shown) walk.fromOutput(block);
  return { from: "policy", needed: walk.needed(), shown };
}

const GIVES = new Set(["FINAL", "FINAL_VAR"]);
const ANSWER = "answer";
/** What `answer` held before does not count any more. */
const ANSWERS_ANEW = /^answer\s*\[\s*["']content["']\s*\]\s*=(?!=)(?!.*\banswer\b)/s;

class Walk {
  readonly #blocks: readonly RanBlock[];
  readonly #found = new Map<RanBlock, Set<number>>();
  /** Functions of the policy's own that ask sub-models, or read the context. */
  readonly #asking = new Set<string>();
  readonly #reading = new Set<string>(["context"]);

  constructor(blocks: readonly RanBlock[]) {
    this.#blocks = blocks;
    for (const { statements } of blocks)
      for (const { code, sets, called, reads } of statements) {
        if (!/^(?:async\s+)?def\b/.test(code)) continue;
        if (called.some((name) => QUERIES.has(name) || this.#asking.has(name)))
          for (const name of sets) this.#asking.add(name);
        if (reads.some((name) => this.#reading.has(name))) for (const name of sets) this.#reading.add(name);
      }
  }

  /** In the order in which they ran. */
  needed(): Needed[] {
    return this.#blocks.flatMap((block) =>
      [...(this.#found.get(block) ?? [])]
        .toSorted((a, b) => a - b)
        .map((at) => {
          const statement = block.statements[at]!;
          const isDefinition = /^(?:async\s+)?def\b/.test(statement.code);
          const asks =
            !isDefinition && statement.called.some((name) => QUERIES.has(name) || this.#asking.has(name));
          return {
            block,
            statement,
            asks,
            readsContext: statement.reads.some((name) => this.#reading.has(name)),
          };
        }),
    );
  }

  /** The statements that gave the answer, and all that they depend on. */
  fromAnswer({ answer, turns }: Trajectory): void {
    const wanted = new Set<string>();
    if (answer?.source === "answer_dict" || answer?.source === "standing") wanted.add(ANSWER);
    const text = turns.at(-1)?.completion.text ?? "";
    const named = /FINAL_VAR\(\s*["']?([\p{L}_][\p{L}\p{N}_]*)/u.exec(text)?.[1];
    if (answer?.source === "final_var" && named !== undefined) wanted.add(named);
    const last = this.#blocks.length - 1;
    this.#back(last, wanted, ({ called, finalVariable }) => {
      if (finalVariable !== null) wanted.add(finalVariable);
      return called.some((name) => GIVES.has(name));
    });
  }

  /** What a block showed, and all that it depends on. */
  fromOutput(block: RanBlock): void {
    this.#back(this.#blocks.indexOf(block), new Set(), ({ isShown }) => isShown, block);
  }

  /** @param only the seeds are statements of this block alone; default: of every block */
  #back(from: number, wanted: Set<string>, isSeed: (statement: Statement) => boolean, only?: RanBlock): void {
    for (let i = from; i >= 0; i -= 1) {
      const block = this.#blocks[i]!;
      const seeds = only === undefined ? isSeed : block === only ? isSeed : () => false;
      this.#backThrough(block, wanted, seeds);
      // What stands lower in a loop may have been run before what stands higher.
      if (block.statements.some(({ code }) => /^(?:async\s+)?(?:for|while)\b/.test(code)))
        this.#backThrough(block, wanted, () => false);
    }
  }

  #backThrough(block: RanBlock, wanted: Set<string>, isSeed: (statement: Statement) => boolean): void {
    const found = this.#found.get(block) ?? new Set<number>();
    this.#found.set(block, found);
    for (let at = block.statements.length - 1; at >= 0; at -= 1) {
      const statement = block.statements[at]!;
      const { sets, changes, reads, under } = statement;
      const isWanted = [...sets, ...changes].some((name) => wanted.has(name));
      if (!isWanted && !isSeed(statement) && !found.has(at)) continue;
      found.add(at);
      if (under.length === 0) for (const name of sets) if (!reads.includes(name)) wanted.delete(name);
      if (under.length === 0 && ANSWERS_ANEW.test(statement.code)) wanted.delete(ANSWER);
      else for (const name of reads) wanted.add(name);
      for (const name of reads) if (name !== ANSWER) wanted.add(name);
      for (const head of under) found.add(head);
    }
  }
}
