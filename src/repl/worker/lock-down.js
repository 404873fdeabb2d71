// @ts-check
/**
 * Wraps every function that the interpreter's WebAssembly can call. After the lockdown, a function that is not on the list of
 * allowed ones throws, which ends the block. Functions that lead to processes, libraries or sockets throw from the beginning.
 */

import { wasm } from "./wasm.js";

const ENOSYS = -52;
/** Functions that harmless code calls as well. They return what a system without the feature would. */
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
/** A forbidden call. It is thrown through the interpreter, whose state must be restored afterwards. */
export class LockDownError extends Error {
  /** @param {string} name */
  constructor(name) {
    super(`the sandbox does not allow ${name}`);
    this.name = "LockDownError";
  }
}

export function createLockDown() {
  let isLockedDown = false;
  let violations = 0;
  /** @param {string} name @returns {never} */
  const violate = (name) => {
    violations++;
    throw new LockDownError(name);
  };

  /** @param {string} name @param {(...parameters: never[]) => unknown} original */
  function wrap(name, original) {
    if (ABSENT.has(name)) return () => ABSENT.get(name);
    if (DENIED.test(name)) return () => violate(name);
    if (ALLOWED.test(name)) return original;
    return (/** @type {never[]} */ ...parameters) => {
      // The loader of extension modules looks symbols up without bad intent, so it finds none instead of failing.
      if (isLockedDown && name === "_dlsym_js") return 0;
      return isLockedDown ? violate(name) : original(...parameters);
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
    engage() {
      isLockedDown = true;
    },
    /** The number of forbidden calls since the last time this was asked. */
    takeViolations() {
      const count = violations;
      violations = 0;
      return count;
    },
  };
}
