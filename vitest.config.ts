import { defineConfig } from "vitest/config";

/** The tests that take five seconds or more and that a change seldom breaks alone; `npm run test:long` runs them. */
export const LONG = [
  "test/security/**/*.test.ts",
  "test/recipes/**/*.test.ts",
  "test/{datasets,parse}/growth.test.ts",
  "test/datasets/order.test.ts",
  "test/datasets/streamed/*.test.ts",
  "test/datasets/rows/{damaged,rows}.test.ts",
  "test/datasets/s-niah/ruler.test.ts",
  "test/docs/{complete,delegation,evaluations}.test.ts",
  "test/envs/probe.test.ts",
  "test/envs/{craft,evidence}/{craft,evidence}.test.ts",
  "test/episode/delegation/slow-checks.test.ts",
  "test/episode/{hanging-world,old-turns}.test.ts",
  "test/import/giant-names.test.ts",
  "test/languages/*-probes.test.ts",
  "test/languages/everywhere.test.ts",
  "test/models/personas/personas.test.ts",
  "test/optimise/prompt-search.test.ts",
  "test/package.test.ts",
  "test/policies/strategies/{languages,meta,same-prompts}.test.ts",
  "test/queue/hostile-redis.test.ts",
  "test/repl/{process,same-again}.test.ts",
  "test/rollout/processes.test.ts",
  "test/repl/engine/wheels.test.ts",
  "test/replay/{any-bodies,time-over}.test.ts",
  "test/scripts/{encrypted,own-environment,own-policy,own-world,redis-run,secrets,servers,verbose}.test.ts",
  "test/scripts/verbs/{compare,curriculum,optimise-prompt,train}.test.ts",
  "test/train/{languages,learner,move-code,token-training}.test.ts",
  "test/view/{accessible,browser,filters}.test.ts",
];

/** Tests of properties that the usual run tries on a few cases, and the long one on many. */
export const AT_FULL_SIZE = ["test/episode/delegation/trees.test.ts", "test/envs/craft/trees.test.ts"];

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["dist/**", "node_modules/**", ...LONG],
    globalSetup: "test/build.ts",
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // The built package is run as Node runs it.
    server: { deps: { external: [/\/dist\//] } },
    disableConsoleIntercept: true,
    // Files clean up after themselves, so that a worker loads the package once for all it runs.
    isolate: false,
    unstubEnvs: true,
    unstubGlobals: true,
    // Each file may own Pyodide workers, and the machines have few cores.
    maxWorkers: 2,
    maxConcurrency: 2,
  },
});
