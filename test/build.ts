/**
 * Builds the package before the first test, so that tests of the command run what is installed, and start fast. Types
 * are not checked here: `npm run check` does that, and their declarations are those of the last whole build.
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export function setup(): void {
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const node = (...args: string[]) =>
    execFileSync(process.execPath, args, { cwd, stdio: ["ignore", "ignore", "inherit"] });
  node("node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json", "--noCheck", "--declaration", "false");
  node("tools/copy-assets.js");
  node("tools/build-viewer.js");
}
