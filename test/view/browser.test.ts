/** The viewer as a person uses it, in a browser that drives it; skipped where there is no chromium. */
import { appendFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ServedPage, servePage } from "../../src/view/serve-page.ts";
import { openRun } from "../../src/view/viewed-run.ts";
import { writePage } from "../../src/view/write-page.ts";
import { RunWriter } from "../../src/runs/run-writer.ts";
import { rlmGym } from "../scripts/command.ts";
import { rewarded } from "../trajectory-fixture.ts";
import { executablePath, launchBrowser, pageOf } from "./chromium.ts";

const PICTURES = process.env.RLM_GYM_PICTURES;
const HOSTILE = `</script><script>window.hacked=1</script><img src=x onerror="window.hacked=1"><svg onload="window.hacked=1">`;

describe.skipIf(executablePath === null)("the viewer in a browser", () => {
  let folder: string;
  let browser: Browser;
  let served: ServedPage;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "rlm-gym-browser-"));
    const run = join(folder, "run");
    const words = [
      "rollout",
      "oolong",
      "--policy",
      "rlm:2,map-reduce",
      "--length",
      "16k",
      "--episodes",
      "2",
      "--out",
      run,
    ];
    await rlmGym(words);
    const hostile = join(folder, "hostile");
    await cp(run, hostile, { recursive: true });
    const records = join(hostile, "trajectories.jsonl");
    const text = await readFile(records, "utf8");
    const written = JSON.stringify(HOSTILE).slice(1, -1);
    for (const key of ["observation", "stdout", "question", "text", "policy"])
      await writeFile(
        records,
        (await readFile(records, "utf8")).replaceAll(`"${key}":"`, `"${key}":"${written}`),
      );
    expect(await readFile(records, "utf8")).not.toBe(text);
    browser = await launchBrowser();
    served = await servePage([await openRun(run), await openRun(hostile)]);
    page = await freshPage();
    if (PICTURES) await mkdir(PICTURES, { recursive: true });
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const freshPage = (options: object = {}) => pageOf(browser, complaints, options);
  const picture = async (name: string, of = page) => {
    if (PICTURES) await of.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
  };
  const at = async (place: string, of = page) => {
    await of.goto(`${served.url}#${place}`);
    await of.locator("h1").waitFor();
  };

  it("opens a run, draws it and filters its table", async () => {
    await at("run/0");
    await page.getByText("4 of 4 episodes shown").waitFor();
    expect(await page.locator("figure").count()).toBe(5);
    await picture("run");
    await page.getByLabel("policy", { exact: true }).selectOption("map-reduce");
    await page.getByText("2 of 4 episodes shown").waitFor();
    await page.getByRole("searchbox").fill("no such text");
    await page.getByText("0 of 4 episodes shown").waitFor();
    await page.getByRole("button", { name: "clear" }).click();
    await page.getByText("4 of 4 episodes shown").waitFor();
  });

  it("is moved through by keys", async () => {
    await page.getByRole("grid").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "turn 1", exact: false }).first().waitFor();
    await page.keyboard.press("u");
    await page.getByRole("grid").waitFor();
  });

  it("unfolds a child and a call of it", async () => {
    await at("run/0");
    await page.getByLabel("policy", { exact: true }).selectOption("rlm:2");
    await page.locator(".space .row").first().click();
    const child = page.locator("details.child").first();
    await child.locator("> summary").click();
    await child.getByText("turn 1", { exact: false }).first().waitFor();
    await child.locator(".asked details").first().locator("> summary").click();
    await child.getByText("prompt", { exact: true }).first().waitFor();
    await picture("episode");
  });

  it("reads the context where it was covered, turn by turn", async () => {
    const strip = page.getByRole("slider", { name: /the context of/ });
    expect(await strip.locator("rect.asked").count()).toBeGreaterThan(0);
    await page.getByRole("slider", { name: /coverage after/ }).fill("0");
    expect(await strip.locator("rect.asked").count()).toBe(0);
    await page.getByRole("slider", { name: /coverage after/ }).fill("4");
    await strip.click();
    await page.getByLabel("text of the context").waitFor();
    expect(await page.getByLabel("text of the context").textContent()).toContain("Instance:");
    await picture("context");
  });

  it("follows the audit trail to the bytes of a slice", async () => {
    await page.getByRole("link", { name: "audit trail" }).click();
    await page.getByRole("heading", { name: "from the answer back" }).waitFor();
    expect(await page.locator(".slices > li").count()).toBeGreaterThan(1);
    await page
      .locator(".slices")
      .getByText(/bytes \d+–\d+/)
      .first()
      .waitFor();
    await picture("audit");
  });

  it("sets two rollouts of a task side by side", async () => {
    await page.getByRole("link", { name: "the episode" }).click();
    await page
      .getByRole("navigation", { name: "rollouts of the same task" })
      .getByRole("link")
      .first()
      .click();
    await page.getByText(/they are the same up to turn|no turn differs/).waitFor();
    expect(await page.locator(".pair").count()).toBeGreaterThan(2);
    // What is the same in both is folded.
    expect(await page.locator(".pair[open]").count()).toBe(await page.locator(".differing").count());
    await picture("side-by-side");
  });

  it("sets a branch beside the rollout that it was branched from", async () => {
    const branch = join(folder, "branch");
    await rlmGym(
      ["replay", join(folder, "run"), "--from-turn", "1", "--policy", "map-reduce"].concat(["--out", branch]),
    );
    const own = await servePage([await openRun(join(folder, "run")), await openRun(branch)]);
    try {
      await page.goto(`${own.url}#episode/1/0`);
      await page.getByRole("link", { name: "beside the rollout that it was branched from" }).click();
      await page.getByText(/is a branch of .*: its turns up to 1 are from there/).waitFor();
      await picture("branch");
    } finally {
      await own.close();
    }
  });

  it("shows what a run writes while it goes on", async () => {
    const growing = join(folder, "growing");
    const writer = await RunWriter.create(growing, { version: "0", seed: 0, config: {}, planned: 2 });
    await writer.append(rewarded({ rolloutId: "the-first" }), "text", null);
    const own = await servePage([await openRun(growing)]);
    try {
      await page.goto(own.url);
      await page.getByText("running · 1 of 2 episodes").waitFor();
      await writer.append(rewarded({ rolloutId: "the-second" }), "text", null);
      await page.getByText("the-second").waitFor();
      await writer.close("finished");
      await page.getByText("finished · 2 of 2 episodes").waitFor();
    } finally {
      await own.close();
    }
  });

  it("goes to the turn from which the right answer stood", async () => {
    await at("run/0");
    await page.getByLabel("score", { exact: true }).selectOption("right (1)");
    await page.locator(".space .row").first().click();
    await page.locator(".turn .right").waitFor();
    await page.keyboard.press("r");
    expect(await page.evaluate("document.activeElement.matches('.turn:has(.right)')")).toBe(true);
    await at("run/0");
    await page.getByRole("button", { name: "clear" }).click();
  });

  it("keeps few of 10,000 rows in the page, and scrolls to the last", async () => {
    const large = join(folder, "large");
    await (
      await RunWriter.create(large, { version: "0", seed: 0, config: {}, planned: 10_000 })
    ).close("finished");
    const lines = Array.from(
      { length: 10_000 },
      (_, i) => `${JSON.stringify(rewarded({ rolloutId: `rollout-${i}` }))}\n`,
    );
    await appendFile(join(large, "trajectories.jsonl"), lines.join(""));
    const own = await servePage([await openRun(large)]);
    try {
      await page.goto(own.url);
      await page.getByText("10000 of 10000 episodes shown").waitFor();
      expect(await page.locator(".space .row").count()).toBeLessThan(100);
      await page.getByRole("grid").focus();
      await page.keyboard.press("End");
      await page.getByText("rollout-9999").waitFor();
      expect(await page.locator(".space .row").count()).toBeLessThan(100);
    } finally {
      await own.close();
    }
  });

  it("shows the gold only when it is asked for", async () => {
    await at("episode/0/0");
    expect(await page.getByText("gold", { exact: true }).count()).toBe(0);
    await page.getByRole("button", { name: "show the gold" }).click();
    await page.getByText("gold", { exact: true }).waitFor();
  });

  it("fits a phone, and is readable in the dark", async () => {
    const phone = await freshPage({ viewport: { width: 390, height: 844 }, colorScheme: "dark" });
    for (const place of ["run/0", "episode/0/0", "audit/0/0", "compare/0/0/1"]) {
      await at(place, phone);
      const wide = await phone.evaluate("document.documentElement.scrollWidth > innerWidth");
      expect({ place, wide }).toEqual({ place, wide: false });
      await picture(`phone-${place.split("/")[0]}`, phone);
    }
    await phone.close();
  });

  it("runs no script that stands in a record", async () => {
    await at("run/1");
    await page.locator(".space .row").first().click();
    await page.locator(".turn").first().waitFor();
    for (const summary of await page.locator("summary").all()) await summary.click();
    await page.getByRole("link", { name: "audit trail" }).click();
    await page.getByRole("heading", { name: "from the answer back" }).waitFor();
    expect(await page.evaluate("window.hacked")).toBeUndefined();
    expect(await page.locator("main img, main script").count()).toBe(0);
  });

  it("writes a file that opens from disk, shows the same, and runs no script of a record either", async () => {
    for (const name of ["run", "hostile"]) {
      const file = join(folder, `${name}.html`);
      await writePage(file, [await openRun(join(folder, name))]);
      const disk = await freshPage({ offline: true });
      await disk.goto(pathToFileURL(file).href);
      await disk.getByText("4 of 4 episodes shown").waitFor();
      await disk.locator(".space .row").first().click();
      await disk.locator(".turn").first().waitFor();
      await disk.getByRole("link", { name: "audit trail" }).click();
      await disk.getByRole("heading", { name: "from the answer back" }).waitFor();
      expect(await disk.evaluate("window.hacked")).toBeUndefined();
      await picture(`file-${name}`, disk);
      await disk.close();
    }
  });

  it("complains of nothing", () => {
    expect(complaints).toEqual([]);
  });

  it("answers nobody without the token, or who names another machine", async () => {
    const status = (path: string, headers: Record<string, string> = {}) =>
      new Promise((resolve, reject) => {
        get(new URL(path, served.url), { headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        }).on("error", reject);
      });
    expect(await status("./api/runs")).toBe(200);
    expect(await status("/")).toBe(404);
    expect(await status(`/${"x".repeat(32)}/api/runs`)).toBe(404);
    expect(await status("./api/runs", { host: "evil.example" })).toBe(403);
    expect(await status("./api/runs", { origin: "http://evil.example" })).toBe(403);
  });
});
