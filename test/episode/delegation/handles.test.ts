import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Model } from "../../../src/models/model.ts";
import { callsOfTree } from "../../../src/cost/totals.ts";
import { PyodideReplPool } from "../../../src/repl/pyodide/pool.ts";
import { coding, delegationEnvs, modelThat } from "./delegation-env.ts";

const { envWith, play } = delegationEnvs();

/** Replies in the order in which the prompts say: "2 …" comes after "1 …", whatever was asked first. */
function orderedModel(): Model {
  const waiting = new Map<number, () => void>();
  let next = 1;
  const go = () => {
    waiting.get(next)?.();
  };
  return modelThat(async (prompt) => {
    const rank = Number(/\d+/.exec(prompt)?.[0] ?? 0);
    if (rank === 0) return "ok";
    await new Promise<void>((resolve) => {
      waiting.set(rank, resolve);
      go();
    });
    next += 1;
    setTimeout(go, 5);
    return `reply ${rank}`;
  });
}

const children = { maxDepth: 2, childPolicy: () => coding("FINAL(context + '!')") };
/** A child that only ends if it is ended. */
const endless = { maxDepth: 2, childPolicy: () => coding("while True: pass") };

describe("a handle", () => {
  it("gives what its child answers, as often as it is asked", async () => {
    const code = "h = rlm_start('q', 'c')\nprint(h.result(), h.result(), h.done(), h)";
    const { text, trajectory } = await play(code, children);
    expect(text).toContain("c! c! True <handle 0>");
    expect(trajectory.children[0]!.parent).toMatchObject({ handle: 0, turn: 0 });
    expect(trajectory.unawaited).toBeUndefined();
  });

  it("lets the code work on, over turns, and be told that it is open", async () => {
    const { texts } = await play(["h = rlm_start('q', 'c')\nprint(1)", "print(h.result())"], children);
    expect(texts[0]).toContain("(not yet waited for: handle 0)");
    expect(texts[1]).toContain("c!");
    expect(texts[1]).not.toContain("not yet waited for");
  });

  it("gives a checked value of a sub-call with a schema", async () => {
    const subModels = [modelThat((_, count) => ["?", "[1, 2]"][count]!)];
    const { text, trajectory } = await play("print(sum(llm_start('q', schema={'type': 'array'}).result()))", {
      subModels,
    });
    expect(text).toContain("3");
    expect(trajectory.calls.map(({ handle, repair }) => [handle, repair])).toEqual([
      [0, 0],
      [0, 1],
    ]);
  });

  it("raises the same error each time", async () => {
    const failing = modelThat(() => Promise.reject(new Error("broken")));
    const code = `h = llm_start('q')
for _ in range(2):
    try:
        h.result()
    except RuntimeError as error:
        print(type(error).__name__, error)`;
    const { text } = await play(code, { subModels: [failing] }).catch(() => ({ text: "" }));
    expect(text.match(/SubcallError sub: Error: broken/g) ?? ["", ""]).toHaveLength(2);
  });

  it("can be awaited, alone and by gather, in the order in which calls end", async () => {
    const code = `import asyncio
order = []
async def ask(n):
    reply = await llm_start(f"{n}")
    order.append(n)
    return reply
print(await asyncio.gather(ask(3), ask(1), ask(2)), order)
h = llm_start("4")
print(await h, await h)`;
    const { text, trajectory } = await play(code, { subModels: [orderedModel()] });
    expect(text).toContain("['reply 3', 'reply 1', 'reply 2'] [1, 2, 3]");
    expect(text).toContain("reply 4 reply 4");
    expect(trajectory.turns[0]!.handles).toMatchObject([
      { handle: 1 },
      { handle: 2 },
      { handle: 0 },
      { handle: 3 },
    ]);
  });

  it("can be awaited in the last line by tasks that lines before it created", async () => {
    const code = `import asyncio
async def ask(n):
    return await llm_start(f"{n}")
tasks = [asyncio.create_task(ask(n)) for n in (2, 1)]
await asyncio.gather(*tasks)`;
    const { text, trajectory } = await play(code, { subModels: [orderedModel()] });
    expect(text).toContain("['reply 2', 'reply 1']");
    expect(trajectory.calls.filter(({ purpose }) => purpose === "llm_query")).toHaveLength(2);
    const awaited = code.replace("tasks =", "print(await ask(1))\ntasks =").replace("(2, 1)", "(3, 2)");
    expect((await play(awaited, { subModels: [orderedModel()] })).text).toContain(
      "reply 1\n['reply 3', 'reply 2']",
    );
  });

  it("shows the line of an error in such a block, and none of the engine's", async () => {
    const { text } = await play("import asyncio\nx = 1 / 0\nawait asyncio.sleep(0)");
    expect(text).toContain("line 2, in <module>");
    expect(text).not.toContain("_run_in_loop");
  });

  it("is polled without a rush, and what was seen is recorded", async () => {
    const slow = modelThat(async () => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      return "late";
    });
    const code = "h = llm_start('q')\nn = 0\nwhile not h.done(): n += 1\nprint(n > 0, h.result())";
    const { text, trajectory } = await play(code, { subModels: [slow] });
    expect(text).toContain("True late");
    expect(trajectory.turns[0]!.handles!.at(-1)).toEqual({ handle: 0, ended: true });
    expect(trajectory.turns[0]!.handles!.length).toBeLessThan(4);
  });

  it("waits no longer than asyncio.wait_for says", async () => {
    const code = `import asyncio
try:
    await asyncio.wait_for(rlm_start('q', 'c'), timeout=0.05)
except TimeoutError:
    print("too slow")`;
    const { text, trajectory } = await play(code, endless);
    expect(text).toContain("too slow");
    expect(trajectory.children[0]!.stopReason).toBe("cancelled");
  });
});

