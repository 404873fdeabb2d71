/**
 * Ways out of the sandbox, each as code that prints REACHED if it got out. `{file}` is a file of the host with a secret,
 * `{folder}` a folder in which a successful probe would leave a trace.
 */
import type { ProbeKind } from "./probe-kind.ts";
export const PROBES: readonly ProbeKind[] = [
  {
    kind: "files of the host",
    probes: [
      ["open a host file", "print(open('{file}').read())"],
      ["open through /proc/self/root", "print(open('/proc/self/root{file}').read())"],
      ["climb with dots", "print(open('../../../../../..{file}').read())"],
      ["os.open", "import os; print(os.read(os.open('{file}', 0), 100))"],
      ["follow a symbolic link", "import os; os.symlink('{file}', '/tmp/l'); print(open('/tmp/l').read())"],
      ["a file URL", "import urllib.request; print(urllib.request.urlopen('file://{file}').read())"],
      ["write a host file", "open('{folder}/reached', 'w').write('x')"],
      [
        "list the host's root",
        "import os; print('REACHED' if set(os.listdir('/')) & {'etc', 'usr', 'work', 'root', 'var'} else '')",
      ],
      ["the host's environ file", "print('REACHED', open('/proc/self/environ').read())"],
      ["the host's maps", "print('REACHED', open('/proc/self/maps').read())"],
      ["the host's memory", "print('REACHED', open('/proc/self/mem', 'rb').read(1))"],
      [
        "host descriptors",
        "import os\nfor fd in range(3, 200):\n  try: print('REACHED', os.read(fd, 10))\n  except OSError: pass",
      ],
      ["fdopen of the host's stdin", "import os; x = os.read(0, 100); print('REACHED' if x else '')"],
      [
        "mount by sys hooks",
        "import sys; print('REACHED') if 'pyodide_js' in sys.modules and sys.modules['pyodide_js'] else None; import pyodide_js; pyodide_js.FS.mount(pyodide_js.FS.filesystems.NODEFS, {}, '/tmp')",
      ],
      ["zipimport of a host file", "import zipimport; zipimport.zipimporter('{file}'); print('REACHED')"],
      [
        "pickle a reader",
        "import pickle, os\nclass A:\n  def __reduce__(self): return (open, ('{file}',))\nprint(pickle.loads(pickle.dumps(A())).read())",
      ],
      ["sqlite", "import sqlite3; print(sqlite3.connect('{file}').execute('select 1'))"],
      ["shutil across", "import shutil; shutil.copy('{file}', '/tmp/x'); print(open('/tmp/x').read())"],
      [
        "mmap a device",
        "import mmap, os; fd = os.open('/dev/mem', 2); print('REACHED', mmap.mmap(fd, 10)[:])",
      ],
      [
        "mknod a device",
        "import os\nfor ma in range(0, 90):\n  for mi in range(0, 4):\n    p = f'/tmp/d{ma}_{mi}'\n    try:\n      os.mknod(p, 0o20666, os.makedev(ma, mi)); t = open(p, 'rb', 0).read(64)\n      if t and b'secret' in t: print('REACHED', t)\n    except OSError: pass",
      ],
    ],
  },
  {
    kind: "environment",
    probes: [
      ["os.environ", "import os; print(dict(os.environ))"],
      ["getenv through posix", "import posix; print(posix.environ)"],
      [
        "sysconfig",
        "import sys; print('REACHED' if 'node' in sys.executable and '/usr' in sys.executable else '')",
      ],
      ["platform", "import platform; print('REACHED' if platform.node() not in ('', 'emscripten') else '')"],
      ["the user's name", "import getpass, os; print(getpass.getuser(), os.uname(), os.getlogin())"],
      ["expand a user variable", "import os.path; print(os.path.expandvars('$RLM_GYM_CANARY'))"],
    ],
  },
  {
    kind: "processes",
    probes: [
      ["os.system", "import os; os.system('touch {folder}/reached'); print('REACHED')"],
      ["os.popen", "import os; print('REACHED', os.popen('echo hi').read())"],
      [
        "subprocess",
        "import subprocess; print('REACHED', subprocess.run(['echo', 'hi'], capture_output=True))",
      ],
      ["posix fork", "import os; os.fork(); print('REACHED')"],
      ["posix_spawn", "import os; os.posix_spawn('/bin/sh', ['sh'], {}); print('REACHED')"],
      ["execv", "import os; os.execv('/bin/sh', ['sh']); print('REACHED')"],
      ["pty", "import pty; pty.spawn('/bin/sh'); print('REACHED')"],
      ["_posixsubprocess", "import _posixsubprocess; print('REACHED')"],
      [
        "multiprocessing",
        "import multiprocessing as m; p = m.Process(target=print); p.start(); print('REACHED')",
      ],
      ["kill the host", "import os, signal; os.kill(1, signal.SIGKILL); print('REACHED')"],
      ["kill the parent", "import os, signal; os.kill(os.getppid(), signal.SIGTERM)"],
      ["signal the process", "import signal; signal.raise_signal(signal.SIGKILL)"],
      ["threads", "import _thread; _thread.start_new_thread(print, ()); print('REACHED')"],
    ],
  },
  {
    kind: "network",
    probes: [
      ["a socket", "import socket; socket.socket().connect(('127.0.0.1', 80)); print('REACHED')"],
      ["urlopen", "import urllib.request; print('REACHED', urllib.request.urlopen('http://127.0.0.1/'))"],
      [
        "http.client",
        "import http.client; c = http.client.HTTPConnection('127.0.0.1'); c.request('GET', '/'); print('REACHED')",
      ],
      ["name look-up", "import socket; print('REACHED', socket.gethostbyname('localhost'))"],
      ["_socket", "import _socket; _socket.socket(); print('REACHED')"],
      ["socketpair", "import socket; socket.socketpair(); print('REACHED')"],
      ["a pipe", "import os; os.pipe(); print('REACHED')"],
      [
        "open_connection",
        "import asyncio; asyncio.run(asyncio.open_connection('127.0.0.1', 80)); print('REACHED')",
      ],
      ["pip", "import pip; print('REACHED')"],
      ["micropip", "import micropip; print('REACHED')"],
      ["pyodide.http", "from pyodide.http import pyfetch; print('REACHED')"],
    ],
  },
  {
    kind: "JavaScript",
    probes: [
      ["import js", "import js; print('REACHED', js)"],
      ["from js import process", "from js import process; print('REACHED', process)"],
      ["pyodide.code.run_js", "from pyodide.code import run_js; print('REACHED', run_js('1'))"],
      ["pyodide_js", "import pyodide_js; print('REACHED', pyodide_js)"],
      ["_pyodide_core", "import _pyodide_core; print('REACHED', _pyodide_core)"],
      ["_pyodide", "import _pyodide; print('REACHED', _pyodide)"],
      [
        "delete the blocks of sys.modules",
        "import sys\nfor n in ('js', 'pyodide_js', '_pyodide', '_pyodide_core', 'pyodide'):\n  sys.modules.pop(n, None)\nimport _pyodide_core; print('REACHED')",
      ],
      [
        "create_builtin",
        "import _imp, importlib.machinery as m\nfor n in ('_pyodide_core', '_ctypes', '_posixsubprocess', '_socket'):\n  s = m.ModuleSpec(n, m.BuiltinImporter)\n  try: mod = _imp.create_builtin(s); print('REACHED' if mod else '')\n  except ImportError: pass",
      ],
      [
        "builtin_module_names",
        "import sys, importlib\nfor n in sys.builtin_module_names:\n  if n in ('_ctypes', '_pyodide_core', '_posixsubprocess', '_socket'): print('REACHED', n)",
      ],
      [
        "JsProxy among the objects",
        "import gc\nprint([('REACHED', type(o)) for o in gc.get_objects() if 'Js' in type(o).__name__])",
      ],
      [
        "JsProxy among the subclasses",
        "def walk(c):\n  for s in type.__subclasses__(c):\n    yield s\n    if s is not type: yield from walk(s)\nfor c in walk(object):\n  if c.__name__ in ('JsProxy', 'JsException'):\n    try: print('REACHED', c())\n    except TypeError: pass",
      ],
      [
        "finders resurrected",
        "import gc\nfor o in gc.get_objects():\n  if type(o).__name__ == 'JsFinder': print('REACHED', o.find_spec('js', None))",
      ],
      [
        "run_js through frames",
        "import sys\nf = sys._getframe()\nwhile f:\n  for n, v in list(f.f_globals.items()) + list(f.f_locals.items()):\n    if n in ('js', 'pyodide_js', 'run_js', 'jsglobals'): print('REACHED', n, v) if v is not None else 0\n  f = f.f_back",
      ],
      ["ctypes", "import ctypes; print('REACHED', ctypes.CDLL(None))"],
      ["_ctypes", "import _ctypes; print('REACHED', _ctypes.dlopen(None, 0))"],
      [
        "an extension module",
        "import importlib.machinery as m; m.ExtensionFileLoader('x', '/tmp/x.so').create_module(m.ModuleSpec('x', None, origin='/tmp/x.so')); print('REACHED')",
      ],
      ["dlopen flags", "import sys; sys.setdlopenflags(2); import _testcapi; print('REACHED')"],
      ["webbrowser", "import webbrowser; webbrowser.open('http://127.0.0.1'); print('REACHED')"],
      ["antigravity", "import antigravity; print('REACHED')"],
      [
        "emscripten_run_script",
        "import ctypes; ctypes.pythonapi.emscripten_run_script(b'1'); print('REACHED')",
      ],
    ],
  },
  {
    kind: "the engine's own channel",
    probes: [
      [
        "a forged call",
        "import os; n = os.write(21068, b'J{\"kind\": \"shell\"}'); print('REACHED' if b'error' not in os.read(21068, n) else '')",
      ],
      [
        "a forged call without a shape",
        "import os; n = os.write(21068, b'J[1, 2'); print('REACHED' if b'error' not in os.read(21068, n) else '')",
      ],
      [
        "bytes of no kind",
        "import os; n = os.write(21068, bytes(range(256))); print('REACHED' if b'error' not in os.read(21068, n) else '')",
      ],
      [
        "prompts that are no text",
        'import os; n = os.write(21068, b\'J{"kind":"llm_query","batched":true,"prompts":[1,{}],"model":null}\'); print(\'REACHED\' if b\'error\' not in os.read(21068, n) else \'\')',
      ],
      [
        "a prototype in the message",
        'import os; n = os.write(21068, b\'J{"__proto__":{"kind":"llm_query"},"batched":false,"prompts":["a"],"model":null}\'); print(\'REACHED\' if b\'error\' not in os.read(21068, n) else \'\')',
      ],
      [
        "constructor as a model",
        "try: llm_query('a', model='constructor'); llm_query('a', model='__proto__')\nexcept RuntimeError: pass",
      ],
      ["a flood of bytes", "import os; os.write(21068, b'x' * (65 << 20)); print('REACHED')"],
      ["close the channel", "import os; os.close(21068); print('REACHED')"],
      ["write over the channel", "import os; os.dup2(1, 21068); print('REACHED')"],
      ["read another's reply", "import os; print('REACHED' if os.read(21068, 1 << 20) else '')"],
      [
        "a forged report",
        "import sys, gc\nfor m in gc.get_objects():\n  if type(m).__name__ == 'function' and m.__name__ == 'report': m.__code__ = (lambda: b'{\"REACHED\":1}').__code__",
      ],
      [
        "an engine module through gc",
        "import gc\nfor o in gc.get_objects():\n  if type(o) is dict and '_reserved' in o: o['_reserved']['answer'] = 1",
      ],
    ],
  },
  {
    kind: "crafted bytecode and memory",
    probes: [
      [
        "crafted bytecode",
        "f = lambda: None\nf.__code__ = f.__code__.replace(co_code=bytes([100, 255] * 50), co_consts=())\nf(); print('no crash')",
      ],
      [
        "a stack under the floor",
        "f = lambda: None\nf.__code__ = f.__code__.replace(co_code=bytes([1, 0] * 200), co_stacksize=1)\nf()",
      ],
      [
        "marshal of rubbish",
        "import marshal, os\nfor i in range(200):\n  try: marshal.loads(b'c' + os.urandom(200))\n  except Exception: pass",
      ],
      ["a forged type", "import types; t = type('X', (), {}); t.__bases__ = (types.FunctionType,)"],
      [
        "a memoryview past its end",
        "m = memoryview(bytearray(8)); print('REACHED', m.cast('B', (1 << 20,)))",
      ],
      [
        "sys.settrace over the engine",
        "import sys\ndef t(f, e, a):\n  if 'rlm' in f.f_code.co_filename and 'js' in f.f_locals: print('REACHED')\n  return t\nsys.settrace(t)",
      ],
      ["faulthandler", "import faulthandler; faulthandler._sigsegv()"],
      ["audit hooks", "import sys; sys.addaudithook(lambda *a: None)"],
      ["exec in a class body", "class A: exec('import js; print(\"REACHED\")')"],
      [
        "code.interact",
        "import code; code.InteractiveInterpreter().runsource('import js; print(\"REACHED\")')",
      ],
      ["a codec that imports", "import codecs; codecs.lookup('js'); print('REACHED')"],
      ["import hooks from a string", "import importlib; importlib.import_module('js'); print('REACHED')"],
      [
        "runpy",
        "import runpy; runpy.run_module('webbrowser'); runpy.run_module('pyodide'); print('REACHED')",
      ],
    ],
  },
];
