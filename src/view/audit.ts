/**
 * The audit trail of an answer: from it back through the statements that made it, the sub-calls they asked, and the stretches of
 * the context those saw, each with its hash. It is read from the record and the stored context; no code is run.
 */
import { createHash } from "node:crypto";
import type { Range } from "../metrics/text-index.ts";
import type { Call, Trajectory } from "../trajectory.ts";
import type { Context } from "../types.ts";
import type { AuditStep, AuditTrail, CallStep, ChildStep, CodeStep, OutputStep } from "./audit-shapes.ts";
import { ContextText } from "./context-text.ts";
import { dependenciesOf, type Needed, ranBlocks, type RanBlock } from "./dependencies.ts";
import { heldIn, SliceFinder, valuesOf } from "./slices.ts";

const SHOWN_CHARS = 400;

/** @param context null where the run does not have it: the trail then ends at the prompts */
export function auditTrail(record: Trajectory, context: Context | null): AuditTrail {
  const { rolloutId, task, answer, simulated } = record;
  const text = context === null ? null : ContextText.of(context);
  const finder = text === null ? null : new SliceFinder(text);
  const notes = [
    context === null && "the run does not have the context, so no stretch of it can be named",
    context !== null && text === null && "the context is bytes, which are not searched",
    finder?.canSearch === false && "the context is longer than 64 Mi characters and is not searched",
    simulated && "a simulated model took part: its replies are made up by a program",
    answer === null && "there is no answer",
  ].filter((note) => note !== false);
  const summary = { ...task.context, verified: context !== null };
  if (answer === null)
    return { rolloutId, taskId: task.id, context: summary, answer: null, steps: [], slices: [], notes };
  const values = valuesOf(answer.text);
  const traced = new Tracer(values, finder).trace(record);
  if (traced.from === "policy")
    notes.push(
      "the policy wrote the answer itself; the outputs that it saw before are named instead of variables",
    );
  return {
    rolloutId,
    taskId: task.id,
    context: summary,
    answer: {
      text: answer.text,
      source: answer.source,
      sha256: sha256(answer.text),
      from: traced.from,
      values,
    },
    steps: traced.steps,
    slices: finder?.slices ?? [],
    notes,
  };
}

interface Traced {
  readonly from: "variables" | "policy" | "hand";
  readonly steps: readonly AuditStep[];
}

class Tracer {
  readonly #values: readonly string[];
  readonly #finder: SliceFinder | null;
  /** The steps of calls are made in the order of asking, so that a text that stands twice is found where it was read. */
  readonly #ranges = new Map<Call, readonly Range[]>();

  constructor(values: readonly string[], finder: SliceFinder | null) {
    this.#values = values;
    this.#finder = finder;
  }

  trace(record: Trajectory): Traced {
    if (record.answer?.source === "action") return { from: "hand", steps: [] };
    this.#read(record);
    const blocks = ranBlocks(record);
    const found = dependenciesOf(record, blocks, (block) => heldIn(outputOf(block), this.#values).length > 0);
    const steps = found.needed.toReversed().flatMap((needed) => this.#stepsOf(record, needed));
    const shown = found.shown.toReversed().map((block) => this.#outputStep(block));
    return { from: found.from, steps: [...shown, ...steps] };
  }

  #read({ calls, children }: Trajectory): void {
    for (const call of calls)
      if (call.prompt !== null && !this.#ranges.has(call))
        this.#ranges.set(call, this.#finder?.rangesIn(call.prompt) ?? []);
    for (const child of children) this.#read(child);
  }

  /** The statement, and where it asked for something, what. */
  #stepsOf(record: Trajectory, { block, statement, asks, readsContext }: Needed): AuditStep[] {
    const isHere = (turn: number | undefined, at = 0) => turn === block.turn && at === block.block;
    const calls = asks ? record.calls.filter((call) => isQuery(call) && isHere(call.turn, call.block)) : [];
    const children = asks ? record.children.filter(({ parent }) => isHere(parent?.turn, parent?.block)) : [];
    const code: CodeStep = {
      kind: "code",
      turn: block.turn,
      block: block.block,
      line: statement.line,
      code: statement.code,
      sha256: sha256(block.result.code),
      sets: [...statement.sets, ...statement.changes],
      reads: statement.reads,
      calls: calls.map(({ id }) => id),
      children: children.map(({ rolloutId }) => rolloutId),
      slices: readsContext ? this.#valueSlices(this.#values, null) : [],
    };
    return [
      code,
      ...calls.map((call) => this.#callStep(call)),
      ...children.map((child) => this.#childStep(child, block)),
    ];
  }

  #callStep(call: Call): CallStep {
    const ranges = this.#ranges.get(call) ?? [];
    const holds = heldIn(call.reply, this.#values);
    return {
      kind: "call",
      turn: call.turn,
      block: call.block ?? 0,
      call: call.id,
      purpose: call.purpose,
      model: call.model,
      promptSha256: call.prompt === null ? null : sha256(call.prompt),
      replySha256: call.reply === null ? null : sha256(call.reply),
      reply: call.reply?.slice(0, SHOWN_CHARS) ?? null,
      error: call.error,
      holds,
      slices: [
        ...ranges.map((range) => this.#finder!.add("prompt", range, [])),
        ...(holds.length > 0 ? this.#valueSlices(holds, ranges) : []),
      ],
    };
  }

  #childStep(child: Trajectory, { turn, block }: RanBlock): ChildStep {
    const answer = child.answer?.text ?? null;
    return {
      kind: "child",
      turn,
      block,
      rolloutId: child.rolloutId,
      answerSha256: answer === null ? null : sha256(answer),
      answer: answer?.slice(0, SHOWN_CHARS) ?? null,
      holds: heldIn(answer, this.#values),
      steps: child.answer === null ? [] : this.trace(child).steps,
    };
  }

  #outputStep(block: RanBlock): OutputStep {
    const text = outputOf(block);
    const ranges = this.#finder?.rangesIn(text) ?? [];
    return {
      kind: "output",
      turn: block.turn,
      block: block.block,
      text: text.slice(0, SHOWN_CHARS),
      sha256: sha256(text),
      holds: heldIn(text, this.#values),
      slices: ranges.map((range) => this.#finder!.add("output", range, heldIn(text, this.#values))),
    };
  }

  #valueSlices(values: readonly string[], within: readonly Range[] | null): number[] {
    const finder = this.#finder;
    if (finder === null) return [];
    const found = values.flatMap((value) =>
      finder.sentencesWith(value, within).map((range) => finder.add("value", range, [value])),
    );
    return [...new Set(found)];
  }
}

function isQuery({ purpose }: Call): boolean {
  return purpose === "llm_query" || purpose === "rlm_query";
}

function outputOf({ result }: RanBlock): string {
  return [result.stdout, result.stderr, result.value ?? "", result.exception ?? ""]
    .filter((part) => part !== "")
    .join("\n");
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