describe("a handle that is cancelled", () => {
  it("ends its child and all below it, and says so", async () => {
    const code = `h = rlm_start('q', 'c')
while not h.done() and h.cancel(): break
try:
    h.result()
except HandleError as error:
    print("named:", error, h.cancel())`;
    const { text, trajectory } = await play(code, {
      maxDepth: 3,
      childPolicy: (_, { rolloutId }) =>
        coding(rolloutId.split("#").length === 2 ? "rlm_query('deep', 'c')" : "while True: pass"),
    });
    expect(text).toContain("named: the handle was cancelled False");
    expect(trajectory.children[0]!.stopReason).toBe("cancelled");
    for (const { stopReason } of trajectory.children[0]!.children) expect(stopReason).toBe("cancelled");
  });

  it("keeps all below its child in the record, however long they take to end", async () => {
    const repls = new PyodideReplPool({ graceMs: 50 });
    const deepest = repls.lane(1).lane(2);
    const release = deepest.release.bind(deepest);
    // The child's interpreter is killed long before the child below it has left its own.
    deepest.release = async (repl) => {
      await sleep(500);
      await release(repl);
    };
    let begin = () => {};
    const deepHasBegun = new Promise<void>((resolve) => (begin = resolve));
    const { trajectory } = await play("h = rlm_start('q', 'c')\nwait_for_deep()\nh.cancel()", {
      repls,
      maxDepth: 3,
      tools: {
        wait_for_deep: {
          description: "Waits.",
          parameters: z.object({}),
          run: async () => (await deepHasBegun, 1),
        },
      },
      childPolicy: (_, { rolloutId }) => {
        if (rolloutId.split("#").length === 2) return coding("rlm_query('deep', 'c')");
        begin();
        return coding("while True: pass");
      },
    });
    await repls.close();
    expect(trajectory.children[0]!.children.map(({ stopReason }) => stopReason)).toEqual(["cancelled"]);
  });

  it("ends a sub-call, whose cost is then not known", async () => {
    const silent = modelThat(() => new Promise<string>(() => {}));
    const code = "h = llm_start('q')\nh.done()\nprint(h.cancel())";
    const { text, trajectory } = await play(code, { subModels: [silent] });
    expect(text).toContain("True");
    expect(trajectory.calls[0]).toMatchObject({ handle: 0, usage: null, reply: null });
  });
});

