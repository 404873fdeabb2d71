/** Saved states on disk, for which memory has no room: one file each, in a folder that only its owner can read. */
import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { deserialize, serialize } from "node:v8";
import { compress } from "./cold-pages.ts";
import { promisify } from "node:util";
import { inflateRaw } from "node:zlib";
import type { InterpreterState } from "./state.ts";

/** A temporary folder of states. Files are written one after the other, since each write copies its state in memory. */
export class StateFolder {
  #folder: Promise<string> | null = null;
  #writing: Promise<unknown> = Promise.resolve();

  /** Writes a state, and returns the path of its file. Rejects if it cannot be written, such as on a full disk. */
  async write(state: InterpreterState): Promise<string> {
    const written = this.#writing.then(() => this.#writeOne(state));
    this.#writing = written.catch(() => undefined);
    return await written;
  }

  /** Removes the folder. Idempotent; the next write creates another. */
  async remove(): Promise<void> {
    const made = this.#folder;
    this.#folder = null;
    await this.#writing;
    if (made) await rm(await made, { recursive: true, force: true });
  }

  async #writeOne(state: InterpreterState): Promise<string> {
    this.#folder ??= makeFolder();
    const file = path.join(await this.#folder, `${randomUUID()}.state`);
    // Shared memory cannot be serialized; a copy can.
    const { pages, data } = state.memory;
    const plain = { ...state, memory: { ...state.memory, pages: pages.slice(), data: data.slice() } };
    try {
      await writeFile(file, await compress(serialize(plain)), { mode: 0o600, flag: "wx" });
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    }
    return file;
  }
}

/** Reads a state that `StateFolder.write` wrote. */
export async function readFromDisk(file: string): Promise<InterpreterState> {
  return deserialize(await promisify(inflateRaw)(await readFile(file))) as InterpreterState;
}

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "rlm-gym-states-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
