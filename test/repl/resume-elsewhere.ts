/** A script that resumes a saved state in another process, and prints the result of one block. */
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { readSnapshot } from "../../src/repl/pool/state-file.ts";

const [folder = "", name = "", code = ""] = process.argv.slice(2);
const pool = new PyodideReplPool();
const repl = await pool.acquire();
await repl.restore(await readSnapshot(folder, name), () => Promise.resolve({ replies: ["from elsewhere"] }));
const { block } = await repl.exec(code, { timeoutMs: 5000, maxOutputChars: 2000 });
console.log(block.value ?? block.exception);
await pool.close();
