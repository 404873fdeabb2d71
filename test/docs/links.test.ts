/** Every relative link and anchor of the README and the guides leads somewhere, and every guide is reached from another page. */
import { readdirSync, readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const GUIDES = readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".md"))
  .map((name) => join("docs", name));
const PAGES = ["README.md", "CONTRIBUTING.md", ...GUIDES.toSorted()];

describe("the links of the docs", () => {
  it.each(PAGES)("%s links to files and headings that exist", async (page) => {
    const broken: string[] = [];
    for (const target of relativeLinks(read(page))) {
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? page : relative(ROOT, resolve(ROOT, dirname(page), path));
      const found = await stat(join(ROOT, file)).catch(() => null);
      const isKnown = anchor === undefined || (found?.isFile() && anchorsOf(read(file)).has(anchor));
      if (!found || !isKnown) broken.push(target);
    }
    expect(broken).toEqual([]);
  });

  it("reach every guide from another page", () => {
    const reached = new Set(
      PAGES.flatMap((page) =>
        relativeLinks(read(page)).map((target) =>
          relative(ROOT, resolve(ROOT, dirname(page), target.split("#")[0]!)),
        ),
      ),
    );
    expect(GUIDES.filter((guide) => !reached.has(guide))).toEqual([]);
  });

  it("are told apart from code, addresses and headings that only look like them", () => {
    const page =
      "# A `b`, c!\n[x](y.md#z) ![p](p.svg) [w](https://example.org)\n```sh\n[no](gone.md)\n# no heading\n```\n`[no](gone.md)`\n## A `b`, c!\n";
    expect(relativeLinks(page)).toEqual(["y.md#z", "p.svg"]);
    expect([...anchorsOf(page)]).toEqual(["a-b-c", "a-b-c-1"]);
  });
});

function read(page: string): string {
  return readFileSync(join(ROOT, page), "utf8");
}

/** Targets of links and pictures that name no scheme. */
function relativeLinks(page: string): string[] {
  const prose = withoutBlocks(page).replaceAll(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target!)
    .filter((target) => !/^[a-z][a-z+.-]*:/i.test(target));
}

/** Anchors as GitHub makes them: lower case, without punctuation, spaces as dashes, repeated ones numbered. */
function anchorsOf(page: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading] of withoutBlocks(page).matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const plain = heading!.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const anchor = plain.replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(" ", "-");
    let [name, repeats] = [anchor, 0];
    while (anchors.has(name)) name = `${anchor}-${++repeats}`;
    anchors.add(name);
  }
  return anchors;
}

/** The page without its fenced blocks. */
function withoutBlocks(page: string): string {
  return page.replaceAll(/^ *(```+)[^\n]*\n[\s\S]*?^ *\1 *$/gm, "");
}
