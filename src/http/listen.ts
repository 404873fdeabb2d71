/** Where a server comes to be reached. */
import type { FastifyInstance } from "fastify";
import { UsageError } from "../errors.ts";

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens there; choose another --port",
  EADDRNOTAVAIL: "this machine has no such address; choose another --host",
  ENOTFOUND: "this machine has no such address; choose another --host",
  EACCES: "it may not be listened at; choose a --port above 1023",
};

/** The URL that it listens at. Throws `UsageError` where the address cannot be had. */
export async function listenAt(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    const why = WHY[(error as NodeJS.ErrnoException).code ?? ""];
    if (why === undefined) throw error;
    throw new UsageError(`${host}:${port}: ${why}`, { cause: error });
  }
}
