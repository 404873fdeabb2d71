/** What this package installs: each with a hash, under a licence that is allowed. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isAllowed, LOCKS, problemsOf } from "../../tools/check-dependencies.js";

const good = {
  version: "1.0.0",
  resolved: "https://registry/a.tgz",
  integrity: "sha512-AAAA",
  license: "MIT",
};

describe("the packages that are installed", () => {
  it.each(LOCKS)("come with integrity hashes and licences that are allowed: %s", (name) => {
    const lock = readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");
    expect(problemsOf(JSON.parse(lock) as Parameters<typeof problemsOf>[0])).toEqual([]);
  });

  it.each([
    ["no hash", { integrity: "" }, "a 1.0.0: no integrity hash"],
    ["a hash of a broken kind", { integrity: "sha1-AAAA" }, "a 1.0.0: no integrity hash"],
    [
      "a source beside the registry",
      { resolved: "git+ssh://host/a" },
      "a 1.0.0: it does not come from a registry over https",
    ],
    ["copyleft", { license: "GPL-3.0-only" }, "a 1.0.0: licence GPL-3.0-only"],
    ["no licence", { license: "" }, "a 1.0.0: licence unknown"],
  ])("are refused with %s", (_, parts, problem) => {
    expect(problemsOf({ packages: { "": {}, "node_modules/a": { ...good, ...parts } } })).toEqual([problem]);
  });

  it("may be under one of several licences, and must be under all of a sum", () => {
    expect(["(MIT OR GPL-3.0-only)", "Apache-2.0 AND MIT"].map(isAllowed)).toEqual([true, true]);
    expect(["MIT AND GPL-3.0-only", "", "SEE LICENSE IN LICENSE"].map(isAllowed)).toEqual([
      false,
      false,
      false,
    ]);
  });

  it("are none at all only in a lock file that is not one", () => {
    expect(problemsOf({})).toEqual(["the lock file holds no packages"]);
  });
});
