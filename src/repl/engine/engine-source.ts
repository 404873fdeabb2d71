/** Reads the engine's Python modules, which are part of every interpreter's snapshot. */
import { readFileSync } from "node:fs";
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

/** Reads the loader and all modules: at once, since a turn of the event loop for each of them takes longer. */
export function readEngineSource(): EngineSource {
  const read = (name: string) => readFileSync(new URL(`../python/${name}.py`, import.meta.url), "utf8");
  return { loader: read("load"), modules: Object.fromEntries(MODULES.map((name) => [name, read(name)])) };
}
