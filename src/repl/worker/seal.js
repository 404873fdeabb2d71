// @ts-check
/**
 * Wraps every function the interpreter's WebAssembly may call. Once sealed, what is not on the list throws, which ends
 * the block; what leads to processes, libraries or sockets throws from the beginning.
 */

import { wasm } from "./wasm.js";

const ENOSYS = -52;
/** What innocent code asks for as well: it is told that there is no such thing. */
const ABSENT = new Map([
  ["__syscall_pipe", ENOSYS],
  ["_setitimer_js", ENOSYS],
  ["_maybe_connect_async", 0],
  ["_maybe_recvfrom_async", 0],
  ["_maybe_sendto_async", 0],
  ["_maybe_poll_async", 0],
]);
const DENIED =
  /^(_emscripten_system|_dlopen_js|_emscripten_dlopen_js|__syscall_(socket|connect|bind|listen|accept4|sendto|sendmsg|recvfrom|recvmsg|getpeername|getsockname|getsockopt)|getaddrinfo|getnameinfo|getprotobyname|emscripten_debugger|emscripten_set_up_async_input_device_js)$/;
const ALLOWED =
  /^(__syscall_\w+|_mmap_js|_munmap_js|_msync_js|_timegm_js|_mktime_js|_localtime_js|_gmtime_js|_tzset_js|_setitimer_js|_abort_js|__assert_fail|emscripten_(date_now|get_now|get_heap_max|resize_heap|runtime_keepalive_\w+|log_impl_js)|_emscripten_(get_progname|runtime_keepalive_clear|log_formatted|lookup_name)|_Py_\w+|_PyEM_\w+|exit|__call_sighandler|_try_fcntl64|_try_shutdown|throw_no_gil|JsvError_\w+|Jsv_GetError_import|saveState|restoreState|JsvNoValue_Check|can_run_sync_js|hiwire_invalid_ref_js|__hiwire_deduplicate_delete|new_error)$/;
/** Thrown through the interpreter, whose state is worthless afterwards. */
export class SealError extends Error {
  /** @param {string} name */
  constructor(name) {
    super(`${name} is sealed`);
    this.name = "SealError";
  }
}

export function createSeal() {
  let sealed = false;
  let violations = 0;
  /** @param {string} name @returns {never} */
  const violate = (name) => {
    violations++;
    throw new SealError(name);
  };

  /** @param {string} name @param {(...parameters: never[]) => unknown} original */
  function wrap(name, original) {
    if (ABSENT.has(name)) return () => ABSENT.get(name);
    if (DENIED.test(name)) return () => violate(name);
    if (ALLOWED.test(name)) return original;
    return (/** @type {never[]} */ ...parameters) => {
      // Looking a symbol up is what the loader of extension modules does innocently; it finds none.
      if (sealed && name === "_dlsym_js") return 0;
      return sealed ? violate(name) : original(...parameters);
    };
  }

  return {
    /** @param {import("./internals.ts").WasmModule} module @param {import("./internals.ts").WasmImports} imports */
    wrapImports(module, imports) {
      /** @type {import("./internals.ts").WasmImports["env"]} */
      const env = { ...imports.env };
      for (const { module: from, name, kind } of wasm.Module.imports(module)) {
        const original = imports.env[name];
        if (from === "env" && kind === "function" && original) env[name] = wrap(name, original);
      }
      return { ...imports, env, wasi_snapshot_preview1: { ...imports.wasi_snapshot_preview1 } };
    },
    close() {
      sealed = true;
    },
    /** How often sealed functions were called since this was asked last. */
    takeViolations() {
      const count = violations;
      violations = 0;
      return count;
    },
  };
}
