/** A fuzz of frames: each is answered, none crashes the server or holds it up, and a session beside them notices nothing. */
import fc from "fast-check";
import type { PyodideReplPool } from "../../../src/repl/pyodide/pool.ts";
import { replEnvProfile } from "../../../src/server/profiles/repl-env.ts";
import { frames } from "../../server/any-frame.ts";
import { type Client, connect, serving } from "../../server/serving.ts";

const SOCKETS = 6;
/** A frame may run code for as long as the environment lets it; a reply must come sooner than this. */
const HANG_SECONDS = 45;
const TYPES = new Set(["error", "observation", "state", "mcp"]);

/** Sends frames for so long. Returns how many of each reply there were; throws where one did not come, or a session lost its state. */
export async function fuzzFrames(
  repls: PyodideReplPool,
  seconds: number,
  seed: number,
): Promise<ReadonlyMap<string, number>> {
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
  const fuzz = async (client: Client, number: number): Promise<void> => {
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
  };
  const clients = await Promise.all(
    Array.from({ length: SOCKETS }, (_, number) => connect(servers[number % 2]!.url)),
  );
  try {
    await Promise.all(clients.map((client, number) => fuzz(client, number)));
    const seen = await witness.run("kept + 1");
    const [result] = (seen.data.observation?.results ?? []) as { value: string }[];
    if (result?.value !== "42") throw new Error("the session beside them lost its state");
    if (servers.some(({ records }) => records.some(({ status }) => status === "infra_error")))
      throw new Error("a frame ended an episode as an infrastructure fault");
    return counts;
  } finally {
    for (const client of [...clients, witness]) await client.close();
    for (const server of servers) await server.closeNow();
  }
}
