import fc from "fast-check";
import { SchemaChecks } from "../../src/episode/delegation/schema-thread.ts";
import { Reservations } from "../../src/episode/reservations.ts";
import { rulesOf } from "../../src/episode/rules.ts";
import { CURRENT_RULES } from "../../src/types.ts";
import { expect, it } from "vitest";
import type { Bounds, Budget } from "../../src/cost/budget.ts";
import { ModelError } from "../../src/errors.ts";
import { Ledger } from "../../src/cost/ledger.ts";
import { sumCalls } from "../../src/cost/totals.ts";
import type { Gate } from "../../src/models/call-limit.ts";
import { DEFAULT_LIMITS } from "../../src/episode/limits.ts";
import { firstOfTree } from "../../src/episode/lineage.ts";
import type { Model } from "../../src/models/model.ts";
import type { HostCall } from "../../src/repl/repl.ts";
import { SubCalls } from "../../src/episode/sub-calls.ts";
import { countMessages } from "../../src/cost/tokens.ts";
import type { CallPurpose, Trajectory } from "../../src/trajectory.ts";
import type { Completion, Usage } from "../../src/types.ts";

const CAP = 20;

/** What the provider does with the calls, in the order of their arrival, in a cycle. */
type Fate = "answers" | "answers after retries" | "reports nothing" | "fails" | "rejects" | "overshoots";

/** What the provider has billed, and what was in progress or came late when it used more than was reserved. */
class Provider implements Model {
  readonly name = "m";
  readonly simulated = true;
  readonly billed: Usage[] = [];
  unknown = 0;
  late = 0;
  #arrived = 0;
  #overshot = false;
  readonly #fates: readonly Fate[];

  constructor(fates: readonly Fate[]) {
    this.#fates = fates;
  }

  async complete({ messages }: Parameters<Model["complete"]>[0]): Promise<Completion> {
    const fate = this.#fates[this.#arrived++ % this.#fates.length]!;
    const promptTokens = countMessages(messages);
    await new Promise((resolve) => setImmediate(resolve));
    if (fate === "fails" || fate === "rejects") {
      throw new ModelError(fate, { kind: fate === "fails" ? "overloaded" : "rejected", attempts: 2 });
    }
    const completionTokens = fate === "overshoots" ? CAP + 1 : this.#arrived % CAP;
    const usage = { promptTokens, completionTokens, cachedTokens: 0 };
    if (fate === "reports nothing") this.unknown += 1;
    else this.billed.push(usage);
    if (fate === "overshoots") this.#overshot = true;
    return {
      text: "r",
      toolCalls: [],
      finishReason: "stop",
      model: this.name,
      usage: fate === "reports nothing" ? null : usage,
      usageSource: fate === "reports nothing" ? "unknown" : "reported",
      attempts: fate === "answers after retries" ? 3 : 1,
    };
  }

  /** The same, seen from outside: a call that is sent after an overshoot was settled is late. */
  watched(): Model {
    return {
      name: this.name,
      simulated: true,
      complete: (request) => {
        if (this.#overshot) this.late += 1;
        return this.complete(request);
      },
    };
  }
}

interface Tree {
  readonly batches: readonly number[];
  readonly children: readonly Tree[];
}

const treesOf = (depth: number): fc.Arbitrary<Tree> =>
  fc.record({
    batches: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 3 }),
    children: depth === 0 ? fc.constant([]) : fc.array(treesOf(depth - 1), { maxLength: 3 }),
  });
const trees = treesOf(2);

const fates = (kinds: readonly Fate[]) =>
  fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 12 });

const WITHIN: readonly Fate[] = ["answers", "answers after retries", "reports nothing", "fails", "rejects"];

