// @ts-check
/** Bounds the length of paths: each becomes JavaScript strings, and enough long ones would crash the whole process. */

const MAX_PATH_BYTES = 4096;
const ENAMETOOLONG = 37;

/** The positions of the path arguments of each system call. */
const PATHS = new Map(
  Object.entries({
    __syscall_openat: [1],
    __syscall_faccessat: [1],
    __syscall_chdir: [0],
    __syscall_chmod: [0],
    __syscall_fchmodat2: [1],
    __syscall_fchownat: [1],
    __syscall_stat64: [0],
    __syscall_lstat64: [0],
    __syscall_newfstatat: [1],
    __syscall_statfs64: [0],
    __syscall_mkdirat: [1],
    __syscall_mknodat: [1],
    __syscall_readlinkat: [1],
    __syscall_symlinkat: [0, 2],
    __syscall_unlinkat: [1],
    __syscall_rmdir: [0],
    __syscall_renameat: [1, 3],
    __syscall_truncate64: [0],
    __syscall_utimensat: [1],
  }),
);

/** @param {() => import("./internals.ts").WasmMemory} memory */
export function createPathLimit(memory) {
  /** @param {number} address */
  function isTooLong(address) {
    const bytes = new Uint8Array(memory().buffer).subarray(address >>> 0, (address >>> 0) + MAX_PATH_BYTES);
    return address !== 0 && bytes.length === MAX_PATH_BYTES && !bytes.includes(0);
  }

  return {
    /** @param {import("./internals.ts").WasmImports} imports - changed in place */
    join({ env }) {
      for (const [name, positions] of PATHS) {
        const original = /** @type {(...parameters: number[]) => number} */ (env[name]);
        env[name] = (/** @type {number[]} */ ...parameters) =>
          positions.some((position) => isTooLong(parameters[position] ?? 0))
            ? -ENAMETOOLONG
            : original(...parameters);
      }
    },
    /** Also bounds paths relative to the working folder or to an open one. @param {import("./internals.ts").FileSystem} fs */
    guard(fs) {
      const lookupPath = fs.lookupPath.bind(fs);
      fs.lookupPath = (path, options) => {
        if (path.length + fs.currentPath.length > 2 * MAX_PATH_BYTES) throw new fs.ErrnoError(ENAMETOOLONG);
        return lookupPath(path, options);
      };
    },
  };
}
