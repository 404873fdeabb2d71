/** One warm REPL pool for a test file, and everything that was sent through it. */
import { PyodideReplPool } from "../src/repl/pyodide/pool.ts";
import type { Repl, ReplPool } from "../src/repl/repl.ts";

/** What goes to a worker, in order: sessions, code, and the host's replies. */
export type Sent = { readonly kind: "start" | "exec" | "reply"; readonly value: unknown };

export function sharedPool(): { pool: ReplPool; recorded: Sent[] } {
  const pool = new PyodideReplPool();
  const recorded: Sent[] = [];
  const lent = new Map<Repl, Repl>();
  return {
    recorded,
    pool: {
      acquire: async (options) => {
        const repl = await pool.acquire(options);
        const recording = record(repl, recorded);
        lent.set(recording, repl);
        return recording;
      },
      release: async (recording) => {
        const repl = lent.get(recording);
        lent.delete(recording);
        if (repl) await (pool as ReplPool).release(repl);
      },
      close: () => pool.close(),
    },
  };
}

function record(repl: Repl, recorded: Sent[]): Repl {
  return {
    start: (session) => {
      recorded.push({ kind: "start", value: { context: session.context, seed: session.seed } });
      const onCall: typeof session.onCall = async (call) => {
        const reply = await session.onCall(call);
        recorded.push({ kind: "reply", value: reply });
        return reply;
      };
      return repl.start({ ...session, onCall });
    },
    exec: (code, options) => {
      recorded.push({ kind: "exec", value: code });
      return repl.exec(code, options);
    },
    close: () => repl.close(),
  };
}
