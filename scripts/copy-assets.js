// @ts-check
/** Copies to dist what the compiler leaves: the files of src and datasets that are neither TypeScript nor JavaScript. */
import { cp, readdir } from "node:fs/promises";
import path from "node:path";

for (const folder of ["src", "datasets"]) {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const file of files.filter((entry) => entry.isFile() && !/\.[jt]s$/.test(entry.name))) {
    const from = path.join(file.path, file.name);
    await cp(from, path.join("dist", from));
  }
}
