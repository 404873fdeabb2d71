// @ts-check
/** Calls between JavaScript and Python through CPython's C API: no proxies, so that nothing of JavaScript is reachable from Python. */
import { isCheapJson } from "./cheap-json.js";

/** @typedef {import("./internals.ts").PythonModule} PythonModule */

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const MAX_JSON_DEPTH = 4;
const MAX_JSON_VALUES = 64;

/** A Python exception reached the outside of the engine. */
export class PythonError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = "PythonError";
  }
}

/** @param {PythonModule} module */
export function createPython(module) {
  /** @param {string} text */
  function cString(text) {
    const bytes = encoder.encode(`${text}\0`);
    const address = module._malloc(bytes.length) >>> 0;
    module.HEAPU8.set(bytes, address);
    return address;
  }

  /** @param {number} object @param {string} what */
  function check(object, what) {
    if (object) return object >>> 0;
    module._PyErr_Clear();
    throw new PythonError(`${what} raised`);
  }

  return {
    cString,
    check,
    /** @param {string} moduleName @param {string} name */
    lookUp(moduleName, name) {
      const [moduleText, nameText] = [cString(moduleName), cString(name)];
      const found = module._PyObject_GetAttrString(module._PyImport_AddModule(moduleText), nameText);
      module._free(moduleText);
      module._free(nameText);
      return check(found, `${moduleName}.${name}`);
    },
    /** @param {Uint8Array} bytes */
    bytes(bytes) {
      const object = check(module._PyBytes_FromStringAndSize(0, bytes.length), "bytes");
      module.HEAPU8.set(bytes, module._PyBytes_AsString(object) >>> 0);
      return object;
    },
    /** Calls and drops the result. Takes over `argument`. @param {number} callable @param {number} [argument] */
    run(callable, argument) {
      const result = argument
        ? module._PyObject_CallOneArg(callable, argument)
        : module._PyObject_CallNoArgs(callable);
      if (argument) module._Py_DecRef(argument);
      module._Py_DecRef(check(result, "the engine"));
    },
    /** Calls, and drops what it returns or raises. Takes over `argument`. @param {number} callable @param {number} argument */
    tryRun(callable, argument) {
      const result = module._PyObject_CallOneArg(callable, argument);
      module._Py_DecRef(argument);
      if (result) module._Py_DecRef(result);
      else module._PyErr_Clear();
    },
    /** Calls what returns UTF-8 as bytes. Takes over nothing. @param {number} callable @param {Uint8Array} argument */
    text(callable, argument) {
      const given = this.bytes(argument);
      const result = module._PyObject_CallOneArg(callable, given);
      module._Py_DecRef(given);
      check(result, "the engine");
      const [at, length] = [module._PyBytes_AsString(result) >>> 0, module._PyBytes_Size(result)];
      if (!at) throw new PythonError("the engine returned something that is not bytes, which");
      const text = decoder.decode(module.HEAPU8.slice(at, at + length));
      module._Py_DecRef(result);
      return text;
    },
    /** Calls what returns flat JSON as bytes; code of the policy may have replaced it. @param {number} callable @param {number} maxBytes */
    json(callable, maxBytes) {
      const result = check(module._PyObject_CallNoArgs(callable), "the engine");
      const [at, length] = [module._PyBytes_AsString(result) >>> 0, module._PyBytes_Size(result)];
      if (!at || length > maxBytes) throw new PythonError("the report is no bytes, or too many");
      const bytes = module.HEAPU8.slice(at, at + length);
      module._Py_DecRef(result);
      if (!isCheapJson(bytes, MAX_JSON_DEPTH, MAX_JSON_VALUES))
        throw new PythonError("the report is not flat");
      return decoder.decode(bytes);
    },
  };
}
