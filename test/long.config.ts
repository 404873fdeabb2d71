/** The tests that take minutes: escape probes and fuzz of the sandbox, and the recipes of docs/extending.md. */
import { defineConfig } from "vitest/config";
import usual from "../vitest.config.ts";

export default defineConfig({
  test: {
    ...usual.test,
    include: ["test/security/**/*.test.ts", "test/recipes/**/*.test.ts"],
    exclude: ["dist/**", "node_modules/**"],
  },
});
