/** Saved states as files, compressed and named by their hash. Any process of the same build can read them. */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { deserialize, serialize } from "node:v8";
import { deflate, inflate } from "node:zlib";
import { ReplError } from "../../errors.ts";
import { KeptState } from "../state/kept-states.ts";
import { Layer } from "./layers.ts";
import { toShared } from "../engine/shared-bytes.ts";
import { ReplSnapshot } from "./snapshot.ts";
import { type InterpreterState, withoutSpans } from "../state/state.ts";
import type { TextStore } from "../text/text-store.ts";

/** The content of an episode's file. A layer has a file of its own, which all episodes with that context share. */
interface Saved {
  readonly key: string;
  readonly seed: number;
  readonly clockNs: bigint | null;
  /** The name of the layer's file; null if there is no layer. */
  readonly layer: string | null;
  /** Whether the context is a lazy text, which is not written. */
  readonly isLazy: boolean;
  readonly state: InterpreterState;
}

/** Writes a state into a folder, and returns its name there. A file that exists already is not written again. */
export async function writeSnapshot(folder: string, snapshot: ReplSnapshot): Promise<string> {
  const { key, seed, clockNs, state } = snapshot;
  const isLazy = snapshot.layer.text !== null;
  const layer = snapshot.layer.state ? await writeNamed(folder, plain(snapshot.layer.state)) : null;
  return await writeNamed(folder, { key, seed, clockNs, layer, isLazy, state: plain(await state.read()) });
}

/**
 * Reads a state back. Throws `ReplError` that names the file if it is missing, cut short or changed, and if exactly one of
 * the saved context and `text` is a lazy text.
 */
export async function readSnapshot(
  folder: string,
  name: string,
  text: TextStore | null = null,
): Promise<ReplSnapshot> {
  const { key, seed, clockNs, layer, isLazy, state } = (await readNamed(folder, name)) as Saved;
  if (isLazy !== (text !== null))
    throw new ReplError(
      `the saved state ${name} has ${isLazy ? "a lazy text as its context: expected its text store" : "no lazy text as its context: expected no text store"}`,
    );
  const layerState = layer === null ? null : shared((await readNamed(folder, layer)) as InterpreterState);
  return new ReplSnapshot({
    key,
    seed,
    clockNs,
    layer: new Layer(null, layerState, text),
    state: new KeptState(shared(state)),
  });
}

async function writeNamed(folder: string, value: unknown): Promise<string> {
  const body = await promisify(deflate)(serialize(value), { level: 1 });
  const name = hashOf(body);
  const file = path.join(folder, `${name}.state`);
  if (await stat(file).catch(() => null)) return name;
  await mkdir(folder, { recursive: true });
  const beside = `${file}.${randomUUID()}`;
  await writeFile(beside, body);
  await rename(beside, file);
  return name;
}

async function readNamed(folder: string, name: string): Promise<unknown> {
  const file = path.join(folder, `${name}.state`);
  const body = await readFile(file).catch((cause: unknown) => {
    throw new ReplError(`the saved state ${file} cannot be read: ${String(cause)}`, { cause });
  });
  if (hashOf(body) !== name) {
    throw new ReplError(
      `the saved state ${file} is damaged: the hash of its ${body.length} bytes differs from its name`,
    );
  }
  return deserialize(await promisify(inflate)(body));
}

/** Shared memory cannot be serialized; a copy can. */
function plain(state: InterpreterState): unknown {
  const { pages, data, heapBytes, stackPointer } = withoutSpans(state.memory);
  return { ...state, memory: { heapBytes, stackPointer, pages: pages.slice(), data: data.slice() } };
}

function shared(state: InterpreterState): InterpreterState {
  return { ...state, memory: { ...state.memory, data: toShared(state.memory.data) } };
}

function hashOf(body: Uint8Array): string {
  return createHash("sha256").update(body).digest("hex");
}