/** Plays a tree as its episodes would: batches one after the other, and then all children side by side. */
async function play(tree: Tree, model: Model, budget: Budget, gate: Gate, ledgers: Ledger[]): Promise<void> {
  const ledger = new Ledger(budget, () => null);
  ledgers.push(ledger);
  const children = {
    firstTokens: () => 0,
    play: async () => {
      await Promise.all(tree.children.map((child) => play(child, model, budget, gate, ledgers)));
      // At least one call, or the child itself counts as one.
      const ended = { answer: null, stopReason: "max_turns", error: null, calls: [{}] };
      return tree.children.map(() => ended as unknown as Trajectory);
    },
  };
  const rules = rulesOf(CURRENT_RULES);
  const reservations = new Reservations(true);
  const { signal } = new AbortController();
  const origin = { tree: "t", rolloutId: "t", depth: 1, parentTrace: null };
  const schemaChecks = new SchemaChecks();
  const originOf = (purpose: CallPurpose) => ({ ...origin, purpose });
  const place = {
    depth: 0,
    maxDepth: 9,
    seed: 1,
    gate,
    signal,
    children,
    originOf,
    schemaChecks,
    rules,
    reservations,
  };
  const calls = new SubCalls({ ...place, models: [model], ledger, maxCompletionTokens: CAP });
  const ask = (kind: HostCall["kind"], size: number) =>
    calls.answer({ kind, batched: true, prompts: Array.from({ length: size }, () => "word"), model: null });
  for (const size of tree.batches) await ask("llm_query", size);
  if (tree.children.length > 0) await ask("rlm_query", tree.children.length);
}

async function played(
  tree: Tree,
  provider: Provider,
  bounds: Partial<Bounds>,
  places: number,
  endsOnOvershoot = false,
) {
  const limits = { ...DEFAULT_LIMITS, maxTokens: 1e6, ...bounds };
  const { budget, gate } = firstOfTree(limits, {
    rolloutId: "t",
    callsInFlight: places,
    endsOnOvershoot,
  });
  const ledgers: Ledger[] = [];
  await play(tree, provider.watched(), budget, gate, ledgers);
  return { budget, totals: sumCalls(ledgers.flatMap(({ calls }) => calls)) };
}

const sumOf = (usages: readonly Usage[]) =>
  usages.reduce((sum, usage) => sum + usage.promptTokens + usage.completionTokens, 0);

it("exceeds no budget while usage stays within its reservation, and adds up to the provider's bill", async () => {
  await fc.assert(
    fc.asyncProperty(
      trees,
      fates(WITHIN),
      fc.integer({ min: 1, max: 2_000 }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 8 }),
      async (tree, kinds, maxTokens, maxCalls, places) => {
        const provider = new Provider(kinds);
        const { totals } = await played(tree, provider, { maxTokens, maxCalls }, places);
        const reserved = countMessages([{ role: "user", content: "word" }]) + CAP;
        expect(totals.promptTokens + totals.completionTokens).toBe(
          sumOf(provider.billed) + provider.unknown * reserved,
        );
        expect(totals.callsOfUnknownUsage).toBe(provider.unknown);
        expect(totals.promptTokens + totals.completionTokens).toBeLessThanOrEqual(maxTokens);
        expect(totals.calls).toBeLessThanOrEqual(maxCalls);
        expect(totals.overshootTokens).toBe(0);
      },
    ),
  );
});

it("opens no call after an overshoot under the rules of 0.1.0, and records its size", async () => {
  await fc.assert(
    fc.asyncProperty(
      trees,
      fates([...WITHIN, "overshoots"]),
      fc.integer({ min: 1, max: 8 }),
      async (tree, kinds, places) => {
        const provider = new Provider(kinds);
        const { budget, totals } = await played(tree, provider, {}, places, true);
        const over = provider.billed.filter(({ completionTokens }) => completionTokens > CAP).length;
        expect(totals.overshootTokens).toBe(over);
        expect(budget.spent).toBe(over > 0 ? "tokens" : null);
        expect(provider.late).toBe(0);
      },
    ),
  );
});

it("goes on after an overshoot until the bound itself is exceeded, by at most the calls in progress", async () => {
  await fc.assert(
    fc.asyncProperty(
      trees,
      fates([...WITHIN, "overshoots"]),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 10, max: 2000 }),
      async (tree, kinds, places, maxTokens) => {
        const provider = new Provider(kinds);
        const { budget, totals } = await played(tree, provider, { maxTokens }, places);
        const over = provider.billed.filter(({ completionTokens }) => completionTokens > CAP).length;
        expect(totals.overshootTokens).toBe(over);
        expect(totals.promptTokens + totals.completionTokens).toBeLessThanOrEqual(maxTokens + over);
        expect(budget.spent).toBe(
          totals.promptTokens + totals.completionTokens < maxTokens ? null : "tokens",
        );
      },
    ),
  );
});
