// @ts-check
/**
 * A model server in a process of its own, as cheap as one can be: it answers each chat completion after `latency` milliseconds.
 * A policy's first message is a block of Python with four sub-calls, its second one the answer. `GET /cpu` tells the
 * processor time it took so far, in milliseconds.
 */
import { createServer } from "node:http";

const LATENCY_MS = Number(process.argv[2] ?? 0);
const CODE = `\`\`\`repl
part = len(context) // 4
replies = llm_query_batched([f"Is there a number in this text? {context[n * part:n * part + 400]}" for n in range(4)])
print(len(replies), replies[0][:40])
\`\`\``;

const ids = (/** @type {number} */ count) => Array.from({ length: count }, (_, n) => 1000 + n);

/** The two bodies of a reply: without and with token ids. @param {string} content */
function reply(content) {
  const choice = { index: 0, finish_reason: "stop", message: { role: "assistant", content } };
  const usage = { prompt_tokens: 1000, completion_tokens: 20, total_tokens: 1020 };
  const body = {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 0,
    model: "instant",
    choices: [choice],
    usage,
  };
  const withIds = { ...body, prompt_token_ids: ids(1000), choices: [{ ...choice, token_ids: ids(20) }] };
  return [JSON.stringify(body), JSON.stringify(withIds)];
}
const FIRST = reply(CODE);
const LAST = reply(`\`\`\`repl
answer["content"] = "forty-two"
answer["ready"] = True
\`\`\``);
const SUB_CALL = reply("There is no number.");

const server = createServer((request, response) => {
  if (request.method !== "POST") {
    const { user, system } = process.cpuUsage();
    response.writeHead(request.url === "/cpu" ? 200 : 404).end(String((user + system) / 1000));
    return;
  }
  /** @type {Buffer[]} */
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const text = Buffer.concat(parts).toString("latin1");
    // Sub-calls have one message; a policy's second request holds its first message again.
    const isPolicy = /"role": ?"system"/.test(text);
    const bodies = !isPolicy ? SUB_CALL : text.includes("llm_query_batched([f") ? LAST : FIRST;
    const body = bodies[text.includes("return_token_ids") ? 1 : 0];
    const answer = () => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(body);
    };
    if (LATENCY_MS > 0) setTimeout(answer, LATENCY_MS);
    else answer();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", 4096, () => {
  const address = server.address();
  process.stdout.write(`${typeof address === "object" && address?.port}\n`);
});
process.stdin.on("end", () => process.exit(0)).resume();
