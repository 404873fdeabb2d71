/**
 * The content-addressed store that workers read: contexts and data files under their sha256, in a folder that is shared or
 * copied, or fetched over HTTP from the coordinator. A fetched file is checked against its hash before it is used.
 */
import { randomBytes } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { DataError, RunError } from "../errors.ts";
import { expectSha256, isSha256 } from "../files/content-hash.ts";
import { expectNoLink } from "../files/no-link.ts";
import { hashOfPath } from "../files/file-hash.ts";
import { contextPath, CONTEXTS_FOLDER, hasContext, readContext } from "../runs/context-files.ts";
import { ENCRYPTED_ENDING } from "../data/encryption.ts";
import { beginTemporary, endTemporary } from "../files/temporaries.ts";
import type { Context, ContextSummary } from "../types.ts";

const ENCRYPTED_HEADER = "x-encrypted";

/** The address of a served store; the key is sent as a bearer token. */
export interface StoreAddress {
  readonly url: string;
  readonly key: string;
}

/**
 * Serves the contexts of a run's folder, and files, by their hash. `host`: the address to listen at, which workers must reach.
 */
export async function serveStore(options: {
  readonly folder: string;
  readonly files: ReadonlyMap<string, string>;
  readonly host: string;
}): Promise<StoreAddress & { readonly close: () => Promise<void> }> {
  const key = randomBytes(24).toString("base64url");
  const server = createServer((request, response) => {
    const hash = (request.url ?? "").slice(1);
    const found = isSha256(hash) ? pathsOf(options, hash).find((path) => existsSync(path)) : undefined;
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

function pathsOf(
  { folder, files }: { readonly folder: string; readonly files: ReadonlyMap<string, string> },
  hash: string,
): string[] {
  const file = files.get(hash);
  return [...(file ? [file] : []), contextPath(folder, hash, false), contextPath(folder, hash, true)];
}

/** The last part of a path that came with a job. Throws `DataError` if it names a folder instead of a file. */
function fileName(path: string): string {
  const name = basename(path);
  if (name !== "" && name !== "." && name !== "..") return name;
  throw new DataError(`a job's data file: expected a name, found ${JSON.stringify(path)}`);
}

/** A worker's copy of the store: `contexts/<sha256>` as in a run's folder, and `files/<sha256>/<name>`. */
export class ContextStore {
  readonly #folder: string;
  readonly #source: StoreAddress | null;
  readonly #fetching = new Map<string, Promise<void>>();

  /** @param source null if nothing can be fetched */
  constructor(folder: string, source: StoreAddress | null) {
    this.#folder = folder;
    this.#source = source;
  }

  /** Throws `RunError` if the context is not available anywhere, `DataError` if its bytes do not match its hash. */
  async context(summary: ContextSummary): Promise<Context> {
    const { sha256 } = summary;
    if (!hasContext(this.#folder, summary))
      await this.#fetchOnce(sha256, contextPath(this.#folder, sha256, false));
    return readContext(this.#folder, summary);
  }

  /** The path of a copy of a file, under its own name. Throws like `context`. */
  async file(sha256: string, name: string): Promise<string> {
    const path = join(this.#folder, "files", expectSha256(sha256, "a job's data file"), fileName(name));
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
    await expectNoLink(this.#folder, join(this.#folder, CONTEXTS_FOLDER), join(this.#folder, "files"));
    await expectNoLink(dirname(path), path, path + ending);
    await mkdir(dirname(path), { recursive: true });
    try {
      await writeFile(temporary, response.body!);
      // Encrypted bytes have a different hash: the reader checks the decrypted ones.
      if (ending === "" && (await hashOfPath(temporary)) !== sha256)
        throw new DataError(`${url} answered other bytes for ${sha256}`);
      await rename(temporary, path + ending);
    } finally {
      await endTemporary(temporary);
    }
  }
}
