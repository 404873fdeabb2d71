/** The check that everything the package exports has a doc comment. */
import { cp, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT, run } from "../scripts/command.ts";

it("names an export without a doc comment, however it reaches the entry", async () => {
  const folder = await mkdtemp(join(tmpdir(), "rlm-gym-docs-"));
  await mkdir(join(folder, "src"));
  await cp(join(ROOT, "tools/check-docs.js"), join(folder, "check-docs.js"));
  await writeFile(
    join(folder, "package.json"),
    JSON.stringify({ type: "module", exports: { ".": { default: "./dist/index.js" } } }),
  );
  await writeFile(
    join(folder, "index.ts"),
    'export * from "./src/a.ts";\nexport { type B, c as d } from "./src/b.ts";\n',
  );
  await writeFile(
    join(folder, "src/a.ts"),
    "/** Told. */\nexport const a = 1;\n\nexport interface Bare {}\n",
  );
  await writeFile(
    join(folder, "src/b.ts"),
    "/** Told. */\nexport type B = string;\nexport function c() {}\nfunction own() {}\n",
  );
  const { code, stderr } = await run(process.execPath, ["check-docs.js"], { cwd: folder });
  expect(code).toBe(1);
  expect(stderr.trim().split("\n").slice(0, -1)).toEqual(["src/a.ts: Bare", "src/b.ts: c"]);
});
