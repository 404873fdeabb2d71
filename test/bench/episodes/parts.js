// @ts-check
/** Where the main thread's time goes: samples of V8's profiler, by the part of the program that they fall into. */
import { readdirSync, readFileSync } from "node:fs";
import { Session } from "node:inspector/promises";

/** The first part whose pattern a frame's file matches; frames are looked at from the innermost one on. */
const PARTS = /** @type {const} */ ([
  ["tokens", /\/cost\/(?:tokens|byte-pairs|piece-counter|tiktoken-file|o200k)\.js|gpt-tokenizer/],
  ["hashing", /crypto\/hash|\/record\/checksums\.js/],
  ["metrics", /\/src\/metrics\//],
  ["REPL", /\/src\/repl\/|internal\/worker|messageport/],
  ["disk", /\/src\/(?:files|runs)\/|internal\/fs|node:fs/],
  [
    "HTTP",
    /_http|node:net|stream_base|node_modules\/openai|\/models\/(?:connections|retry|governor|openai)|internal\/streams/,
  ],
  ["replies", /\/models\/servers\//],
]);
const JSON_CALLS = new Set(["parse", "stringify"]);

/**
 * Milliseconds by part. Work takes about a quarter longer while it is profiled.
 *
 * @param {() => Promise<void>} work
 * @returns {Promise<Record<string, number>>}
 */
export async function profiled(work) {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: 500 });
  await session.post("Profiler.start");
  await work();
  const { profile } = await session.post("Profiler.stop");
  session.disconnect();
  return partsOf(profile);
}

/**
 * Milliseconds of processor time that some work takes: of the main thread, and of all threads of this process and of those that
 * play for it. Not a number where there is no /proc.
 *
 * @param {() => Promise<void>} work
 */
export async function processorTime(work) {
  const players = playersOf(process.pid);
  const now = () => ({
    mainMs: msOf(`/proc/self/task/${process.pid}/stat`),
    allMs: ["self", ...players].map((pid) => msOf(`/proc/${pid}/stat`)).reduce((sum, ms) => sum + ms),
  });
  const before = now();
  await work();
  const after = now();
  return { mainMs: after.mainMs - before.mainMs, allMs: after.allMs - before.allMs };
}

/** The processes that a process has started. @param {number} pid */
function playersOf(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean),
    );
  } catch {
    return [];
  }
}

/** User and system time so far; whole milliseconds times ten, as Linux counts it. @param {string} stat */
function msOf(stat) {
  try {
    const text = readFileSync(stat, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return 10 * (Number(fields[11]) + Number(fields[12]));
  } catch {
    return Number.NaN;
  }
}

/** @param {import("node:inspector").Profiler.Profile} profile */
function partsOf({ nodes, samples = [], timeDeltas = [] }) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  /** @type {Map<number, string>} */
  const known = new Map();
  /** @param {number} id */
  const partOf = (id) => {
    for (let at = /** @type {number | undefined} */ (id); at !== undefined; at = parents.get(at)) {
      const { functionName, url } = /** @type {import("node:inspector").Profiler.ProfileNode} */ (
        byId.get(at)
      ).callFrame;
      if (functionName === "(idle)") return "idle";
      if (functionName === "(garbage collector)") return "collector";
      if (url === "" && JSON_CALLS.has(functionName)) return "JSON";
      const found = PARTS.find(([, pattern]) => pattern.test(url));
      if (found) return found[0];
    }
    return "other";
  };
  /** @type {Record<string, number>} */
  const parts = {};
  for (const [place, id] of samples.entries()) {
    const part = known.get(id) ?? partOf(id);
    known.set(id, part);
    parts[part] = (parts[part] ?? 0) + (timeDeltas[place] ?? 0) / 1000;
  }
  return parts;
}