describe("a handle that nobody waits for", () => {
  it("ends with the episode, is named in the record, and its cost counts", async () => {
    const { trajectory } = await play("rlm_start('q', 'c')\nllm_start('x')\nFINAL('done')", endless);
    expect(trajectory.answer?.text).toBe("done");
    expect(trajectory.unawaited).toEqual([0, 1]);
    expect(trajectory.children.map(({ stopReason }) => stopReason)).toEqual(["cancelled"]);
    expect(callsOfTree(trajectory).filter(({ handle }) => handle === 1)).toHaveLength(1);
  });

  it("leaves nothing running after the environment is closed", async () => {
    let aborted = 0;
    const silent: Model = {
      ...modelThat(() => ""),
      complete: (_, options) =>
        new Promise((_resolve, reject) => {
          options?.signal?.addEventListener("abort", () => {
            aborted += 1;
            reject(new Error("aborted"));
          });
        }),
    };
    const env = envWith({ subModels: [silent] });
    await env.reset({ seed: 1 });
    await env.step({ code: "for i in range(3): llm_start(str(i))" });
    await env.close();
    expect(aborted).toBe(3);
  });

  it("cannot be shared by a fork", async () => {
    const env = envWith({ subModels: [modelThat(() => new Promise<string>(() => {}))] });
    await env.reset({ seed: 1 });
    await env.step({ code: "h = llm_start('q')" });
    await expect(env.fork()).rejects.toThrow("fork: nobody has waited for handle 0 yet");
    await env.close();
  });
});

describe("waits", () => {
  it("that wait for each other are a named error", async () => {
    const code = `import asyncio
async def first():
    return await tasks[1]
async def second():
    return await tasks[0]
async def main():
    tasks.extend([asyncio.ensure_future(first()), asyncio.ensure_future(second())])
    return await tasks[0]
tasks = []
try:
    asyncio.run(main())
except HandleError as error:
    print("named:", error)`;
    const { text } = await play(code);
    expect(text).toContain("named: all coroutines wait for each other");
  });

  it("for a handle of another episode are a named error, and handles cannot be handed on", async () => {
    const code = `h = llm_start('q')
h._id = 7
try:
    h.result()
except HandleError as error:
    print("named:", error)
try:
    rlm_query('q', h)
except TypeError as error:
    print(error)`;
    const { text } = await play(code);
    expect(text).toContain("named: there is no handle 7 in this episode");
    expect(text).toContain("context must be a str, a list, a dict or a number, not Handle");
  });
});

describe("what a started call holds", () => {
  it("is a part of what is left, and comes back when its end is seen", async () => {
    const parts = { ...children, limits: { maxTokens: 100_000 }, budgetView: "function" as const };
    const code = `before = BUDGET()["tokens"]
h = rlm_start('q', 'c', budget=40000)
during = BUDGET()["tokens"]
try:
    rlm_query('big', 'c', budget=70000)
except GrantError as error:
    print(error)
h.result()
print(before - during, BUDGET()["tokens"] > during)`;
    const { text } = await play(code, parts);
    expect(text).toContain("a grant of 70000 tokens was asked for, and");
    expect(text).toContain("40000 True");
  });

  it("does not end its parent, which waits for it if nothing else is left", async () => {
    const { texts, trajectory } = await play(
      ["h = rlm_start('q', 'c', budget=BUDGET()['tokens'])", "print(h.done(), h.result())"],
      { ...children, limits: { maxTokens: 100_000 }, budgetView: "function" as const },
    );
    expect(texts[1]).toContain("True c!");
    expect(trajectory.stopReason).toBe("max_turns");
  });

  it.each([["maxChildrenAtOnce"]])("waits for its turn under %s", async (limit) => {
    let [playing, most] = [0, 0];
    const model = modelThat(async (prompt) => {
      most = Math.max(most, ++playing);
      await new Promise((resolve) => setTimeout(resolve, 10));
      playing -= 1;
      return prompt;
    });
    const code =
      "hs = [rlm_start(str(i), 'c', budget=20000) for i in range(4)]\nprint([h.result() for h in hs])";
    const { text } = await play(code, {
      maxDepth: 2,
      subModels: [model],
      childPolicy: () => coding("FINAL(llm_query('x'))"),
      limits: { [limit]: 1 },
    });
    expect(text).toContain("['x', 'x', 'x', 'x']");
    expect(most).toBe(1);
  });
});
