// @ts-check
/** The floor of every message: a worker that sends back what it gets. */
import { parentPort } from "node:worker_threads";

parentPort?.on("message", (message) => parentPort?.postMessage(message));
