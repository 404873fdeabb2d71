// @ts-check
/** The worker's entry. It makes a snapshot, or serves one locked-down interpreter, one request at a time. */
import { parentPort, workerData } from "node:worker_threads";
import { bootPyodide } from "./boot.js";
import { createChance } from "./chance.js";
import { createClock } from "./clock.js";
import { createGuestInterpreter } from "../guest/interpreter.js";
import { WheelError, createInterpreter } from "./interpreter.js";
import { createLinger } from "./linger.js";
import { giveWay } from "../guest/give-way.js";
import { createLockDown } from "./lock-down.js";
import { openMailbox } from "../guest/mailbox.js";

/** @typedef {import("../engine/protocol.ts").WorkerRequest} WorkerRequest */

const port = /** @type {import("node:worker_threads").MessagePort} */ (parentPort);
const post = port.postMessage.bind(port);
/** @type {import("../engine/protocol.ts").SnapshotData | import("../engine/protocol.ts").WorkerData} */
const data = workerData;

async function makeSnapshot() {
  const { runtime, engine } = /** @type {import("../engine/protocol.ts").SnapshotData} */ (data);
  const parts = {
    clock: createClock(),
    chance: createChance(),
    lockDown: createLockDown(),
    joins: [],
    onMemory: () => {},
  };
  const pyodide = await bootPyodide(runtime, parts, null);
  const sources = JSON.stringify(JSON.stringify(engine.modules));
  pyodide.runPython(
    `${engine.loader}\nimport json\nload_engine(json.loads(${sources}))\ndel load_engine, json\n`,
  );
  post({ type: "reply", value: pyodide.makeMemorySnapshot() });
}

/**
 * @param {Omit<Awaited<ReturnType<typeof createInterpreter>>, "base">} interpreter @param {WorkerRequest} request
 * @param {import("../guest/mailbox.js").Mailbox | null} box
 */
function serveOne(interpreter, request, box) {
  if (request.type === "start") return post({ type: "reply", value: interpreter.start(request) });
  if (request.type === "load") return post({ type: "reply", value: interpreter.load(request) });
  if (request.type === "clear") return interpreter.clear();
  if (request.type === "exec") {
    const reply = interpreter.exec(request);
    if (box?.put(reply)) return;
    post({ type: "reply", value: reply });
    return box?.call();
  }
  const state = interpreter.save();
  post({ type: "reply", value: state }, [/** @type {ArrayBuffer} */ (state.memory.data.buffer)]);
}

async function serve() {
  const served = /** @type {import("../engine/protocol.ts").WorkerData} */ (data);
  const { runtime } = served;
  const interpreter =
    "guestUrl" in runtime
      ? await createGuestInterpreter({ ...served, runtime })
      : await createInterpreter({ ...served, runtime });
  giveWay();
  const box = served.mailbox && openMailbox(served.mailbox);
  const answer = (/** @type {WorkerRequest} */ request) => {
    try {
      serveOne(interpreter, request, box);
    } catch (error) {
      // Nobody waits for a reply to this, and what the memory holds is not known.
      if (request.type === "clear") throw error;
      post({ type: "reply", error: String(error) });
    }
  };
  const linger = createLinger(port, served.control, box);
  port.on("message", (/** @type {WorkerRequest} */ request) => {
    box?.listen();
    answer(request);
    for (let next; (next = linger());) answer(next);
  });
  post({ type: "reply", value: interpreter.base });
}

try {
  await (data.kind === "snapshot" ? makeSnapshot() : serve());
} catch (error) {
  if (error instanceof WheelError) post({ type: "reply", value: error.message });
  else
    post({ type: "reply", error: error instanceof Error ? (error.stack ?? String(error)) : String(error) });
}
