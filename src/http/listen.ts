/** Starts to listen, with clear errors. */
import type { FastifyInstance } from "fastify";
import { UsageError } from "../errors.ts";

const WHY: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens there; choose another --port",
  EADDRNOTAVAIL: "this machine does not have the address; choose another --host",
  ENOTFOUND: "this machine does not have the address; choose another --host",
  EACCES: "this user may not listen on the port; choose a --port above 1023",
};

/** Listens and returns the URL. Throws `UsageError` if the address is not available. */
export async function listenAt(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    const why = WHY[(error as NodeJS.ErrnoException).code ?? ""];
    if (why === undefined) throw error;
    throw new UsageError(`${host}:${port}: ${why}`, { cause: error });
  }
}
