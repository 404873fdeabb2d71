/** The tests that take long, such as escape probes, fuzz, training, and the viewer in a browser. */
import { defineConfig } from "vitest/config";
import usual, { AT_FULL_SIZE, LONG } from "../vitest.config.ts";

export default defineConfig({
  test: {
    ...usual.test,
    include: [...LONG, ...AT_FULL_SIZE],
    // Random trees of delegation: a few in the usual tests.
    env: { DELEGATION_TREES: "40" },
    exclude: ["dist/**", "node_modules/**"],
  },
});
