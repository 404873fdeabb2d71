/** A cache on disk for requests to which a model always gives the same reply. */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { untilAborted } from "../until-aborted.ts";
import { RunError } from "../errors.ts";
import { expectNoLink } from "../files/no-link.ts";
import type { Completion } from "../types.ts";
import { throwIfAborted } from "./interruption.ts";
import { standIn, type Model, type ModelRequest } from "./model.ts";
import { requestKey } from "./request-key.ts";

/** Where replies are kept, and what they depend on besides the request. */
export interface CacheOptions {
  /** Holds one file for each reply. Created if it does not exist; several runs may share it. */
  readonly folder: string;
  /** What replies depend on besides model name and request, such as the server's URL and its own sampling fields. */
  readonly namespace?: string;
}

/**
 * Wraps a model so that requests at temperature 0 or with a seed are answered from the cache if they were asked before. All
 * other requests go to the model. A cached completion has `attempts: 0` and the usage of the original call, so that rewards
 * do not depend on the cache's content. Of equal concurrent requests one is sent, and the others wait for its reply; if it
 * fails, the next one is sent. Throws `RunError` if the folder cannot be written.
 */
export function cachedModel(model: Model, { folder, namespace = "" }: CacheOptions): Model {
  /** The requests in progress, by file. Each resolves to null if it fails. */
  const underWay = new Map<string, Promise<Completion | null>>();

  async function readOrAsk(file: string, ...[request, options]: Parameters<Model["complete"]>) {
    const cached = await readCompletion(file);
    if (cached) return { ...cached, attempts: 0 };
    const completion = await model.complete(request, options);
    await writeCompletion(file, completion);
    return completion;
  }

  return standIn(model, async (request, options) => {
    if (!isDeterministic(request)) return model.complete(request, options);
    const key = requestKey(`${namespace}\n${model.name}`, request);
    const file = join(folder, key.slice(0, 2), `${key}.json`);
    for (let asked = underWay.get(file); asked !== undefined; asked = underWay.get(file)) {
      const reply = await waitFor(asked, model, options?.signal);
      if (reply) return { ...reply, attempts: 0 };
    }
    const asking = readOrAsk(file, request, options);
    const outcome = asking.catch(() => null);
    underWay.set(file, outcome);
    try {
      return await asking;
    } finally {
      underWay.delete(file);
    }
  });
}

/** Waits for another call's reply. Throws a `ModelError` if this call's own signal aborts first. */
async function waitFor(asked: Promise<Completion | null>, { name }: Model, signal: AbortSignal | undefined) {
  if (!signal) return asked;
  try {
    return await untilAborted(signal, () => asked);
  } catch (error) {
    throwIfAborted({ model: name, attempts: 0, signal });
    throw error;
  }
}

function isDeterministic({ temperature, seed }: ModelRequest): boolean {
  return temperature === 0 || seed !== undefined;
}

/** The content of a file. */
interface Kept {
  readonly sha256: string;
  /** The JSON of a completion; `sha256` is its hash. */
  readonly completion: string;
}

/** Reads a file. Returns null if it is missing or damaged; the model is then asked again. */
async function readCompletion(file: string): Promise<Completion | null> {
  try {
    const { sha256, completion } = JSON.parse(await readFile(file, "utf8")) as Kept;
    if (sha256 !== sha256Of(completion)) return null;
    const read = JSON.parse(completion) as Completion | null;
    const isOne =
      typeof read?.text === "string" && Array.isArray(read.toolCalls) && typeof read.model === "string";
    return isOne ? read : null;
  } catch {
    return null;
  }
}

function sha256Of(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Writes the file atomically, since other processes may read it at any moment. */
async function writeCompletion(file: string, completion: Completion): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  try {
    const within = dirname(file);
    await expectNoLink(dirname(within), within, file);
    await mkdir(within, { recursive: true });
    const text = JSON.stringify(completion);
    const kept: Kept = { sha256: sha256Of(text), completion: text };
    await writeFile(draft, JSON.stringify(kept), { flag: "wx" });
    await rename(draft, file);
  } catch (error) {
    throw new RunError(`model cache: cannot write ${file}: ${(error as Error).message}`, { cause: error });
  }
}
