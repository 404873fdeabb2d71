/** A cache on disk for requests that a model answers the same each time. */
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { untilAborted } from "../until-aborted.ts";
import { RunError } from "../errors.ts";
import type { Completion } from "../types.ts";
import { throwIfAborted } from "./interruption.ts";
import { standIn, type Model, type ModelRequest } from "./model.ts";
import { requestKey } from "./request-key.ts";

/** Where replies are kept, and what they depend on besides the request. */
export interface CacheOptions {
  /** A file a reply; made where it does not exist. Several runs may share it. */
  readonly folder: string;
  /** What replies depend on besides model name and request, such as the server's URL and its own sampling fields. */
  readonly namespace?: string;
}

/**
 * Answers from the cache what was asked before at temperature 0 or with a seed; every other request goes to the model.
 * A cached completion has `attempts: 0` and the usage of its first time, so that rewards do not depend on what a cache
 * happens to hold. Of the same requests at the same time one is sent, and the others wait for its reply; where it fails,
 * the next one is sent. Throws `RunError` where the folder cannot be written.
 */
export function cachedModel(model: Model, { folder, namespace = "" }: CacheOptions): Model {
  /** What is being asked, by its file; null where it failed. */
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

/** Another call's reply, or this one's own end where that comes first. */
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

/** What stands in a file. */
interface Kept {
  readonly sha256: string;
  /** The JSON of a completion, of which the hash is. */
  readonly completion: string;
}

/** Null for a file that is not there, or is not what was written: the model is asked again. */
async function readCompletion(file: string): Promise<Completion | null> {
  try {
    const { sha256, completion } = JSON.parse(await readFile(file, "utf8")) as Kept;
    return sha256 === sha256Of(completion) ? (JSON.parse(completion) as Completion) : null;
  } catch {
    return null;
  }
}

function sha256Of(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

let drafts = 0;

/** Whole or not at all: other processes may read at any moment. */
async function writeCompletion(file: string, completion: Completion): Promise<void> {
  drafts += 1;
  const draft = `${file}.${process.pid}.${drafts}`;
  try {
    await mkdir(dirname(file), { recursive: true });
    const text = JSON.stringify(completion);
    const kept: Kept = { sha256: sha256Of(text), completion: text };
    await writeFile(draft, JSON.stringify(kept));
    await rename(draft, file);
  } catch (error) {
    throw new RunError(`model cache: cannot write ${file}: ${(error as Error).message}`, { cause: error });
  }
}
