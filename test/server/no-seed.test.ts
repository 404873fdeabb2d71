/** What a client sees of an episode tells no seed, and workers in processes serve as threads do. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { connect, type Serving, serving } from "./serving.ts";

const repls = new PyodideReplPool({ size: 1, isolation: "process" });
let server: Serving;
beforeAll(async () => {
  server = await serving(repls);
});
afterAll(async () => {
  await server.closeNow();
  await repls.close();
});

describe("a session whose Python runs in a process", () => {
  it("plays an episode; its state and observations hold neither seed nor task id", async () => {
    const client = await connect(server.url);
    const begun = await client.ask("reset", { episode_id: "e", seed: 8_675_309_421_337 });
    const ran = await client.run("kept = 41\nlen(context) > 0, kept + 1");
    expect((ran.data.observation!.results as { value: string }[])[0]?.value).toBe("(True, 42)");
    const state = await client.ask("state");
    const ended = await client.ask("step", { answer: "x" });
    expect(ended.data.done).toBe(true);
    const [record] = server.records;
    expect(record).toMatchObject({ status: "ok" });
    const shown = JSON.stringify([begun, ran, state, ended]);
    expect(record!.seed).toBe(8_675_309_421_337);
    expect(shown).not.toContain("8675309421337");
    expect(shown).not.toContain(record!.task.id);
    expect(state.data["task_id"]).toMatch(/^[0-9a-f]{16}$/);
    expect(Object.keys(state.data).filter((key) => key.includes("seed"))).toEqual([]);
    await client.close();
  });

  it("survives code that kills its process, and the next session finds nothing of it", async () => {
    const client = await connect(server.url);
    await client.ask("reset", { seed: 2 });
    await client.run("mine = 1\nimport os; os._exit(1)");
    const after = await client.run("'mine' in globals(), 1 + 1");
    expect((after.data.observation!.results as { value: string }[])[0]?.value).toMatch(/, 2\)$/);
    await client.close();
    const next = await connect(server.url);
    await next.ask("reset", { seed: 3 });
    const seen = await next.run("'mine' in globals()");
    expect((seen.data.observation!.results as { value: string }[])[0]?.value).toBe("False");
    await next.close();
  });
});
