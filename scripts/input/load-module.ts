/** Loads a module that a user wrote, in TypeScript or JavaScript. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { UsageError } from "../../src/errors.ts";

/**
 * The module's exports. It gets a copy of this package of its own, since that alone works in folders of CommonJS too.
 * Throws `UsageError`. @param flag what the user gave the file to, for the message
 */
export async function loadModule(file: string, flag: string): Promise<Record<string, unknown>> {
  const path = resolve(file);
  if (!existsSync(path)) throw new UsageError(`${flag} ${file}: there is no such file`);
  try {
    // Loaded here, since no other command needs a compiler.
    const { tsImport } = await import("tsx/esm/api");
    return (await tsImport(pathToFileURL(path).href, import.meta.url)) as Record<string, unknown>;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${flag} ${file}: it cannot be loaded (${reason.split("\n")[0]})`, { cause: error });
  }
}
