// @ts-check
/** Starts workers that cannot generate code from strings. Plain JavaScript, since a child process starts them as well. */
import { setFlagsFromString } from "node:v8";
import { Worker } from "node:worker_threads";

const JS_HEAP_MB = 512;
/** The worker makes few objects, and a larger space for new ones would only be more memory to keep. */
const YOUNG_HEAP_MB = 4;
const STACK_MB = 32;

let starting = 0;

/**
 * V8's flag holds for the whole process, so it is set only while workers start.
 * @param {import("../engine/protocol.ts").SnapshotData | import("../engine/protocol.ts").WorkerData} workerData
 * @param {import("node:worker_threads").TransferListItem[]} transferList
 */
export function startLockedDown(workerData, transferList) {
  if (starting++ === 0) setFlagsFromString("--disallow-code-generation-from-strings");
  const worker = new Worker(new URL("./main.js", import.meta.url), {
    workerData,
    transferList,
    env: {},
    execArgv: [],
    stdin: false,
    resourceLimits: {
      maxOldGenerationSizeMb: JS_HEAP_MB,
      maxYoungGenerationSizeMb: YOUNG_HEAP_MB,
      stackSizeMb: STACK_MB,
    },
  });
  let counted = true;
  const done = () => {
    if (counted && --starting === 0) setFlagsFromString("--no-disallow-code-generation-from-strings");
    counted = false;
  };
  worker.once("online", done);
  worker.once("exit", done);
  return worker;
}
