/** The folder of data that tests may read but the project may not contain. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = process.env.RLM_GYM_SHARED ?? fileURLToPath(new URL("../../../shared/data", import.meta.url));

/** The path of a shared file, or null if it does not exist: the test that needs it is then skipped. */
export function sharedFile(name: string): string | null {
  const path = `${folder}/${name}`;
  return existsSync(path) ? path : null;
}
