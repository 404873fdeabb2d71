/** The built package as others import it: what its entries load, and what they say where an optional package is missing. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { OPTIONAL_PACKAGES } from "../src/optional-packages.ts";
import { ROOT, run } from "./scripts/command.ts";

/** Prints the URL of every module that is loaded, and finds none of the missing packages. */
const hooks = (missing: readonly string[]) => `
export async function resolve(name, context, next) {
  if (${JSON.stringify(missing)}.includes(name))
    throw Object.assign(new Error("Cannot find package '" + name + "' imported from here"), { code: "ERR_MODULE_NOT_FOUND" });
  return next(name, context);
}
export async function load(url, context, next) {
  console.error("loaded " + url);
  return next(url, context);
}`;
const toUrl = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`;
const HEAVY = /node_modules\/(?:@tensorflow|vega|vega-lite|@resvg|fastify|@fastify|prom-client)\//;

async function importing(name: string, missing: readonly string[] = []) {
  const code = `import(${JSON.stringify(name)}).then((found) => console.log(Object.keys(found).join(" ")), (error) => console.log("FAILED", error.name, error.message))`;
  const register = `import { register } from "node:module"; register(${JSON.stringify(toUrl(hooks(missing)))});`;
  return run(process.execPath, ["--import", toUrl(register), "-e", code]);
}

const manifest = async () => {
  const text = await readFile(join(ROOT, "package.json"), "utf8");
  return JSON.parse(text) as {
    exports: Record<string, unknown>;
    dependencies: Record<string, string>;
    peerDependenciesMeta: Record<string, { optional?: boolean }>;
  };
};

describe("the package", () => {
  it("loads neither TensorFlow.js nor vega, resvg or fastify where rlm-gym alone is imported", async () => {
    const { stdout, stderr } = await importing("rlm-gym");
    expect(stdout).toContain("rollout");
    expect(stderr).toContain("loaded file:");
    expect(stderr.split("\n").filter((line) => HEAVY.test(line))).toEqual([]);
  });

  it("has an entry for each part, each of which can be imported", async () => {
    const names = Object.keys((await manifest()).exports).filter((name) => /^\.\/\w+$/.test(name));
    expect(names).toEqual(expect.arrayContaining(["./train", "./server", "./export", "./rewards"]));
    for (const name of names) {
      const { stdout } = await importing(`rlm-gym${name.slice(1)}`);
      expect(stdout, name).not.toContain("FAILED");
      expect(stdout.trim().split(" ").length, name).toBeGreaterThan(1);
    }
  });

  it.each([
    ["rlm-gym/train", "@tensorflow/tfjs-core"],
    ["rlm-gym/server", "fastify"],
  ])("says what to install where %s misses %s", async (name, missing) => {
    const { stdout } = await importing(name, [missing]);
    expect(stdout).toMatch(/^FAILED UsageError .*is missing; .*npm install /);
    expect(stdout).toContain(missing);
  });

  it("asks nobody for the packages that only some need", async () => {
    const { dependencies, peerDependenciesMeta } = await manifest();
    for (const spec of Object.values(OPTIONAL_PACKAGES).flat()) {
      const name = spec.slice(0, spec.lastIndexOf("@"));
      expect(peerDependenciesMeta[name]?.optional, name).toBe(true);
      expect(dependencies[name]).toBeUndefined();
    }
  });

  it("can be required, or says what to write instead", async () => {
    const code = `try { console.log(typeof require("rlm-gym").make) } catch (error) { console.log(error.message) }`;
    const { stdout } = await run(process.execPath, ["-e", code]);
    expect(stdout).toMatch(/^function$|"type": "module".*await import\("rlm-gym"\)/m);
  });
});
