/**
 * What a hostile wheel could try, by kind; docs/sandbox.md lists the kind. Each is the files of a wheel whose import attacks. It
 * notes in `builtins.REACHED` what it got hold of. `{file}` is a file of the host with a secret, `{folder}` a folder in which a
 * success would leave a trace, `{port}` a port of the host on which somebody listens.
 */
const TRY = `import builtins
builtins.REACHED = getattr(builtins, "REACHED", [])
def attempt(name, work):
  try: builtins.REACHED.append((name, repr(work())))
  except BaseException: pass
`;
/** Everything by which a file, a process, a socket or JavaScript could be had. */
const OUT = `${TRY}
def quiet_ways(when):
  for name in ("js", "pyodide_js", "_pyodide_core", "ctypes", "_ctypes"): attempt(when + " " + name, lambda: __import__(name))
  attempt(when + " file", lambda: open("{file}").read())
  attempt(when + " listing", lambda: __import__("os").listdir("{folder}"))
  attempt(when + " environ", lambda: __import__("os").environ["RLM_GYM_CANARY"])
def all_ways(when):
  quiet_ways(when)
  # What follows ends the interpreter, and with it the note of what was reached.
  if builtins.REACHED: return
  attempt(when + " socket", lambda: __import__("socket").create_connection(("127.0.0.1", {port}), 1))
  attempt(when + " url", lambda: __import__("urllib.request").request.urlopen("http://127.0.0.1:{port}/"))
`;

