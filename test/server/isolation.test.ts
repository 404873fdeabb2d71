/** Two sessions on one server, each of which tries to see the other: variables, contexts, files and tapes. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { recordingOf } from "../../src/replay/recording-of-record.ts";
import { type Client, connect, post, type Serving, serving } from "./serving.ts";

/** Of one worker: what one session leaves in an interpreter, the other one would find. */
const repls = new PyodideReplPool({ size: 1 });
const SECRET = "hidden-7";
let server: Serving;
let mine: Client;
let yours: Client;

beforeAll(async () => {
  server = await serving(repls);
  [mine, yours] = [await connect(server.url), await connect(server.url)];
  await mine.ask("reset", { seed: 11, episode_id: "mine" });
  await yours.ask("reset", { seed: 12, episode_id: "yours" });
  await mine.run(`secret = "${SECRET}"
import builtins, os, re, sys, types
builtins.leak = re.leak = secret
os.environ["LEAK"] = secret
sys.modules["leak"] = types.ModuleType(secret)
for folder in ("/tmp", "/home", "/", os.getcwd()):
    try:
        open(os.path.join(folder, "leak"), "w").write(secret)
    except OSError:
        pass
said = llm_query("Repeat: " + secret)`);
});
afterAll(async () => {
  await server.closeNow();
  await repls.close();
});

/** The value of an expression in the other session. */
async function seen(code: string): Promise<unknown> {
  const { data } = await yours.run(code);
  return (data.observation!.results as { value: string }[])[0]?.value;
}

describe("a session", () => {
  it("sees no variable of another", async () => {
    const look = `import builtins, os, re, sys
[name for name in ("secret", "said") if name in globals()], hasattr(builtins, "leak"), hasattr(re, "leak"), "LEAK" in os.environ, "leak" in sys.modules`;
    expect(await seen(look)).toBe("([], False, False, False, False)");
  });

  it("sees no file of another", async () => {
    const look = `import os
[name for folder in ("/tmp", "/home", "/", os.getcwd()) for name in os.listdir(folder) if "leak" in name]`;
    expect(await seen(look)).toBe("[]");
  });

  it("sees its own context and no part of another's", async () => {
    const theirs = await mine.run("import hashlib; hashlib.sha256(context.encode()).hexdigest()");
    const hash = await seen("import hashlib; hashlib.sha256(context.encode()).hexdigest()");
    expect(theirs.data.observation?.results).not.toEqual([expect.objectContaining({ value: hash })]);
    const needle = await mine.run('import re; re.search(r"magic numbers? for (.+?) is", context).group(1)');
    const [{ value }] = needle.data.observation!.results as [{ value: string }];
    expect(await seen(`${value} in context`)).toBe("False");
  });

  it("finds nothing of another's calls, in the interpreter or in its own tape", async () => {
    const everywhere = `import gc, sys
found = [type(thing).__name__ for thing in gc.get_objects() if type(thing) in (dict, list, tuple) and thing is not globals() and "hidden-" + str(7) in repr(thing)[:100000]]
len(found)`;
    expect(await seen(everywhere)).toBe("0");
    const own = await mine.run(everywhere);
    expect(own.data.observation?.results).not.toEqual([expect.objectContaining({ value: "0" })]);
    await yours.run('llm_query("Repeat: something else")');
    await Promise.all([mine.ask("step", { answer: "x" }), yours.ask("step", { answer: "x" })]);
    const of = (id: string) => server.records.find(({ rolloutId }) => rolloutId === id)!;
    expect(JSON.stringify(of("mine"))).toContain(SECRET);
    expect(JSON.stringify(of("yours"))).not.toContain(SECRET);
    expect(JSON.stringify(recordingOf(of("yours")))).not.toContain(SECRET);
  });

  it("is not reached by guessing at the name of another", async () => {
    const begun = await post(`${server.url}/reset`, { seed: 1, episode_id: "http" });
    const id = begun.headers.get("x-session-id")!;
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    for (const guess of ["mine", "../mine", id.slice(1), `${id}x`, "__proto__", "constructor"]) {
      const headers = { "x-session-id": guess };
      expect((await post(`${server.url}/step`, { action: { code: "1" } }, headers)).status).toBe(404);
    }
  });
});
