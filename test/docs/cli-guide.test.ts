import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { environments } from "../../envs/registry.ts";
import { cliGuide } from "../../tools/cli-guide.ts";
import { rlmGym, ROOT } from "../scripts/command.ts";

async function help(args: readonly string[]): Promise<string> {
  const { code, stdout } = await rlmGym([...args, "--help"]);
  expect({ args, code }).toEqual({ args, code: 0 });
  return stdout;
}

describe("docs/cli.md", () => {
  it("holds the help of every verb as it is now (npm run docs:cli writes it anew)", async () => {
    const names = environments.map(({ name }) => name);
    const page = await cliGuide(help, names);
    expect(readFileSync(join(ROOT, "docs/cli.md"), "utf8")).toBe(page);
  });

  it("is made of the verbs that the help lists, with those below a verb, and of the environments' options", async () => {
    const texts: Record<string, string> = {
      "": "Commands:\n  rlm-gym data     files\n  rlm-gym play <x>  an episode\n",
      data: "rlm-gym data\n\nCommands:\n  rlm-gym data show <file>  a file\n",
      "data show": "rlm-gym data show <file>",
      play: "rlm-gym play <x>\n\nOptions:\n  --help  Show help\n  --far   further\n\nExamples:\n  rlm-gym play x  an episode",
      "rollout maze": "Options of maze:\n  --size  fields\n\nOptions:\n",
    };
    const page = await cliGuide(async (args) => texts[args.join(" ")]!, ["maze"]);
    expect(page.match(/^##.*$/gm)).toEqual([
      "## data",
      "### data show",
      "## play",
      "## Options of the environments",
      "### maze",
      "## Where to read on",
    ]);
    expect(page).toContain("\nOptions:\n  --far   further\n");
    expect(page).toContain("```text\n--size  fields\n```");
  });

  it("refuses a help text that is empty or lacks what is looked for", async () => {
    const listing = "Commands:\n  rlm-gym play  an episode\n";
    const made = (texts: Record<string, string>) =>
      cliGuide(async (args) => texts[args.join(" ")] ?? "", ["maze"]);
    await expect(made({ "": listing })).rejects.toThrow("the help of play is empty");
    await expect(made({ "": listing, play: "p", "rollout maze": "x" })).rejects.toThrow(
      "has no options of maze",
    );
  });
});
