/** Reads the engine's Python modules, which are part of every interpreter's snapshot. */
import { readFile } from "node:fs/promises";
import type { EngineSource } from "./protocol.ts";

/** In the order of loading: a module can import only the ones before it. */
const MODULES = [
  "preload",
  "output",
  "channel",
  "text_match",
  "lazy_text",
  "text_of",
  "traces",
  "blocks",
  "contract",
  "kept_replies",
  "delegate",
  "session",
  "event_loop",
  "absent",
  "wheels",
  "lock_down",
];

/** Reads the loader and all modules. */
export async function readEngineSource(): Promise<EngineSource> {
  const read = (name: string) => readFile(new URL(`../python/${name}.py`, import.meta.url), "utf8");
  const sources = await Promise.all(MODULES.map(async (name) => [name, await read(name)] as const));
  return { loader: await read("load"), modules: Object.fromEntries(sources) };
}
