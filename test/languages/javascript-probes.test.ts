import { javascriptIn } from "../../src/languages/javascript/language.ts";
import { describeProbes, type Probe } from "./probe-runner.ts";

const quoted = JSON.stringify;

const PROBES: readonly Probe[] = [
  ["require of fs", ({ file }) => `console.log(require('fs').readFileSync(${quoted(file)}, 'utf8'))`],
  [
    "a dynamic import of fs",
    ({ file }) => `const fs = await import('node:fs'); console.log(fs.readFileSync(${quoted(file)}, 'utf8'))`,
  ],
  ["a dynamic import of a file", ({ file }) => `console.log(await import(${quoted(file)}))`],
  [
    "process through the constructor of the constructor",
    () => `console.log(({}).constructor.constructor('return process')().env)`,
  ],
  [
    "process through a host function's constructor",
    () => `console.log(llm_query.constructor('return process')().env.RLM_GYM_PROBED_SECRET)`,
  ],
  [
    "process through Math.random's constructor",
    () => `console.log(Math.random.constructor.constructor('return process')().env)`,
  ],
  [
    "process through an error of the host",
    () => `try { llm_query(1) } catch (e) { console.log(e.constructor.constructor('return process')().env) }`,
  ],
  [
    "process through an error of a call",
    () =>
      `try { llm_query_batched(['a', {}]) } catch (e) { console.log(e.stack, Object.getOwnPropertyNames(Object.getPrototypeOf(e))) }`,
  ],
  [
    "indirect eval",
    () =>
      `console.log((0, eval)('typeof process + typeof require + typeof globalThis.Worker + typeof fetch'))`,
  ],
  ["Function", () => `console.log(Function('return [typeof process, typeof require, typeof module]')())`],
  [
    "an async function's constructor",
    () => `console.log(await (async () => {}).constructor('return process.env')())`,
  ],
  [
    "a generator's constructor",
    () => `console.log([...(function* () {}).constructor('yield process.env')()])`,
  ],
  ["std and os of qjs", ({ file }) => `console.log(std.loadFile(${quoted(file)}), os.readdir('/'))`],
  [
    "std through a module",
    ({ file }) => `const std = await import('std'); console.log(std.loadFile(${quoted(file)}))`,
  ],
  ["bjson through a module", () => `console.log(await import('bjson'))`],
  ["fetch of a file", ({ file }) => `console.log(await (await fetch('file://' + ${quoted(file)})).text())`],
  ["XMLHttpRequest", () => `new XMLHttpRequest().open('GET', 'http://127.0.0.1')`],
  ["WebSocket", () => `new WebSocket('ws://127.0.0.1:1')`],
  ["WebAssembly", () => `console.log(new WebAssembly.Memory({ initial: 1 }).buffer)`],
  ["a Worker", () => `new Worker('postMessage(process.env)', { eval: true })`],
  [
    "Deno and Bun",
    ({ file }) =>
      `console.log(globalThis.Deno?.readTextFileSync(${quoted(file)}), globalThis.Bun?.file(${quoted(file)}))`,
  ],
  [
    "writing with an odd global",
    ({ folder }) =>
      `(globalThis.writeFile ?? globalThis.save ?? (() => { throw 1 }))(${quoted(folder)} + '/trace', 'x')`,
  ],
  [
    "load, read and readbuffer of a shell",
    ({ file }) =>
      `console.log([globalThis.load, globalThis.read, globalThis.readbuffer].map((f) => f?.(${quoted(file)})))`,
  ],
  [
    "the prototype of all objects",
    () => `Object.prototype.kind = 'H'; Object.prototype.name = 'x'; console.log(llm_query('a'))`,
  ],
  [
    "__proto__ in a request",
    () =>
      `console.log(llm_query_batched(JSON.parse('["a"]'), JSON.parse('{"__proto__": {"model": "x"}, "model": null}')))`,
  ],
  ["toJSON on strings", () => `String.prototype.toJSON = () => ({ evil: 1 }); console.log(llm_query('a'))`],
  [
    "toJSON on arrays",
    () => `Array.prototype.toJSON = () => 'x'; console.log(llm_query_batched(['a', 'b']))`,
  ],
  [
    "JSON.parse replaced",
    () =>
      `JSON.parse = () => ({ replies: ['forged'] }); JSON.stringify = () => '{}'; console.log(llm_query('a'))`,
  ],
  [
    "map replaced",
    () => `Array.prototype.map = function () { return ['x'] }; console.log(llm_query_batched(['a']))`,
  ],
  [
    "an answer whose getter throws",
    () =>
      `Object.defineProperty(globalThis, 'answer', { get() { throw new Error('no') }, configurable: true })`,
  ],
  [
    "an answer whose content never ends",
    () => `answer = { get content() { return 'x'.repeat(3e6) }, ready: true }`,
  ],
  [
    "an answer that is a proxy",
    () => `answer = new Proxy({}, { get: () => answer, ownKeys: () => { throw 1 } })`,
  ],
  [
    "an answer of a million keys",
    () =>
      `const big = {}; for (let i = 0; i < 1e5; i++) big['k' + i] = i; answer = { content: big, ready: true }`,
  ],
  [
    "a value whose toString throws",
    () => `({ toString() { throw 1 }, [Symbol.toPrimitive]() { throw 2 }, inspect() { throw 3 } })`,
  ],
  [
    "an error whose message is a getter",
    () =>
      `const e = new Error('x'); Object.defineProperty(e, 'message', { get() { while (true) {} } }); throw e`,
  ],
  [
    "a proxy thrown",
    () => `throw new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 }, ownKeys() { throw 3 } })`,
  ],
  [
    "names of reserved functions taken away",
    () =>
      `for (const name of ['FINAL', 'llm_query', 'console', 'print']) delete globalThis[name]; Object.freeze(globalThis)`,
  ],
  [
    "a frozen global object",
    () =>
      `Object.defineProperty(globalThis, 'llm_query', { value: 1, configurable: false, writable: false })`,
  ],
  ["endless recursion", () => `function f() { return [f(), f()] } f()`],
  ["endless recursion in a sort", () => `const f = () => [1, 2].sort(f); f()`],
  ["a regular expression without end", () => `console.log(/^(a+)+$/.test('a'.repeat(60) + 'b'))`],
  ["a promise chain without end", () => `const again = () => Promise.resolve().then(again); await again()`],
  ["a generator without end", () => `function* g() { while (true) yield 1 } [...g()]`],
  ["a string of 2 GB", () => `let s = 'x'; for (let i = 0; i < 40; i++) s += s; console.log(s.length)`],
  ["an array buffer of 4 GB", () => `new ArrayBuffer(2 ** 32 - 1)`],
  [
    "a shared array buffer",
    () => `const view = new Int32Array(new SharedArrayBuffer(8)); Atomics.wait(view, 0, 0, 10)`,
  ],
  ["Atomics.wait for ever", () => `Atomics.wait(new Int32Array(new SharedArrayBuffer(8)), 0, 0)`],
  ["a flood of output", () => `while (true) console.log('x'.repeat(100000))`],
  ["a flood of calls", () => `for (let i = 0; i < 300; i++) llm_query_batched(Array(1000).fill('x'))`],
  ["a request of 100 MB", () => `llm_query('x'.repeat(100e6))`],
  ["a context of cycles", () => `const c = {}; c.c = c; rlm_query('a', c)`],
  [
    "finalizers that run later",
    () =>
      `const r = new FinalizationRegistry(() => console.log('late')); r.register({}, 1); new WeakRef({}).deref()`,
  ],
  ["source that ends the wrapper", () => `}); process.exit(1); (function () {`],
  ["source of a million brackets", () => `${"(".repeat(100_000)}1${")".repeat(100_000)}`],
  ["half a surrogate in names", () => `globalThis['\\ud800'] = 1; console.log('\\ud800', SHOW_VARS())`],
  [
    "stack traces through prepareStackTrace",
    () =>
      `Error.prepareStackTrace = (_, frames) => frames; try { llm_query(1) } catch (e) { console.log(e.stack.map?.((f) => f.getThis?.().process)) }`,
  ],
  [
    "the caller of a function",
    () => `function f() { return f.caller ?? arguments.callee.caller } console.log(f())`,
  ],
  [
    "the engine's closure through toString",
    () => `console.log(FINAL.toString(), llm_query.toString(), SHOW_VARS.toString())`,
  ],
];

describeProbes(javascriptIn(), PROBES, { code: "console.log(String(1 + 1) + 'ok')", printed: "2ok" });
