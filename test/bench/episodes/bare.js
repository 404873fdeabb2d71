// @ts-check
/**
 * The floors of the bench: as many plain requests as an episode makes, and nothing else, by Node's `fetch`, or by its barest client.
 * Prints milliseconds of wall and processor time.
 */
import http from "node:http";

const [client, ...numbers] = process.argv.slice(2);
const [port, episodes, atOnce, warmUp] = /** @type {[number, number, number, number]} */ (
  /** @type {unknown} */ (numbers.map(Number))
);
const REQUESTS_EACH = 6;
const agent = new http.Agent({ keepAlive: true, maxSockets: Infinity });
// As long as the prompts of an episode are in the mean.
const body = JSON.stringify({ model: "instant", messages: [{ role: "user", content: "a".repeat(1500) }] });
const path = "/v1/chat/completions";
const headers = { "content-type": "application/json" };

const askByFetch = async () => {
  const reply = await fetch(`http://127.0.0.1:${port}${path}`, { method: "POST", headers, body });
  await reply.json();
};

const askBarely = () =>
  new Promise((resolve, reject) => {
    const length = { "content-length": Buffer.byteLength(body) };
    const asked = http.request(
      { host: "127.0.0.1", port, path, method: "POST", agent, headers: { ...headers, ...length } },
      (reply) => {
        let text = "";
        reply.setEncoding("utf8");
        reply.on("data", (part) => (text += part));
        reply.on("end", () => resolve(JSON.parse(text)));
      },
    );
    asked.on("error", reject);
    asked.end(body);
  });

const ask = client === "fetch" ? askByFetch : askBarely;

/** @param {number} count */
const askAll = async (count) => {
  let left = count * REQUESTS_EACH;
  const askOn = async () => {
    while (left > 0) {
      left -= 1;
      await ask();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, askOn));
};

await askAll(warmUp);
const before = process.cpuUsage();
const startedAt = performance.now();
await askAll(episodes);
const { user, system } = process.cpuUsage(before);
process.stdout.write(
  `${JSON.stringify({ wallMs: performance.now() - startedAt, cpuMs: (user + system) / 1000 })}\n`,
);
process.exit(0);
