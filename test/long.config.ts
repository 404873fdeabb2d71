/** The tests that take long, such as escape probes, fuzz, training, and the viewer in a browser. */
import { defineConfig } from "vitest/config";
import usual, { LONG } from "../vitest.config.ts";

export default defineConfig({
  test: {
    ...usual.test,
    include: LONG,
    exclude: ["dist/**", "node_modules/**"],
  },
});
