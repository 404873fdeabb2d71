/** Loads a module that a user wrote, in TypeScript or JavaScript. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { UsageError } from "../../src/errors.ts";

/**
 * The module's exports. The module gets its own copy of this package, since only that also works in CommonJS folders.
 * Throws `UsageError`. @param flag the flag that named the file, for the message
 */
export async function loadModule(file: string, flag: string): Promise<Record<string, unknown>> {
  const path = resolve(file);
  if (!existsSync(path)) throw new UsageError(`${flag} ${file}: the file does not exist`);
  try {
    // Loaded here, since no other command needs a compiler.
    const { tsImport } = await import("tsx/esm/api");
    return (await tsImport(pathToFileURL(path).href, import.meta.url)) as Record<string, unknown>;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${flag} ${file}: cannot be loaded (${reason.split("\n")[0]})`, { cause: error });
  }
}
