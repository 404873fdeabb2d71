// @ts-check
/**
 * Finishes the build: copies the files of src and datasets that are neither TypeScript nor JavaScript to dist, and makes
 * the command executable (npm does that only when it links the command, which happens before the build).
 */
import { chmod, cp, readdir } from "node:fs/promises";
import path from "node:path";

for (const folder of ["src", "datasets"]) {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const file of files.filter((entry) => entry.isFile() && !/\.[jt]s$/.test(entry.name))) {
    const from = path.join(file.parentPath ?? file.path, file.name);
    await cp(from, path.join("dist", from));
  }
}
await chmod("dist/scripts/rlm-gym.js", 0o755);
