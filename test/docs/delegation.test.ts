/** The worked examples of `docs/delegation.md` are those that its program plays, and print what the page shows. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT, run } from "../scripts/command.ts";

it("prints what the page shows for each example", async () => {
  const page = readFileSync(join(ROOT, "docs/delegation.md"), "utf8").split("## Worked examples")[1]!;
  const file = join(ROOT, "docs/examples/delegation.ts");
  const program = readFileSync(file, "utf8");
  const shown = [...page.matchAll(/```python\n([^]*?)```\n\n```text\n([^]*?)```/g)];
  expect(shown.length).toBe(program.match(/: `$/gm)!.length);
  const { code, stdout } = await run(process.execPath, [join(ROOT, "node_modules/tsx/dist/cli.mjs"), file]);
  expect(code).toBe(0);
  const printed = stdout.split(/^# .*$/m).slice(1);
  for (const [index, [, python, text]] of shown.entries()) {
    expect(program).toContain(`\n${python!.trimEnd()}\``);
    expect(printed[index]!.trim()).toBe(text!.trim());
  }
});
