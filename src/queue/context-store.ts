/**
 * The content-addressed store that workers read: contexts and data files under their sha256, in a folder that is shared or
 * copied, or fetched over HTTP from the coordinator. What is fetched is checked by its hash before it counts.
 */
import { randomBytes } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { summariseContext } from "../data/context.ts";
import { DataError, RunError } from "../errors.ts";
import { hashOfPath } from "../files/file-hash.ts";
import { hasContext, readContext } from "../runs/read-run.ts";
import { ENCRYPTED_ENDING } from "../data/encryption.ts";
import { beginTemporary, endTemporary } from "../files/temporaries.ts";
import type { Context, ContextSummary } from "../types.ts";

const ENCRYPTED_HEADER = "x-sealed";
const HASH = /^[0-9a-f]{64}$/;

/** Where a store is served; the key goes along as a bearer token. */
export interface StoreAddress {
  readonly url: string;
  readonly key: string;
}

/**
 * Serves the contexts of a run's folder, and files by their hash. `host`: the address to listen at, which workers must reach.
 */
export async function serveStore(options: {
  readonly folder: string;
  readonly files: ReadonlyMap<string, string>;
  readonly host: string;
}): Promise<StoreAddress & { readonly close: () => Promise<void> }> {
  const key = randomBytes(24).toString("base64url");
  const server = createServer((request, response) => {
    const hash = (request.url ?? "").slice(1);
    const context = join(options.folder, "contexts", hash);
    const found = HASH.test(hash)
      ? [options.files.get(hash), context, `${context}${ENCRYPTED_ENDING}`].find(
          (path) => path && existsSync(path),
        )
      : undefined;
    const status = request.headers.authorization !== `Bearer ${key}` ? 401 : found === undefined ? 404 : 200;
    response.writeHead(status, found?.endsWith(ENCRYPTED_ENDING) ? { [ENCRYPTED_HEADER]: "1" } : {});
    if (status !== 200) response.end();
    else pipeline(createReadStream(found!), response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.listen(0, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://${host}:${port}`, key, close };
}

/** A folder as a worker has it: `contexts/<sha256>` as in a run's folder, and `files/<sha256>/<name>`. */
export class ContextStore {
  readonly #folder: string;
  readonly #source: StoreAddress | null;
  readonly #fetching = new Map<string, Promise<void>>();

  /** @param source null where nothing can be fetched */
  constructor(folder: string, source: StoreAddress | null) {
    this.#folder = folder;
    this.#source = source;
  }

  /** Throws `RunError` where it is nowhere to be had, `DataError` where its bytes are not those of its hash. */
  async context(summary: ContextSummary): Promise<Context> {
    const { sha256 } = summary;
    if (!hasContext(this.#folder, summary))
      await this.#fetchOnce(sha256, join(this.#folder, "contexts", sha256));
    const context = await readContext(this.#folder, summary);
    const found = summariseContext(context).sha256;
    if (found !== sha256)
      throw new DataError(`context ${sha256} in ${this.#folder} has other bytes: their hash is ${found}`);
    return context;
  }

  /** The path of a copy of a file under its own name. Throws as `context` does. */
  async file(sha256: string, name: string): Promise<string> {
    const path = join(this.#folder, "files", sha256, basename(name));
    if (!existsSync(path)) await this.#fetchOnce(sha256, path);
    if ((await hashOfPath(path)) !== sha256)
      throw new DataError(`${path} has other bytes than its hash says`);
    return path;
  }

  #fetchOnce(sha256: string, path: string): Promise<void> {
    const fetching = this.#fetching.get(sha256) ?? this.#fetch(sha256, path);
    this.#fetching.set(sha256, fetching);
    return fetching.finally(() => this.#fetching.delete(sha256));
  }

  async #fetch(sha256: string, path: string): Promise<void> {
    if (this.#source === null)
      throw new RunError(`${sha256} is not in ${this.#folder}, and nobody serves it`);
    const { url, key } = this.#source;
    const response = await fetch(`${url}/${sha256}`, { headers: { authorization: `Bearer ${key}` } }).catch(
      (error: Error) => {
        throw new RunError(`${sha256} cannot be fetched from ${url}: ${error.message}`, { cause: error });
      },
    );
    if (!response.ok)
      throw new RunError(`${sha256} cannot be fetched from ${url}: it answers ${response.status}`);
    const ending = response.headers.get(ENCRYPTED_HEADER) === null ? "" : ENCRYPTED_ENDING;
    const temporary = beginTemporary(path);
    await mkdir(dirname(path), { recursive: true });
    try {
      await writeFile(temporary, response.body!);
      // Encrypted bytes have a hash of their own: the reader checks those within.
      if (ending === "" && (await hashOfPath(temporary)) !== sha256)
        throw new DataError(`${url} answered other bytes for ${sha256}`);
      await rename(temporary, path + ending);
    } finally {
      await endTemporary(temporary);
    }
  }
}
