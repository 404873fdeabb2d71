import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readBound } from "../../src/export/choice/bounds.ts";
import type { Filters } from "../../src/export/choice/filters.ts";
import { filtered } from "../../src/export/choice/filters.ts";
import { openaiChat } from "../../src/export/formats/openai-chat.ts";
import { perTurnSft } from "../../src/export/formats/per-turn-sft.ts";
import { Redaction } from "../../src/export/choice/redact.ts";
import { Tally } from "../../src/export/tally.ts";
import { trlKto, trlSft } from "../../src/export/formats/trl.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { itemOf, played, rowsOf, subCall, withTokens } from "./played.ts";

const reward = (score: number, total = score) => ({ reward: { total, score, terms: {} } });
const long = played("long", [{ text: "a" }, { text: "b" }, { text: "FINAL(1)" }], reward(1, 0.6));
const short = played("short", [{ text: "FINAL(2)" }], {
  ...reward(0),
  policy: "other",
  stopReason: "max_turns",
});
const unscored = played("unscored", [{ text: "FINAL(3)" }], { reward: null });
const failed = played("failed", [{ text: "x" }], { ...reward(1), status: "infra_error" });
const told = played("told", [{ text: "x" }], { ...reward(1), readsGold: true });

async function kept(filters: Filters, all: readonly Trajectory[], redaction: Redaction | null = null) {
  const tally = new Tally();
  const source = filtered(
    async function* items() {
      for (const one of all) yield itemOf(one);
    },
    filters,
    tally,
    redaction,
  );
  const passed: Trajectory[] = [];
  for await (const { trajectory } of source()) passed.push(trajectory);
  return { passed, ids: passed.map(({ rolloutId }) => rolloutId), counts: tally.counts };
}

