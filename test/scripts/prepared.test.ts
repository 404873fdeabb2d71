/** What the build has prepared for lines that always print the same. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { HELP_WIDTH, PREPARED, preparedText } from "../../scripts/prepared.ts";
import { rlmGym, rlmGymProcess, ROOT } from "./command.ts";

test.each(Object.entries(PREPARED))("%s is prepared as it would be printed", async (line, file) => {
  const prepared = await readFile(join(ROOT, "dist/scripts/prepared", file), "utf8");
  const { code, stdout } = await rlmGym(line.split(" "));
  expect([code, prepared]).toEqual([0, stdout]);
});

test("the command prints what is prepared", async () => {
  const { code, stdout } = await rlmGymProcess(["envs"]);
  expect([code, stdout]).toEqual([0, await readFile(join(ROOT, "dist/scripts/prepared/envs.txt"), "utf8")]);
});

test("other lines, narrow terminals and a source tree without a build have nothing prepared", () => {
  expect(preparedText(["envs", "--help"])).toBeNull();
  expect(preparedText(["constructor"])).toBeNull();
  expect(preparedText(["--help"], HELP_WIDTH - 1)).toBeNull();
  expect(preparedText(["--help"])).toBeNull();
});
