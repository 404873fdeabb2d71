import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Those of `npm run test:long` take minutes.
    exclude: ["dist/**", "node_modules/**", "test/security/**", "test/recipes/**"],
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
