/** What screen readers, keyboards and weak eyes need of the viewer, looked up in a browser; skipped where there is no chromium. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ServedPage, servePage } from "../../src/view/serve-page.ts";
import { openRun } from "../../src/view/viewed-run.ts";
import { rlmGym } from "../scripts/command.ts";
import { executablePath, launchBrowser, pageOf } from "./chromium.ts";

const PLACES = ["run/0", "episode/0/0", "audit/0/0", "compare/0/0/1"];
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

describe.skipIf(executablePath === null)("the viewer for everybody", () => {
  let folder: string;
  let browser: Browser;
  let served: ServedPage;
  const complaints: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "rlm-gym-accessible-"));
    const run = join(folder, "run");
    const words = "rollout oolong --policy rlm:2,map-reduce --length 16k --episodes 2 --out".split(" ");
    await rlmGym([...words, run]);
    browser = await launchBrowser();
    served = await servePage([await openRun(run)]);
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function unfolded(place: string, page: Page): Promise<void> {
    await page.goto(`${served.url}#${place}`);
    await page.locator("h1").waitFor();
    await page.evaluate("document.querySelectorAll('details').forEach((folded) => (folded.open = true))");
    await page.waitForTimeout(200);
  }

  it.each(["light", "dark"] as const)(
    "names every control and has text that reads, in %s",
    async (scheme) => {
      const own = await pageOf(browser, complaints, { colorScheme: scheme });
      const look = await readFile(new URL("accessibility.js", import.meta.url), "utf8");
      const faults = () => own.evaluate<string[]>(look);
      for (const place of PLACES) {
        await unfolded(place, own);
        expect({ place, faults: await faults() }).toEqual({ place, faults: [] });
      }
      await own.evaluate(`const main = document.querySelector("main");
      main.append(document.createElement("button"), "weak");
      Object.assign(main.style, { color: "#888", backgroundColor: "#777" });`);
      expect(await faults()).toEqual(
        expect.arrayContaining([
          expect.stringContaining("no name: <button>"),
          expect.stringContaining("contrast 1.2"),
        ]),
      );
      await own.close();
    },
  );

  it.each(["light", "dark"] as const)(
    "breaks no rule of WCAG 2.1 AA that axe knows, in %s",
    async (scheme) => {
      const page = await pageOf(browser, complaints, { colorScheme: scheme });
      const broken = async () => {
        const { violations } = await page.evaluate<AxeResults>(
          `axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] })`,
        );
        return violations.map(({ id, help, nodes }) => [
          id,
          help,
          nodes.length,
          nodes[0]!.html.slice(0, 160),
        ]);
      };
      const found: unknown[] = [];
      for (const place of PLACES) {
        await unfolded(place, page);
        await page.evaluate(await readFile(AXE, "utf8"));
        found.push(...(await broken()).map((one) => [place, ...one]));
      }
      expect(found).toEqual([]);
      await page.evaluate(`document.querySelector("main").append(document.createElement("button"))`);
      expect((await broken()).map(([id]) => id)).toContain("button-name");
      await page.close();
      expect(complaints).toEqual([]);
    },
  );
});
