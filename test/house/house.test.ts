import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const MOST_FILES = 25;

let house: string;
beforeEach(async () => {
  house = await mkdtemp(path.join(tmpdir(), "rlm-gym-house-"));
});
afterEach(() => rm(house, { recursive: true }));

/** What this project's lint says of a house with these files. */
async function lint(files: Record<string, string>): Promise<string> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.join(house, path.dirname(name)), { recursive: true });
    await writeFile(path.join(house, name), text);
  }
  const config = JSON.parse(await readFile(path.join(ROOT, ".oxlintrc.json"), "utf8")) as object;
  const jsPlugins = [path.join(ROOT, "tools/rooms-lint.js")];
  await writeFile(path.join(house, ".oxlintrc.json"), JSON.stringify({ ...config, jsPlugins }));
  const oxlint = path.join(ROOT, "node_modules/oxlint/bin/oxlint");
  return new Promise((resolve) => {
    execFile(process.execPath, [oxlint], { cwd: house }, (_, stdout, stderr) => resolve(stdout + stderr));
  });
}

const A = "export interface A {\n  readonly a: 1;\n}\n";

test("lint passes a house whose imports point downwards", async () => {
  const said = await lint({
    "src/types.ts": A,
    "src/cost/tokens.ts": 'import type { A } from "../types.ts";\nexport type B = A;\n',
  });
  expect(said).toContain("0 errors");
});

test("lint fails on a circle of types alone", async () => {
  const said = await lint({
    "src/cost/first.ts": 'import type { B } from "./second.ts";\nexport type A = B | 1;\n',
    "src/cost/second.ts": 'import type { A } from "./first.ts";\nexport type B = A | 2;\n',
  });
  expect(said).toContain("import(no-cycle)");
});

test("lint fails on an import that points upwards, of a type, of a value, and a dynamic one", async () => {
  const upward = {
    type: 'import type { A } from "../episode/episode.ts";\nexport type B = A;\n',
    value: 'export { a } from "../../envs/make.ts";\n',
    dynamic: 'export const load = () => import("../train/train.ts");\n',
  };
  for (const [kind, text] of Object.entries(upward)) {
    const said = await lint({ "src/cost/tokens.ts": text });
    expect(said, kind).toContain("imports point downwards, types included");
  }
});

test("lint fails on an import between two rooms of one floor", async () => {
  const said = await lint({ "src/repl/repl.ts": 'export type { A } from "../parse/parse.ts";\n' });
  expect(said).toContain("src/repl imports src/parse, which does not stand below it");
});

test("lint fails on rewards that look at anything but saved records", async () => {
  const said = await lint({ "src/rewards/cost.ts": 'export { a } from "../repl/repl.ts";\n' });
  expect(said).toContain("src/rewards may import");
});

test("lint fails on a room without a floor", async () => {
  const said = await lint({ "src/cost/tokens.ts": 'export { a } from "../attic/box.ts";\n' });
  expect(said).toContain("src/attic/box.ts is in no room");
});

test(`no folder holds more than ${MOST_FILES} files side by side`, async () => {
  for (const top of ["src", "datasets", "envs", "scripts"]) {
    const entries = await readdir(path.join(ROOT, top), { recursive: true, withFileTypes: true });
    const counts = new Map<string, number>();
    for (const { parentPath } of entries.filter((entry) => entry.isFile()))
      counts.set(parentPath, (counts.get(parentPath) ?? 0) + 1);
    expect(counts.size).toBeGreaterThan(0);
    for (const [folder, files] of counts) expect(files, folder).toBeLessThanOrEqual(MOST_FILES);
  }
});
