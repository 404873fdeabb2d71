/** The internals of Pyodide 314.0.7 that the worker uses. They are the reason why its version is pinned. */

/** A node of Emscripten's in-memory file system. `contents` is a table of nodes for a directory, and bytes for a file. */
export interface FsNode {
  id: number;
  name: string;
  parent: FsNode;
  mode: number;
  rdev: number;
  mount: object;
  mounted: { root: FsNode } | null;
  contents: Record<string, FsNode> | Uint8Array | undefined;
  usedBytes?: number;
  link?: string;
  atime: number;
  mtime: number;
  ctime: number;
  name_next: FsNode | undefined;
  node_ops: object;
  stream_ops: object;
}

/** An open descriptor of Emscripten's file system. */
export interface FsStream {
  fd: number;
  node: FsNode;
  path?: string;
  flags: number;
  position: number;
  shared: { flags: number; position: number };
  stream_ops: object;
  seekable?: boolean;
}

type FileWrite = (
  stream: FsStream,
  buffer: Uint8Array,
  offset: number,
  length: number,
  position: number,
  canOwn?: boolean,
) => number;

/** Emscripten's file system. */
export interface FileSystem {
  root: FsNode;
  nameTable: (FsNode | undefined)[];
  streams: (FsStream | null | undefined)[];
  nextInode: number;
  currentPath: string;
  devices: Record<number, { stream_ops: object }>;
  filesystems: {
    MEMFS: {
      expandFileStorage: (node: FsNode, capacity: number) => void;
      resizeFileStorage: (node: FsNode, size: number) => void;
      stream_ops: { write: FileWrite };
      ops_table: {
        dir: {
          node: {
            symlink: (parent: FsNode, name: string, target: string) => FsNode;
            rename: (node: FsNode, folder: FsNode, name: string) => void;
          };
        };
        file: { stream: { write: FileWrite } };
      };
    };
  };
  ErrnoError: new (errno: number) => Error;
  FSStream: new () => FsStream;
  isDir(mode: number): boolean;
  isFile(mode: number): boolean;
  isLink(mode: number): boolean;
  isChrdev(mode: number): boolean;
  hashName(parentId: number, name: string): number;
  makedev(major: number, minor: number): number;
  registerDevice(device: number, operations: object): void;
  createNode: (parent: FsNode, name: string, mode: number, rdev: number) => FsNode;
  chdir(path: string): void;
  mkdirTree(path: string): void;
  writeFile(path: string, bytes: Uint8Array): void;
  lookupPath: (path: string, options?: object) => { node: FsNode };
}

/** CPython's C API as the module exports it. Python objects are addresses in its memory. */
export interface PythonModule {
  FS: FileSystem;
  HEAPU8: Uint8Array;
  HEAPU16: Uint16Array;
  HEAP32: Int32Array;
  HEAPU32: Uint32Array;
  ___stack_pointer: { value: number };
  _PyImport_Inittab: number;
  _malloc(bytes: number): number;
  _free(address: number): void;
  _Py_DecRef(object: number): void;
  _PyImport_AddModule(name: number): number;
  _PyObject_GetAttrString(object: number, name: number): number;
  _PyObject_CallNoArgs(callable: number): number;
  _PyObject_CallOneArg(callable: number, argument: number): number;
  _PyErr_Occurred(): number;
  _PyErr_Clear(): void;
  _PyUnicode_New(length: number, widestCodePoint: number): number;
  _PyBytes_FromStringAndSize(bytes: number, length: number): number;
  _PyBytes_AsString(object: number): number;
  _PyBytes_Size(object: number): number;
  _PyList_New(length: number): number;
  _PyList_SetItem(list: number, index: number, object: number): number;
}

/** What `loadPyodide` returns. */
export interface Pyodide {
  _module: PythonModule;
  _api: Record<string, unknown>;
  version: string;
  runPython(code: string): unknown;
  makeMemorySnapshot(): Uint8Array;
  setInterruptBuffer(buffer: Int32Array): void;
  setStdout(options: { write(bytes: Uint8Array): number; isatty: boolean }): void;
  setStderr(options: { write(bytes: Uint8Array): number; isatty: boolean }): void;
}

/** The functions that a WebAssembly module can call, by module and name. */
export interface WasmImports {
  env: Record<string, (...parameters: never[]) => unknown>;
  wasi_snapshot_preview1: Record<string, (...parameters: never[]) => unknown>;
  [module: string]: Record<string, unknown>;
}

/** The part of `WebAssembly.Memory` that is used here. Node's types lack `WebAssembly`. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
/** A compiled WebAssembly module. */
export type WasmModule = object;
/** The part of `WebAssembly` that is used here. */
export interface WasmApi {
  Module: {
    new (bytes: Uint8Array): WasmModule;
    imports(module: WasmModule): { module: string; name: string; kind: string }[];
  };
  compile(bytes: Uint8Array): Promise<WasmModule>;
  instantiate(
    source: Uint8Array | WasmModule,
    imports: WasmImports,
  ): Promise<{ exports: Record<string, unknown> }>;
}
