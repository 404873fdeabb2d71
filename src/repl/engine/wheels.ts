/** Pure-Python packages that a user adds to the interpreter: wheels in a local folder, checked before any code in them runs. */
import { readFile, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { DataError, UsageError } from "../../errors.ts";
import { toShared } from "./shared-bytes.ts";
import { readZip, type ZipEntry } from "./zip.ts";

/** A wheel that can be used. */
export interface Wheel {
  /** The file's name, which holds project, version and tags. */
  readonly name: string;
  /**
   * The folders inside the wheel that an installer would merge, each with its top-level modules and packages. The first one
   * is the wheel itself, named "".
   */
  readonly roots: readonly { readonly folder: string; readonly modules: readonly string[] }[];
  readonly bytes: Uint8Array<SharedArrayBuffer>;
}

/** Wheels stay compressed in memory; this bounds their unpacked size. */
const MAX_UNPACKED_BYTES = 256 << 20;
/** Project, version, build, Python, ABI and platform. (Python packaging specification, binary distribution format.) */
const FILE_NAME = /^([A-Za-z0-9._]+)-([^-]+)(?:-(\d[^-]*))?-([^-]+)-([^-]+)-([^-]+)\.whl$/;
const NATIVE_FILE = /\.(so|pyd|dll|dylib)(\.[\d.]+)?$/;

/**
 * The wheels of a folder, in the order of their names. Throws `UsageError` if the folder cannot be read or holds no wheel,
 * and `DataError` that names a file if it is damaged, is native, or is the second wheel of a project.
 */
export async function readWheels(folder: string): Promise<Wheel[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new UsageError(`the folder of wheels ${folder} cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  });
  const files = names.filter((name) => name.endsWith(".whl")).toSorted();
  if (files.length === 0)
    throw new UsageError(`the folder of wheels ${folder} holds no file that ends in .whl`);
  const wheels: Wheel[] = [];
  const projects = new Map<string, string>();
  for (const name of files) {
    const project = projectOf(name);
    const twin = projects.get(project);
    if (twin !== undefined)
      throw new DataError(`${twin} and ${name} are wheels of the same project: keep one`);
    projects.set(project, name);
    const file = path.join(folder, name);
    const found = await stat(file);
    if (!found.isFile() || found.size > MAX_UNPACKED_BYTES)
      throw new DataError(
        `the wheel ${name} cannot be used: expected a file of at most ${MAX_UNPACKED_BYTES >> 20} MB`,
      );
    wheels.push(checked(name, await readFile(file)));
  }
  return wheels;
}

/** The normalized name of a wheel's project. Throws `DataError` for a wheel that is not for any Python 3. */
function projectOf(file: string): string {
  const [, project, , , python, abi, platform] = FILE_NAME.exec(file) ?? [];
  if (project === undefined)
    throw new DataError(`${file} is not named as a wheel: expected PROJECT-VERSION-py3-none-any.whl`);
  if (abi !== "none" || platform !== "any")
    throw new DataError(
      `${file} is built for ${platform} (${abi}): only pure-Python wheels, whose names end in -none-any.whl, can be added`,
    );
  if (!python?.split(".").some((tag) => tag.startsWith("py3")))
    throw new DataError(`${file} is for ${python}: a wheel for py3 is needed`);
  return project.replaceAll(/[._]+/g, "-").toLowerCase();
}

function checked(name: string, archive: Buffer): Wheel {
  try {
    const entries = readZip(archive);
    checkEntries(entries);
    return { name, roots: rootsOf(entries), bytes: toShared(archive) };
  } catch (error) {
    throw new DataError(`the wheel ${name} cannot be used: ${(error as Error).message}`, { cause: error });
  }
}

function checkEntries(entries: readonly ZipEntry[]): void {
  if (entries.reduce((sum, { bytes }) => sum + bytes, 0) > MAX_UNPACKED_BYTES)
    throw new Error(`its files come to more than ${MAX_UNPACKED_BYTES >> 20} MB`);
  for (const { name } of entries) {
    if (name.startsWith("/") || name.includes("\\") || name.split("/").includes(".."))
      throw new Error(`its file ${name} would lie outside of it`);
    if (NATIVE_FILE.test(name)) throw new Error(`its file ${name} is native code`);
  }
  const about = entries.find(({ name }) => /^[^/]+\.dist-info\/WHEEL$/.test(name));
  if (!about) throw new Error("it has no .dist-info/WHEEL");
  if (!/^Root-Is-Purelib: *true *$/im.test(about.read().toString()))
    throw new Error("its WHEEL does not say Root-Is-Purelib: true");
  // Unpacking every file finds damage here, and not at an import during an episode.
  for (const entry of entries) entry.read();
}

/** An installer would move `.data/purelib` and `.data/platlib` to the top; here they are imported from where they are. */
function rootsOf(entries: readonly ZipEntry[]): Wheel["roots"] {
  const names = entries.map(({ name }) => name);
  const moved = names.flatMap((name) => /^([^/]+\.data\/(?:purelib|platlib))\//.exec(name)?.[1] ?? []);
  const roots = ["", ...new Set(moved)].map((folder) => {
    const start = folder === "" ? "" : `${folder}/`;
    const within = names.filter((name) => name.startsWith(start)).map((name) => name.slice(start.length));
    return { folder, modules: modulesOf(within) };
  });
  const modules = roots.flatMap((root) => root.modules);
  if (modules.length === 0) throw new Error("it has no modules");
  const twice = modules.find((module, at) => modules.indexOf(module) !== at);
  if (twice !== undefined)
    throw new Error(
      `its module ${twice} is both at the top and in its .data folder: expected only one of them`,
    );
  return roots;
}

function modulesOf(files: readonly string[]): string[] {
  const names = files.flatMap((name) => {
    const [, found] = /^([^/]+)(?:\/__init__)?\.py$/.exec(name) ?? [];
    return found !== undefined && /^[\p{L}_][\p{L}\p{N}_]*$/u.test(found) ? [found] : [];
  });
  return [...new Set(names)].toSorted();
}
