/**
 * Frames that no client should send, for a time, on several sockets: each is answered, none crashes the server or holds it up,
 * and a session beside them notices nothing. Prints how many; exits with 1 where a reply did not come, or was of no known type.
 *
 *   tsx test/stress/serve-fuzz.ts [seconds = 60] [seed = 1]
 */
import fc from "fast-check";
import { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import { replEnvProfile } from "../../src/server/repl-env-profile.ts";
import { frames } from "../server/any-frame.ts";
import { type Client, connect, serving } from "../server/serving.ts";

const [seconds = 60, seed = 1] = process.argv.slice(2).map(Number);
const SOCKETS = 6;
/** A frame may run code for as long as the environment lets it; a reply must come sooner than this. */
const HANG_SECONDS = 45;
const TYPES = new Set(["error", "observation", "state", "mcp"]);

const repls = new PyodideReplPool();
/** The witness says nothing until the end. */
const bounds = { idleSeconds: 2 * seconds + 60 };
const servers = [
  await serving(repls, bounds),
  await serving(repls, { ...bounds, profileOf: replEnvProfile }),
];
const witness = await connect(servers[0]!.url);
await witness.ask("reset", { seed: 1 });
await witness.run("kept = 41");

const end = performance.now() + seconds * 1000;
const counts = new Map<string, number>();

async function fuzz(client: Client, number: number): Promise<void> {
  for (let round = 0; performance.now() < end; round += 1) {
    const [frame] = fc.sample(frames, { numRuns: 1, seed: seed + number * 1_000_003 + round });
    client.send(frame!);
    const late = new Promise<never>((_, reject) =>
      setTimeout(() => reject(new Error(`no reply to ${frame}`)), HANG_SECONDS * 1000).unref(),
    );
    const { type, data } = await Promise.race([client.next(), late]);
    if (!TYPES.has(type)) throw new Error(`the reply to ${frame} is of type ${type}`);
    const name = type === "error" ? String(data.code) : type;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
}

const clients = await Promise.all(
  Array.from({ length: SOCKETS }, (_, number) => connect(servers[number % 2]!.url)),
);
await Promise.all(clients.map((client, number) => fuzz(client, number)));
const seen = await witness.run("kept + 1");
const isKept = (seen.data.observation!.results as { value: string }[])[0]?.value === "42";
for (const client of [...clients, witness]) await client.close();
for (const server of servers) await server.closeNow();
await repls.close();

const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
console.log(
  `${total} frames in ${seconds} s, all answered: ${[...counts].map(([name, count]) => `${count} ${name}`).join(", ")}`,
);
if (!isKept) console.error("the session beside them lost its state");
process.exitCode = isKept && (counts.get("EXECUTION_ERROR") ?? 0) < total ? 0 : 1;
