/** What README.md shows, run as it stands there: the example on the built package, the commands by their flags. */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rlmGym, ROOT, run } from "./scripts/command.ts";

/** In the checkout, where the import of "rlm-gym" finds the package's own build. */
const FOLDER = join(ROOT, "runs", "readme-test");
let readme: string;

beforeAll(async () => {
  readme = await readFile(join(ROOT, "README.md"), "utf8");
  await mkdir(FOLDER, { recursive: true });
});
afterAll(() => rm(FOLDER, { recursive: true }));

describe("the README", () => {
  it("has a library example that runs on the built package and ends with a reward above 0", async () => {
    const example = blocks("ts").join("\n");
    const file = join(FOLDER, "example.ts");
    await writeFile(file, `${example}\nconsole.log("REWARD", answered.reward);\n`);
    const { code, stdout, stderr } = await run(process.execPath, ["--import", "tsx", file]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(Number(/REWARD (.+)/.exec(stdout)?.[1])).toBeGreaterThan(0);
  });

  it("shows scripts that the package has, and commands whose flags exist", async () => {
    const shell = blocks("sh").join("\n");
    const { scripts } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(["start", "test"]));
    const commands = [...shell.matchAll(/npx rlm-gym ([^#\n]+)/g)].map(([, words = ""]) =>
      words.trim().split(/ +/),
    );
    expect(commands.flat().filter((word) => word.startsWith("--"))).not.toEqual([]);
    for (const words of commands) {
      const help = (await rlmGym([...words, "--help"])).stdout;
      for (const flag of words.filter((word) => word.startsWith("--"))) expect(help).toContain(`${flag} `);
    }
  });
});

/** The fenced blocks of a language. */
function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(
    ([, text]) => text ?? "",
  );
}
