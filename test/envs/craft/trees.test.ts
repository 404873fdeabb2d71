/** Random trees of delegation over one workshop: what holds for the inventory that they share, for forks, and for replays. */
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { craft } from "../../../envs/craft/craft.ts";
import { assemble } from "../../../src/env/assemble.ts";
import type { RLMEnv } from "../../../src/env/env.ts";
import { rolloutEpisode } from "../../../src/episode/rollout.ts";
import { scriptedPolicy } from "../../../src/policies/strategies/scripted.ts";
import { PyodideReplPool } from "../../../src/repl/pyodide/pool.ts";
import { replayEpisode } from "../../../src/replay/replay.ts";
import type { Trajectory } from "../../../src/trajectory.ts";
import type { Json, JsonObject } from "../../../src/types.ts";

const repls = new PyodideReplPool({ size: 2 });
afterAll(() => repls.close());

/** How many trees are made: few in the usual tests, and many in the long ones. */
const RUNS = Number(process.env["DELEGATION_TREES"] ?? 2);

/** Does what a plan says: crafts, looks, and hands plans to children, whom it waits for at once, later, or never. */
const doing = (plan: string) => `
handles = []
def make(at):
    # Goes down from what is wanted to what can be made now.
    name = wanted[at % len(wanted)] if wanted else None
    while name:
        recipe = get_info([name])[0]["recipes"][0]
        made = craft(recipe["ingredients"], (name, recipe["result_count"]))
        print(made[:60])
        below = [i["item"] for i in get_info(sorted(recipe["ingredients"])) if i["can_craft"]]
        name = below[at % len(below)] if below and made.startswith("Error:") else None
import json, re
wanted = [w for w in re.findall(r"\\w+_i\\d+", ${plan === "context" ? '" ".join(context["wanted"])' : "str(context)"})]
plan = ${plan === "context" ? 'context["plan"]' : plan}
for op in plan:
    try:
        if op["kind"] == "craft": make(op["at"])
        elif op["kind"] == "view": print(len(view_inventory()))
        elif op["kind"] == "ask": print(rlm_query("go", {"plan": op["plan"], "wanted": wanted}))
        elif op["kind"] == "batch": print(rlm_query_batched(["go"] * len(op["plans"]), [{"plan": p, "wanted": wanted} for p in op["plans"]]))
        elif op["kind"] == "start": handles.append(rlm_start("go", {"plan": op["plan"], "wanted": wanted}))
        elif handles: handles[op["at"] % len(handles)].result()
    except RuntimeError as error: print(type(error).__name__)
print(view_inventory())`;

const child = scriptedPolicy("hand", function* () {
  yield { code: doing("context") };
  yield { code: 'FINAL("done")' };
});

type Plan = readonly JsonObject[];
const { plan } = fc.letrec<{ plan: Plan; op: JsonObject }>((tie) => ({
  plan: fc.array(tie("op"), { maxLength: 4 }),
  op: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.record({ kind: fc.constantFrom("craft", "craft", "view", "result"), at: fc.nat(5) }),
    fc.record({ kind: fc.constantFrom("ask", "start"), plan: tie("plan") }),
    fc.record({ kind: fc.constant("batch"), plans: fc.array(tie("plan"), { minLength: 1, maxLength: 3 }) }),
  ) as fc.Arbitrary<JsonObject>,
}));

const opened = await craft.open({ depth: 4 }, 0);
const problem = await opened.problems.at!(0);

function workshop(): RLMEnv {
  return assemble("craft", opened, {
    repls,
    maxDepth: 3,
    childPolicy: () => child,
    limits: { maxTurns: 12 },
  });
}

const inPython = (value: Json) => `json.loads(${JSON.stringify(JSON.stringify(value))})`;

type Counts = Readonly<Record<string, number>>;

/** The calls of the whole tree in the order in which they changed the world. */
const callsIn = (record: Trajectory): Trajectory["toolCalls"] =>
  [...record.toolCalls, ...record.children.flatMap(callsIn)].toSorted(
    (a, b) => (a.worldCall ?? 0) - (b.worldCall ?? 0),
  );

/** The inventory after all crafts that succeeded, worked out apart from the world. */
function inventoryAfter(begun: Counts, calls: Trajectory["toolCalls"]): Counts {
  const held = new Map(Object.entries(begun));
  for (const { name, args, result } of calls) {
    if (name !== "craft" || typeof result !== "string" || result.startsWith("Error:")) continue;
    const { ingredients, target } = args as { ingredients: Counts; target: [string, number] };
    for (const [item, count] of Object.entries(ingredients)) {
      const left = (held.get(item) ?? 0) - count;
      expect(left).toBeGreaterThanOrEqual(0);
      if (left === 0) held.delete(item);
      else held.set(item, left);
    }
    held.set(target[0], (held.get(target[0]) ?? 0) + target[1]);
  }
  return Object.fromEntries(held);
}

const inventoryOf = (state: Json | undefined) => (state as { readonly inventory: Counts }).inventory;

describe("random trees over one workshop", () => {
  const options = { numRuns: RUNS, seed: Number(process.env["DELEGATION_SEED"] ?? 20), endOnFailure: true };

  it("craft as if one after the other, and replay into the same states", async () => {
    let crafts = 0;
    const begun = opened.world!.snapshot(opened.world!.create(problem.task, 0));
    await fc.assert(
      fc.asyncProperty(plan, async (root) => {
        const env = workshop();
        const policy = scriptedPolicy("root", function* () {
          yield { code: doing(inPython(root)) };
          yield { code: 'FINAL("crafted")' };
        });
        const record = await rolloutEpisode(env, { policy, reset: { ...problem, seed: 1 } });
        await env.close();
        expect(record.error).toBeNull();
        const calls = callsIn(record);
        crafts += calls.filter(
          ({ result }) => typeof result === "string" && result.startsWith("Successfully"),
        ).length;
        expect(calls.map(({ worldCall }) => worldCall)).toEqual(calls.map((_, index) => index));
        expect(inventoryAfter(inventoryOf(begun), calls)).toEqual(inventoryOf(record.world!.end));
        const parts = { repls, world: opened.world! };
        const kept = JSON.parse(JSON.stringify(record)) as Trajectory;
        expect((await replayEpisode(kept, problem.task.context, parts)).difference).toBeNull();
      }),
      options,
    );
    expect(crafts).toBeGreaterThan(RUNS / 2);
  }, 600_000);

  it("never see in one fork what another one does", async () => {
    await fc.assert(
      fc.asyncProperty(plan, plan, plan, async (before, own, other) => {
        const env = workshop();
        await env.reset({ ...problem, seed: 1 });
        await env.step({ code: `import json\n${doing(inPython(before))}` });
        const waiting = "for h in handles:\n    try: h.result()\n    except RuntimeError: pass";
        await env.step({ code: waiting });
        const fork = await env.fork();
        const look = { code: "print(view_inventory())" };
        const shown = async (one: RLMEnv, code: string) => {
          const { observation } = await one.step({ code });
          return observation.results[0]!.stdout;
        };
        const seen = await shown(env, look.code);
        await shown(fork, `${doing(inPython(other))}\n${waiting}`);
        expect(await shown(env, look.code)).toBe(seen);
        const held = await shown(fork, look.code);
        await shown(env, `${doing(inPython(own))}\n${waiting}`);
        expect(await shown(fork, look.code)).toBe(held);
        await fork.close();
        await env.close();
      }),
      options,
    );
  }, 600_000);
});