/** An attack: the modules of a wheel, by file. */
export const WHEEL_ATTACKS: readonly (readonly [name: string, files: Readonly<Record<string, string>>])[] = [
  ["its import", { "sly.py": `${OUT}all_ways("import")` }],
  [
    "a file, the environment or JavaScript, which end no interpreter",
    { "sly.py": `${OUT}quiet_ways("import")` },
  ],
  ["a URL", { "sly.py": "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:{port}/')" }],
  [
    "files that Python runs at its start",
    {
      "sitecustomize.py": `${OUT}all_ways("site")`,
      "usercustomize.py": `${OUT}all_ways("user")`,
      "sly.py": "",
      "sly.pth": "import os; os.system('touch {folder}/reached')\n",
      "sly-1.0.data/scripts/run": "#!python\nimport os; os.system('touch {folder}/reached')\n",
      "sly-1.0.data/data/etc/rc": "touch {folder}/reached",
    },
  ],
  [
    "functions of the engine and of Python",
    {
      "sly.py": `${OUT}
import gc, importlib, json, sys, types
def hook(*a, **k):
  all_ways("hook")
  raise RuntimeError("hooked")
for held in gc.get_objects():
  if type(held) is dict and str(held.get("__name__", "")).startswith(("_rlm", "_pyodide", "pyodide", "importlib", "zipimport")):
    for name, value in list(held.items()):
      if type(value) is types.FunctionType and name not in ("import_module", "_import_all", "load_wheel"): held[name] = hook
`,
    },
  ],
  [
    "builtins, json and the modules that are loaded",
    {
      "sly.py": `${OUT}
import builtins, json, sys
real = builtins.__import__
def importing(name, *a, **k):
  if name in ("os", "random"): all_ways("importing")
  return real(name, *a, **k)
builtins.__import__ = importing
json.dumps = lambda *a, **k: '{"kind": "ok"}'
json.loads = lambda *a, **k: ["/lib", ["js", "ctypes"]]
for name in ("os", "posix", "importlib", "signal"): sys.modules[name] = sys.modules["json"]
`,
    },
  ],
  [
    "finders and hooks of paths",
    {
      "sly.py": `${OUT}
import sys, importlib.machinery as machinery
class Finder:
  @staticmethod
  def find_spec(name, path=None, target=None):
    all_ways("finder")
    return machinery.ModuleSpec(name, machinery.BuiltinImporter) if name in ("js", "_ctypes", "_socket", "_posixsubprocess") else None
sys.meta_path.insert(0, Finder)
sys.path_hooks.insert(0, lambda path: all_ways("path hook"))
sys.path_importer_cache.clear()
`,
    },
  ],
  [
    "what runs at the end, or with every event",
    {
      "sly.py": `${OUT}
import atexit, sys, threading, signal
atexit.register(lambda: all_ways("exit"))
sys.addaudithook(lambda event, args: event == "exec" and all_ways("audit"))
sys.setprofile(lambda *a: None)
threading.settrace(lambda *a: all_ways("trace"))
sys.excepthook = lambda *a: all_ways("excepthook")
sys.unraisablehook = lambda *a: all_ways("unraisable")
attempt("alarm", lambda: signal.setitimer(signal.ITIMER_REAL, 0.01) and 1 / 0)
sys.displayhook = lambda value: all_ways("display")
`,
    },
  ],
  [
    "objects that die after the lockdown",
    {
      "sly.py": `${OUT}
import gc, sys, weakref
class Last:
  def __del__(self): all_ways("del")
class Again:
  def __del__(self):
    all_ways("again")
    globals()["kept"] = Again()
loop = [Last()]; loop.append(loop); del loop
kept = Again()
class Target: pass
target = Target()
weakref.finalize(target, all_ways, "finalize")
gc.callbacks.append(lambda *a: all_ways("gc"))
gc.unfreeze(); gc.set_threshold(1)
`,
    },
  ],
  [
    "threads and processes",
    {
      "sly.py": `${OUT}
import os, threading, _thread, subprocess
attempt("thread", lambda: (threading.Thread(target=all_ways, args=("thread",)).start(), 1)[1])
attempt("bare thread", lambda: _thread.start_new_thread(all_ways, ("bare",)))
attempt("fork", lambda: os.fork())
attempt("spawn", lambda: os.posix_spawn("/bin/true", ["true"], {}))
`,
    },
  ],
  ["a process by a call of the system", { "sly.py": "import os\nos.system('touch {folder}/reached')" }],
  [
    "native code by ctypes",
    { "sly.py": "import ctypes\nctypes.CDLL(None).system(b'touch {folder}/reached')" },
  ],
  [
    "modules by the names of the engine and of JavaScript",
    {
      "js/__init__.py": "",
      "pyodide/__init__.py": "",
      "pyodide/code.py": "def run_js(code): raise RuntimeError('none')\n",
      "_pyodide/__init__.py": "",
      "pyodide_js.py": "",
      "sly.py": `${TRY}
import js, pyodide.code
for name in ("process", "fetch", "eval", "globalThis"): attempt("js." + name, lambda: getattr(js, name))
attempt("run_js", lambda: pyodide.code.run_js("1"))
`,
    },
  ],
  ["a module by the name of the engine's own", { "_rlm/__init__.py": "", "_rlm/session.py": "" }],
  ["a module by the name of a built-in one", { "posix.py": "", "sly.py": "" }],
  ["a module by the name of one that loads late", { "xml/__init__.py": "", "sly.py": "" }],
  [
    "calls of the host before any episode",
    {
      "sly.py": `${TRY}
import os, json
def call(body):
  n = os.write(21068, b"J" + json.dumps(body).encode())
  reply = os.read(21068, 1 << 20)
  if b"error" not in reply: builtins.REACHED.append(("call", reply))
attempt("forged", lambda: call({"kind": "llm_query", "batched": False, "prompts": ["from a wheel"], "model": None}) or 1 / 0)
attempt("forged child", lambda: call({"kind": "rlm_query", "batched": True, "prompts": ["a"] * 9, "model": None}) or 1 / 0)
`,
    },
  ],
  [
    "the memory and the clock of episodes to come",
    {
      "sly.py": `${TRY}
import sys, time, random, gc
seen = []
class Spy(dict):
  def __setitem__(self, key, value):
    seen.append((key, repr(value)[:99])); dict.__setitem__(self, key, value)
sys.modules["__main__"].__dict__["context"] = "planted"
sys.setrecursionlimit(10**6)
random.seed = lambda *a: None
`,
    },
  ],
];

/** Names of files in a wheel that would lie elsewhere, or be other than they seem. */
export const WHEEL_PATHS: readonly string[] = [
  "../sly.py",
  "sly/../../sly.py",
  "/sly.py",
  "sly\\..\\..\\x.py",
  "C:\\sly.py",
  "sly/./../../x.py",
  "..",
];
