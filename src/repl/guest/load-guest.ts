/** Loads the engine of a guest: its WebAssembly module, and a key over everything that decides what its memory means. */
import { createHash } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { UsageError } from "../../errors.ts";
import type { ErrorNames, LoadedEngine } from "../engine/loaded-engine.ts";
import { wasm } from "../worker/wasm.js";

/** What a guest is made of. */
export interface GuestParts {
  readonly title: string;
  readonly errorNames: ErrorNames;
  /** The folder of the guest's own files; `guest.js` in it has `createGuest`. */
  readonly folder: URL;
  /** Folders of other guests whose files it uses. */
  readonly sharedFolders?: readonly URL[];
  /** The module's file, as a package and its path, such as `quickjs-wasi/quickjs.wasm`. */
  readonly wasm: string;
  /**
   * Files of packages that the worker imports, by the name of their setting: the worker gets their URLs. `acorn#acorn.mjs` is the
   * file of that name beside the package's main file.
   */
  readonly scripts?: Readonly<Record<string, string>>;
  /** Texts that the worker gets as settings. */
  readonly texts?: Readonly<Record<string, string>>;
  /** The line that installs the packages. */
  readonly install: string;
  readonly maxHeapBytes: number;
}

/** Loads a guest. Throws `UsageError` with the line that installs its packages if one is missing. */
export async function loadGuest(parts: GuestParts): Promise<LoadedEngine> {
  const { title, errorNames, maxHeapBytes, texts = {} } = parts;
  const folders = [parts.folder, ...(parts.sharedFolders ?? [])];
  const resolve = (file: string) => {
    const [main = "", beside] = file.split("#");
    const found = pathToFileURL(resolved(main, parts));
    return beside === undefined ? found : new URL(beside, found);
  };
  const wasmUrl = resolve(parts.wasm);
  const scripts = Object.entries(parts.scripts ?? {}).map(([name, file]) => [name, resolve(file)] as const);
  const own = (await Promise.all(folders.map(readOwnFiles))).flat();
  const wasmBytes = await readFile(wasmUrl);
  const scriptBytes = await Promise.all(scripts.map(([, url]) => readFile(url)));
  const hash = createHash("sha256");
  for (const bytes of [wasmBytes, ...scriptBytes, ...own, JSON.stringify([texts, maxHeapBytes])])
    hash.update(`${bytes.length}\n`).update(bytes);
  const urls = scripts.map(([name, url]) => [name, url.href] as const);
  return {
    runtime: {
      guestUrl: new URL("guest.js", parts.folder).href,
      module: await wasm.compile(wasmBytes),
      wasmUrl: wasmUrl.href,
      folders: [
        ...folders.map((folder) => folder.href),
        ...[wasmUrl, ...scripts.map(([, url]) => url)].map((url) => new URL(".", url).href),
      ],
      settings: { ...texts, ...Object.fromEntries(urls) },
      maxHeapBytes,
    },
    snapshot: new Uint8Array(new SharedArrayBuffer(0)),
    key: hash.digest("hex").slice(0, 32),
    title,
    errorNames,
  };
}

function resolved(file: string, { title, install }: GuestParts): string {
  try {
    return createRequire(import.meta.url).resolve(file);
  } catch (cause) {
    throw new UsageError(
      `the REPL language ${title}: the package ${file.split("/", file.startsWith("@") ? 2 : 1).join("/")} is missing; install it: npm install ${install}`,
      { cause },
    );
  }
}

async function readOwnFiles(folder: URL): Promise<Buffer[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".js")).toSorted();
  return await Promise.all(names.map((name) => readFile(path.join(new URL(folder).pathname, name))));
}
