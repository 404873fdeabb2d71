/** The filters of the run's page, in a browser that drives it; skipped where there is no chromium. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { summariseContext } from "../../src/data/context.ts";
import { RunWriter } from "../../src/runs/run-writer.ts";
import type { Trajectory } from "../../src/trajectory.ts";
import { type ServedPage, servePage } from "../../src/view/serve-page.ts";
import { openRun } from "../../src/view/viewed-run.ts";
import { rewarded } from "../trajectory-fixture.ts";
import { executablePath, launchBrowser, pageOf } from "./chromium.ts";

/** Environment, stop reason and policy of each episode; "repl" is the kind of a fault. */
const EPISODES = [
  ["s-niah", "answered", "grep"],
  ["s-niah", "max_turns", "grep"],
  ["s-niah", "infra_error", "direct"],
  ["oolong", "answered", "direct"],
  ["oolong", "max_tokens", "direct"],
  ["oolong", "answered", "grep"],
] as const;

function episodeOf([environment, stopReason, policy]: (typeof EPISODES)[number], number: number): Trajectory {
  const made = rewarded({ rolloutId: `rollout-${number}` });
  const task = { ...made.task, context: summariseContext("text") };
  const record = { ...made, task, environment, stopReason, policy };
  if (stopReason !== "infra_error") return record;
  const error = { kind: "repl", message: "the worker died" } as const;
  return { ...record, status: "infra_error", error, reward: null };
}

describe.skipIf(executablePath === null)("the filters of a run's page", () => {
  let folder: string;
  let browser: Browser;
  let served: ServedPage;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    folder = join(await mkdtemp(join(tmpdir(), "rlm-gym-filters-")), "run");
    const plan = { version: "0", seed: 0, config: {}, planned: EPISODES.length };
    const writer = await RunWriter.create(folder, plan);
    for (const [i, episode] of EPISODES.entries()) await writer.append(episodeOf(episode, i), "text", null);
    await writer.close("finished");
    browser = await launchBrowser();
    served = await servePage([await openRun(folder)]);
    page = await pageOf(browser, complaints);
    await page.goto(served.url);
    await page.getByText("6 of 6 episodes shown").waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await served?.close();
    await rm(join(folder, ".."), { recursive: true, force: true });
  });

  const choose = (name: string, value: string) => page.getByLabel(name, { exact: true }).selectOption(value);
  const choices = (name: string) =>
    page.getByLabel(name, { exact: true }).locator("option").allTextContents();
  /** The numbers of the episodes in the table once it says how many it shows. */
  async function shown(count: number): Promise<number[]> {
    await page.getByText(`${count} of 6 episodes shown`).waitFor();
    const rows = await page.locator(".space .row").allTextContents();
    return rows.map((row) => Number(/rollout-(\d)/.exec(row)![1])).toSorted((a, b) => a - b);
  }
  const clear = () => page.getByRole("button", { name: "clear" }).click();

  it("offer what the run has", async () => {
    expect(await choices("environment")).toEqual(["all", "s-niah", "oolong"]);
    expect(await choices("ended")).toEqual(["all", "answered", "max_turns", "repl", "max_tokens"]);
  });

  it("show the episodes of one environment", async () => {
    await choose("environment", "oolong");
    expect(await shown(3)).toEqual([3, 4, 5]);
    await choose("environment", "s-niah");
    expect(await shown(3)).toEqual([0, 1, 2]);
    await clear();
    expect(await shown(6)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("show the episodes that stopped for one reason, a fault by its kind", async () => {
    await choose("ended", "answered");
    expect(await shown(3)).toEqual([0, 3, 5]);
    await choose("ended", "max_tokens");
    expect(await shown(1)).toEqual([4]);
    await choose("ended", "repl");
    expect(await shown(1)).toEqual([2]);
    await clear();
    await shown(6);
  });

  it("narrow each other, and stay while an episode is looked at", async () => {
    await choose("environment", "oolong");
    await choose("ended", "answered");
    expect(await shown(2)).toEqual([3, 5]);
    await choose("policy", "grep");
    expect(await shown(1)).toEqual([5]);
    await page.locator(".space .row").first().click();
    await page.getByRole("heading", { level: 1 }).getByText("rollout-5").waitFor();
    await page.keyboard.press("u");
    expect(await shown(1)).toEqual([5]);
    await clear();
    await shown(6);
    expect(complaints).toEqual([]);
  });
});
