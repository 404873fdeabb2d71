/** A script that runs an episode's blocks, given as JSON, in another process, and prints their results as JSON. */
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";

const [seed = "0", clockMs = "0", blocks = "[]"] = process.argv.slice(2);
const pool = new PyodideReplPool();
const repl = await pool.acquire();
await repl.start({
  context: "c",
  seed: Number(seed),
  clockMs: Number(clockMs),
  onCall: (call) => Promise.resolve({ replies: call.prompts.map(() => "the reply") }),
});
const shown: string[] = [];
for (const code of JSON.parse(blocks) as string[]) {
  const { block } = await repl.exec(code, { timeoutMs: 20_000, maxOutputChars: 4000 });
  shown.push(block.stdout + (block.exception ?? ""));
}
console.log(JSON.stringify(shown));
await pool.close();
