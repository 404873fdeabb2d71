/** Episodes that try to leave something behind, and a fingerprint that shows whether they did. */
import { createHash } from "node:crypto";
import { Random } from "../../src/random.ts";
import type { PyodideReplPool } from "../../src/repl/pyodide/pool.ts";
import type { WorkerRepl } from "../../src/repl/pool/worker-repl.ts";
import { ALL_PROBES } from "./catalogue.ts";
import { echo } from "../repl/repl-contract.ts";

/** Code that tries to change what other episodes see. */
export const LEAKS: readonly string[] = [
  "import builtins; builtins.print = builtins.len = builtins.open = None",
  "import builtins; builtins.secret = 1; builtins.__import__ = lambda *a, **k: None",
  "import json, re, math; json.dumps = re.compile = math.pi = 'mine'",
  "import random; random.seed(99); random.random(); random.Random.random = lambda s: 0.5",
  "import os; os.environ['X'] = '1'; os.chdir('/tmp'); os.umask(0)",
  "import os; os.rename('/lib', '/bil')",
  "import os; os.remove('/dev/null'); os.mkdir('/dev/null')",
  "import shutil; shutil.rmtree('/home', ignore_errors=True); shutil.rmtree('/dev', ignore_errors=True)",
  "import os\nfor i in range(200): open(f'/tmp/{i}', 'w').write('x' * i)",
  "open('/lib/python3.14/site-packages/sitecustomize.py', 'w').write('leak = 1')",
  "open('/lib/python314.zip', 'r+b').write(b'rubbish')",
  "import os; os.chmod('/lib/python314.zip', 0o777); os.truncate('/lib/python314.zip', 0)",
  "files = [open(f'/tmp/f{i}', 'w') for i in range(100)]; import os; os.dup2(files[0].fileno(), 1); os.close(0); os.close(2)",
  "import sys; sys.setrecursionlimit(50)",
  "import sys; sys.modules.clear()",
  "import sys; sys.path[:] = []; sys.meta_path.clear(); sys.path_hooks.clear()",
  "import sys; sys.stdout = sys.stderr = None; sys.__stdout__ = 1; sys.excepthook = print; sys.displayhook = None",
  "import sys; sys.settrace(lambda *a: None); sys.setprofile(lambda *a: None)",
  "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)",
  "import signal; signal.signal(signal.SIGINT, lambda *a: None)\nwhile True: pass",
  "import gc; gc.disable(); gc.set_threshold(1); gc.callbacks.append(print)",
  "import warnings; warnings.simplefilter('error'); warnings.filters.clear()",
  "import decimal; decimal.getcontext().prec = 2; import locale, time; time.sleep(1e7)",
  "import threading, contextvars; threading.local().x = 1; contextvars.ContextVar('x').set(1)",
  "class A:\n  def __del__(self): globals()['revived'] = self; print('x')\na = A(); a.me = a; del a",
  "class M(type):\n  def __instancecheck__(c, o): return True\nclass Sub(dict, metaclass=M): pass\nanswer = Sub(content=Sub(), ready=Sub())",
  "import abc, collections.abc; collections.abc.Sequence.register(int); abc.ABCMeta.__instancecheck__ = None",
  "import atexit; atexit.register(print, 'bye'); atexit._run_exitfuncs()",
  "def g():\n  try: yield 1\n  finally: print('closed')\nit = g(); next(it)",
  "import asyncio\nasync def f(): await asyncio.sleep(1e9)\nasyncio.run(f())",
  "import asyncio; loop = asyncio.new_event_loop(); asyncio.set_event_loop(loop); loop.call_later(1, print)",
  "x = bytearray(50_000_000); y = [0] * 3_000_000",
  "'a' * 10**9",
  "import os; os._exit(3)",
  "import os; os.abort()",
  "import sys; sys.setrecursionlimit(10**9)\ndef f(): f()\nf()",
  "while True: pass",
  "import ctypes",
  "import os; os.system('ls')",
  "context = None; answer = 7; llm_query = None; del FINAL, SHOW_VARS; __builtins__ = {}; __name__ = 'x'",
  "import linecache, tokenize; linecache.cache.clear(); linecache.getlines = tokenize.open = None",
  "import time, datetime; time.time = lambda: 0; datetime.datetime = None",
  "import zlib, hashlib\nfor _ in range(100): zlib.compress(hashlib.sha256(b'x').digest() * 100)",
  "print('x' * 5_000_000)",
  "import faulthandler; faulthandler.enable(); faulthandler.dump_traceback_later(1)",
  "import re\nfor i in range(2000): re.compile(f'a{i}b*')",
  "import sys; sys.intern('leak' * 100); import string; string.digits = ''",
  "import importlib, json; importlib.reload(json)",
  "import copyreg, pickle; copyreg.pickle(int, lambda i: (str, ('leak',)))",
  "import codecs; codecs.register(lambda n: None); import encodings; encodings.aliases.aliases.clear()",
];

const LIMITS = { timeoutMs: 200, maxOutputChars: 500 };
const SESSION = { context: "context", seed: 11, onCall: echo };

/** Runs hostile code in random order, each in its own episode. Returns the code after which the floor was different. */
export async function findLeaks(pool: PyodideReplPool, episodes: number, seed: number): Promise<string[]> {
  const random = new Random(seed);
  const hostile = [...LEAKS, ...ALL_PROBES.map(({ code }) => code)];
  const repl = await pool.acquire();
  const clean = await fingerprint(repl);
  const leaks: string[] = [];
  for (let episode = 0; episode < episodes; episode++) {
    const codes = [random.choice(hostile), random.choice(hostile)];
    for (const code of codes) await repl.exec(code, LIMITS);
    if ((await fingerprint(repl)) !== clean) leaks.push(codes.join("\n---\n"));
  }
  await pool.release(repl);
  return leaks;
}

/** A hash of the whole state of a freshly started episode: every changed page, file, descriptor, clock and entropy. */
async function fingerprint(repl: WorkerRepl): Promise<string> {
  await repl.start(SESSION);
  const { memory, files, clockNs, idleNs, chance } = await (await repl.snapshot()).state.read();
  return createHash("sha256")
    .update(JSON.stringify([files, `${clockNs} ${idleNs}`, chance, memory.stackPointer, [...memory.pages]]))
    .update(memory.data)
    .digest("hex");
}
