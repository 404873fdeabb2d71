/** Debian's chromium, which drives the viewer in tests. */
import { execFileSync } from "node:child_process";
import { type Browser, chromium, type Page } from "playwright-core";

function chromiumPath(): string | null {
  try {
    return execFileSync("sh", ["-c", "command -v chromium"], { encoding: "utf8" }).trim();
  } catch {
    return null;
  }
}

/** Null where there is no chromium; the tests of the viewer are skipped then. */
export const executablePath = chromiumPath();
if (executablePath === null)
  console.error("no chromium is installed: the viewer is not driven (apt-get install chromium)");

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: executablePath!, args: ["--no-sandbox"] });
}

/** A page whose errors, also those of its content policy, go to `complaints`. */
export async function pageOf(browser: Browser, complaints: string[], options: object = {}): Promise<Page> {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(15_000);
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  return page;
}
