import { defineConfig } from "vitest/config";

/** The tests that take long; `npm run test:long` runs them. */
export const LONG = [
  "test/security/**/*.test.ts",
  "test/recipes/**/*.test.ts",
  "test/view/browser.test.ts",
  "test/package.test.ts",
  "test/repl/engine/wheels.test.ts",
  "test/scripts/servers.test.ts",
  "test/scripts/train.test.ts",
  "test/train/token-training.test.ts",
  "test/queue/hostile-redis.test.ts",
  "test/datasets/rows/damaged.test.ts",
];

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
