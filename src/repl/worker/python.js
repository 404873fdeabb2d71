// @ts-check
/** Calls Python through CPython's C API. It uses no proxies, so that Python cannot reach JavaScript through them. */
import { isCheapJson } from "./cheap-json.js";

/** @typedef {import("./internals.ts").PythonModule} PythonModule */

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const MAX_JSON_DEPTH = 4;
const MAX_JSON_VALUES = 64;

/** The engine's Python raised an exception or returned something unexpected. */
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
    /** Calls and drops the result. Takes over the reference to `argument`. @param {number} callable @param {number} [argument] */
    run(callable, argument) {
      const result = argument
        ? module._PyObject_CallOneArg(callable, argument)
        : module._PyObject_CallNoArgs(callable);
      if (argument) module._Py_DecRef(argument);
      module._Py_DecRef(check(result, "the engine"));
    },
    /** Calls and drops the result or the exception. Takes over the reference to `argument`. @param {number} callable @param {number} argument */
    tryRun(callable, argument) {
      const result = module._PyObject_CallOneArg(callable, argument);
      module._Py_DecRef(argument);
      if (result) module._Py_DecRef(result);
      else module._PyErr_Clear();
    },
    /** Calls a function that returns UTF-8 as bytes, and decodes the result. @param {number} callable @param {Uint8Array} argument */
    text(callable, argument) {
      const given = this.bytes(argument);
      const result = module._PyObject_CallOneArg(callable, given);
      module._Py_DecRef(given);
      check(result, "the engine");
      const [at, length] = [module._PyBytes_AsString(result) >>> 0, module._PyBytes_Size(result)];
      if (!at) throw new PythonError("the engine did not return bytes");
      const text = decoder.decode(module.HEAPU8.slice(at, at + length));
      module._Py_DecRef(result);
      return text;
    },
    /** Calls a function that returns flat JSON as bytes. The policy's code may have replaced it, so the result is checked. @param {number} callable @param {number} maxBytes */
    json(callable, maxBytes) {
      const result = check(module._PyObject_CallNoArgs(callable), "the engine");
      const [at, length] = [module._PyBytes_AsString(result) >>> 0, module._PyBytes_Size(result)];
      if (!at || length > maxBytes)
        throw new PythonError(`the report is not bytes, or is longer than ${maxBytes} bytes`);
      const bytes = module.HEAPU8.slice(at, at + length);
      module._Py_DecRef(result);
      if (!isCheapJson(bytes, MAX_JSON_DEPTH, MAX_JSON_VALUES))
        throw new PythonError("the report is not flat");
      return decoder.decode(bytes);
    },
  };
}
