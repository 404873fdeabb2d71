/** Plays escape probes of a language: each tries to read a secret of the host, or to leave a trace on it. None may succeed. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ReplLanguage } from "../../src/languages/language.ts";
import type { ReplPool } from "../../src/repl/repl.ts";

/** Paths of the host that a probe tries to reach. */
export interface ProbeTargets {
  /** A file with the secret. */
  readonly file: string;
  /** An empty folder, in which a success would leave a trace. */
  readonly folder: string;
}

/** A probe: what it tries, and its code. */
export type Probe = readonly [name: string, code: (targets: ProbeTargets) => string];

/** A block after each probe, to see that the interpreter still serves. */
export interface Check {
  readonly code: string;
  readonly printed: string;
}

const LIMITS = { timeoutMs: 2000, maxOutputChars: 100_000 };
const SECRET = "the-secret-of-the-host-7431";

/** The probes as tests, in threads, and the first few in a process too. */
export function describeProbes(language: ReplLanguage, probes: readonly Probe[], check: Check): void {
  describe.each(["thread", "process"] as const)(`escape probes of ${language.name} in a %s`, (isolation) => {
    let pool: ReplPool;
    let root: string;
    const targets = () => ({ file: path.join(root, "secret.txt"), folder: path.join(root, "traces") });
    beforeAll(() => {
      root = mkdtempSync(path.join(tmpdir(), "rlm-gym-probes-"));
      writeFileSync(path.join(root, "secret.txt"), SECRET);
      mkdtempSync(path.join(root, "traces"));
      process.env["RLM_GYM_PROBED_SECRET"] = SECRET;
      pool = language.openPool({ isolation, maxHeapBytes: 64 * 2 ** 20 });
    });
    afterAll(async () => {
      await pool.close();
      rmSync(root, { recursive: true });
      delete process.env["RLM_GYM_PROBED_SECRET"];
    });

    const played = isolation === "thread" ? probes : probes.slice(0, 8);
    it.each(played.map(([name, code]) => ({ name, code })))("$name", async ({ code }) => {
      const calls: unknown[] = [];
      const before = readdirSync(root);
      const session = {
        context: "the context",
        seed: 1,
        onCall: (call: { readonly prompts: readonly string[] }) => {
          calls.push(call);
          return Promise.resolve({ replies: call.prompts.map(() => "reply") });
        },
      };
      const repl = await pool.acquire();
      try {
        await repl.start(session);
        const { block, answer } = await repl.exec(code(targets()), LIMITS);
        const seen = JSON.stringify([
          block.stdout,
          block.stderr,
          block.value,
          block.exception,
          answer,
          calls,
        ]);
        expect(seen).not.toContain(SECRET);
        expect(seen).not.toMatch(/root:x:0|\/work\/|node_modules|process\.versions/);
        expect(readdirSync(root)).toEqual(before);
        // A block may spoil what its own episode sees, but the interpreter answers, and the next episode sees nothing of it.
        await repl.exec(check.code, LIMITS);
        await repl.start(session);
        const next = await repl.exec(check.code, LIMITS);
        expect(`${next.block.stdout}${next.block.value ?? ""}`).toContain(check.printed);
      } finally {
        await pool.release(repl);
      }
    });
  });
}