describe("filters", () => {
  it.each<[string, Filters, string[]]>([
    ["nothing but failures and told gold", {}, ["long", "short", "unscored"]],
    ["a least score", { minScore: 1 }, ["long"]],
    ["a greatest score", { maxScore: 0.5 }, ["short"]],
    ["a least reward, the score apart", { minReward: 0.7 }, []],
    ["a greatest reward", { maxReward: 0.6 }, ["long", "short"]],
    ["a least number of turns", { minTurns: 2 }, ["long"]],
    ["a greatest number of turns", { maxTurns: 1 }, ["short", "unscored"]],
    ["a greatest length of a call", { maxTokens: 15 }, ["short", "unscored"]],
    ["a bound on the turns", { bounds: [readBound("turns<=1")] }, ["short", "unscored"]],
    ["a bound on the characters of the completions", { bounds: [readBound("chars >= 10")] }, ["long"]],
    ["a bound on a figure that some lack", { bounds: [readBound("score>=0")] }, ["long", "short"]],
    ["policies", { policies: ["other"] }, ["short"]],
    ["stop reasons", { stopReasons: ["answered"] }, ["long", "unscored"]],
  ])("let pass, by %s", async (_, filters, ids) => {
    expect((await kept(filters, [long, short, unscored, failed, told])).ids).toEqual(ids);
  });

  it.each(["tokns<=3", "tokens<3", "tokens<=", "tokens<=many", "constructor<=1", "score>=1 reward>=1"])(
    "refuse the bound %s, and say what one looks like",
    (text) =>
      expect(() => readBound(text)).toThrow(/expected NAME<=NUMBER or NAME>=NUMBER with one of the names/),
  );

  it("keep one of those of a task that say the same but for white space, and both where the tasks differ", async () => {
    const again = { ...short, rolloutId: "again", turns: played("x", [{ text: " FINAL(2)\n" }]).turns };
    const elsewhere = { ...short, rolloutId: "elsewhere", task: { ...short.task, id: "another" } };
    const { ids, counts } = await kept({ dedupe: true }, [short, again, elsewhere]);
    expect(ids).toEqual(["short", "elsewhere"]);
    expect(counts.leftOut).toEqual({ "the same messages as another rollout of its task": 1 });
  });

  it("divide rollouts in two parts that share no context, whatever the seed and the share", async () => {
    const places = fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(
        places,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(),
        async (of, heldOut, seed) => {
          const all = of.map((place, index): Trajectory => {
            const context = { ...short.task.context, sha256: `${place}`.repeat(64) };
            return { ...short, rolloutId: `r${index}`, task: { ...short.task, context } };
          });
          const part = async (name: "train" | "held-out") =>
            (await kept({ part: { name, heldOut, seed } }, all)).passed;
          const [train, held] = [await part("train"), await part("held-out")];
          expect(train.length + held.length).toBe(all.length);
          const contexts = new Set(train.map(({ task }) => task.context.sha256));
          expect(held.some(({ task }) => contexts.has(task.context.sha256))).toBe(false);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe("the template", () => {
  const sound = played("sound", [{ text: "```repl\nx = 1\n```" }, { text: "FINAL(1)" }]);
  const open = withTokens("open");
  const [first, ...rest] = open.turns;
  const broken = {
    ...open,
    turns: [{ ...first!, completion: { ...first!.completion, text: "```repl\nx = 1\n" } }, ...rest],
  };
  const lost = played("lost", [{ text: "no code here" }]);

  it("is linted, so that rollouts with a mistake are left out", async () => {
    const { ids, counts } = await kept({ template: "lint" }, [sound, broken, lost]);
    expect(ids).toEqual(["sound"]);
    expect(counts.leftOut).toEqual({ "a mistake of the template": 2 });
  });

  it("is mended, with each change counted and the ids of the old text gone", async () => {
    const { passed, ids, counts } = await kept({ template: "repair" }, [sound, broken, lost]);
    expect(ids).toEqual(["sound", "open"]);
    expect(passed[1]!.turns[0]!.completion.text).toBe("```repl\nx = 1\n```");
    expect(passed[1]!.calls.some(({ tokens }) => tokens !== undefined)).toBe(false);
    expect(counts.changes).toEqual({ "close-fence": 1 });
  });
});

describe("redaction", () => {
  it("takes them out of the gold too, which some formats have a field for", () => {
    const item = { ...itemOf(long), reference: { taskId: "t", answers: ["ada@example.org"], metadata: {} } };
    const passed = new Redaction(["email"], false).apply(item, new Tally())!;
    expect(passed.reference!.answers).toEqual(["[email]"]);
  });

  it("takes named patterns out of every text, counts them, and lets no token id tell them", async () => {
    const base = withTokens("r", { opening: "mail a@b.org or c@d.org", systemPrompt: "id 4711" });
    const { passed, counts } = await kept({}, [base], new Redaction(["email", "number=\\d{4}"], false));
    expect(passed[0]!.opening).toBe("mail [email] or [email]");
    expect(passed[0]!.systemPrompt).toBe("id [number]");
    expect(passed[0]!.calls.every(({ tokens }) => tokens === undefined)).toBe(true);
    expect(counts.changes).toEqual({ "redacted email": 2, "redacted number": 1 });
    const needing = await kept({}, [base], new Redaction(["email"], true));
    expect(needing.ids).toEqual([]);
  });
});

describe("rows of an episode whose old turns were let go", () => {
  const turns = ["one", "two", "three"].map((text, index) => ({ text, segment: index < 2 ? 0 : 1 }));

  it("train each turn once: trl-sft leaves later turns out where kept ones stand before them, and says so", async () => {
    const keeping = played("r", turns, { history: { mode: "drop", keepTurns: 1 } });
    const { rows, tally } = await rowsOf(trlSft, [keeping]);
    const said = rows.flatMap((row) => row["messages"] as { role: string; content: string }[]);
    expect(said.filter(({ role }) => role === "assistant").map(({ content }) => content)).toEqual([
      "one",
      "two",
    ]);
    expect(tally.counts.turnsLeftOut).toEqual({
      "after turns that another row has (per-turn-sft has all)": 1,
    });
    const none = played("n", turns, { history: { mode: "drop", keepTurns: 0 } });
    expect((await rowsOf(trlSft, [none])).rows).toHaveLength(2);
  });

  it("have weight 0 on what is shown again, and trainable for Tinker on every message", async () => {
    const keeping = played("r", turns, { history: { mode: "drop", keepTurns: 1 } });
    const { rows } = await rowsOf(openaiChat, [keeping]);
    const weights = rows.flatMap((row) =>
      (row["messages"] as { weight?: number }[]).map(({ weight }) => weight),
    );
    expect(weights.filter((weight) => weight !== undefined)).toEqual([1, 1, 0, 1]);
    const tinker = await rowsOf(openaiChat, [keeping], { tinker: true });
    for (const row of tinker.rows)
      for (const message of row["messages"] as Record<string, unknown>[]) {
        expect(typeof message["trainable"]).toBe("boolean");
        expect(message).not.toHaveProperty("weight");
      }
  });
});

describe("sub-calls", () => {
  const asked = played("asked", [{ text: "FINAL(1)" }], reward(1));
  const trajectory = { ...asked, calls: [...asked.calls, subCall(1, 0, "wer? 🦉", "sie")] };

  it.each([
    [trlSft, 2],
    [openaiChat, 2],
    // Nobody scored what a sub-call said.
    [trlKto, 1],
  ])("have rows of their own where the format has no score, $name", async (exporter, count) => {
    const { rows } = await rowsOf(exporter, [trajectory], { subCalls: true, children: true });
    expect(rows).toHaveLength(count);
  });
});

describe("a mended rollout", () => {
  it("tells in the samples of its turns what was changed", async () => {
    const open = { text: "```repl\nprint(1)" };
    const broken = played("broken", [open, { text: "FINAL(1)" }], reward(1));
    const plain = await rowsOf(perTurnSft, [broken]);
    const mended = await rowsOf(perTurnSft, [broken], {}, { template: "repair" });
    expect(mended.rows[0]!["changes"]).toEqual(plain.rows[0]!["changes"]);
    expect(mended.rows[0]!["changes"]).toHaveLength(1);
    expect(mended.tally.counts.changes).toEqual({ "close-fence": 1 });
  });
});
