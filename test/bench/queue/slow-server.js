// @ts-check
/** A model server in a thread of its own that answers each request after a time, and keeps book of when. */
import { createServer } from "node:http";
import { parentPort, workerData } from "node:worker_threads";

const LATENCY_MS = /** @type {number} */ (workerData);

/** @type {number[]} */
let answeredAt = [];
/** @type {number[]} */
let underWay = [];
let now = 0;

const server = createServer((request, response) => {
  // What else the server has, such as a list of models, nobody needs here.
  if (request.method !== "POST") {
    response.writeHead(404).end();
    return;
  }
  underWay.push((now += 1));
  /** @type {Buffer[]} */
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const text = Buffer.concat(parts).toString("utf8");
    setTimeout(() => {
      const id = request.headers["x-request-id"];
      const headers = { "content-type": "application/json", ...(id && { "x-request-id": id }) };
      response.writeHead(200, headers).end(replyTo(text));
      now -= 1;
      answeredAt.push(performance.timeOrigin + performance.now());
    }, LATENCY_MS);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", 4096, () => parentPort?.postMessage(server.address()));

parentPort?.on("message", (word) => {
  if (word === "end") {
    server.closeAllConnections();
    server.close(() => process.exit(0));
    return;
  }
  parentPort?.postMessage({ answeredAt, underWay });
  answeredAt = [];
  underWay = [];
});

/**
 * A block of Python first, then the answer.
 * @param {string} text
 */
function replyTo(text) {
  const { model, messages } = JSON.parse(text);
  const content = messages.length < 4 ? "```repl\nseen = len(context)\nprint(seen)\n```" : "FINAL_VAR(seen)";
  return JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 0,
    model,
    choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content } }],
    usage: { prompt_tokens: 1000, completion_tokens: 20, total_tokens: 1020 },
  });
}
