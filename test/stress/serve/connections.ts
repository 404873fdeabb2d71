/**
 * Connections that are opened and dropped: at once, while a reset is under way, in the middle of a step, and over HTTP half open
 * or with a reset that nobody waits for.
 * No session, worker, thread, timer or file handle may be left. Prints the figures; exits with 1 where anything is. Reads
 * /proc, so it needs Linux.
 *
 *   tsx test/stress/serve/connections.ts [connections = 10000]
 */
import { connect as connectSocket } from "node:net";
import { PyodideReplPool } from "../../../src/repl/pyodide/pool.ts";
import { connect, serving, until } from "../../server/serving.ts";
import { held, residue } from "../residue.ts";

const [connections = 10_000] = process.argv.slice(2).map(Number);
const AT_ONCE = 50;
/** Of so many connections one resets before it drops, and of twice as many one steps. */
const RESETS = 25;

const repls = new PyodideReplPool();
const server = await serving(repls, { maxSessions: 16, queueSeconds: 60, idleSeconds: 3600 });
const port = Number(new URL(server.url).port);
const counts = new Map<string, number>();

async function drop(number: number): Promise<void> {
  const kind = kindOf(number);
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
  if (kind === "half a request" || kind === "in a reset over HTTP") {
    const socket = connectSocket(port, "127.0.0.1").on("error", () => {});
    await new Promise((resolve) => socket.once("connect", resolve));
    const [length, body] = kind === "half a request" ? [100, "{"] : [2, "{}"];
    await new Promise<unknown>((resolve) =>
      socket.write(`POST /reset HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\n\r\n${body}`, resolve),
    );
    await new Promise((resolve) => socket.once("close", resolve).destroy());
    return;
  }
  const client = await connect(server.url);
  if (kind === "in a reset") client.send('{"type":"reset"}');
  if (kind === "in a step") {
    await client.ask("reset");
    client.send('{"type":"step","data":{"code":"while True: pass"}}');
  }
  await client.close();
}

function kindOf(number: number): string {
  if (number % (2 * RESETS) === 0) return "in a step";
  if (number % RESETS === 0) return "in a reset";
  if (number % RESETS === 3) return "in a reset over HTTP";
  return number % 10 === 1 ? "half a request" : "at once";
}

async function dropAll(count: number): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await drop(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  await until(() => server.pool.active === 0 && server.pool.waiting === 0, 120);
}

// What the first ones leave, such as the workers of the pool, stays until the server ends.
await dropAll(2 * AT_ONCE);
await startAllWorkers();
await new Promise((resolve) => setTimeout(resolve, 3000));
const before = held();
counts.clear();
const started = performance.now();
await dropAll(connections);
const seconds = (performance.now() - started) / 1000;
const left = await leftOver();
const { pool } = server;
const metrics = await (await fetch(`${server.url}/metrics`, { headers: { connection: "close" } })).text();
const sockets = Number(/^rlm_gym_sockets (\d+)$/m.exec(metrics)?.[1] ?? NaN);
const afterwards = await connect(server.url);
const alive = await afterwards.ask("reset", { seed: 1 });
await afterwards.close();
await server.closeNow();
await repls.close();

console.log(
  `dropped: ${[...counts].map(([kind, count]) => `${count} ${kind}`).join(", ")}, in ${seconds.toFixed(1)} s`,
);
console.log(`left: ${pool.active} sessions, ${sockets} sockets, ${left.join(", ") || "nothing else"}`);
process.exitCode = pool.active + sockets + left.length === 0 && alive.type === "observation" ? 0 : 1;

/** Workers that were killed in a step start again when they are needed; as many steps at once need them all. */
async function startAllWorkers(): Promise<void> {
  const clients = await Promise.all(Array.from({ length: 16 }, () => connect(server.url)));
  await Promise.all(
    clients.map(async (client) => {
      await client.ask("reset");
      await client.ask("step", { code: "sum(range(10**6))" });
      await client.close();
    }),
  );
  await until(() => server.pool.active === 0, 120);
}

/** What is left once the event loop has had time to let go; what stays is a leak. */
async function leftOver(): Promise<string[]> {
  for (let tenths = 0; tenths < 300 && residue(before, held()).length > 0; tenths += 1)
    await new Promise((resolve) => setTimeout(resolve, 100));
  return residue(before, held());
}
