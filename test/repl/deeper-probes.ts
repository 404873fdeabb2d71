/** More ways out, for whoever knows the interpreter's insides; as those of `escape-probes.ts`. */

/**
 * A bytearray over all of the interpreter's memory: bytecode loads a constant from beyond its tuple, where a bytes object
 * holds the address of an object that was made by hand (CPython 3.14, 32 bits).
 */
const ALL_MEMORY = `
import struct
fake = struct.pack('<IIiIIIi', 1000, id(bytearray), 0x7fffffff, 0x7fffffff, 0, 0, 0)
holders = [struct.pack('<I', id(fake) + 16) * 4 for _ in range(100)]
consts = (None,)
place = next(h for h in sorted(holders, key=id) if id(h) > id(consts))
index = (id(place) + 16 - id(consts) - 16) // 4
import dis
op, ext, ret = dis.opmap['LOAD_CONST'], dis.opmap['EXTENDED_ARG'], dis.opmap['RETURN_VALUE']
code = bytes([dis.opmap['RESUME'], 0, ext, index >> 24 & 255, ext, index >> 16 & 255, ext, index >> 8 & 255, op, index & 255, ret, 0])
f = lambda: None
f.__code__ = f.__code__.replace(co_code=code, co_consts=consts, co_stacksize=4)
memory = f()
`;

export const DEEPER_PROBES: readonly (readonly [name: string, code: string])[] = [
  // The interpreter's own memory.
  [
    "look through all memory",
    `${ALL_MEMORY}m = bytes(memory[:1 << 24]); print('read', len(m)); i = m.find(b'secret' + b'-5b1f0c'); print(m[i:i + 13] if i >= 0 else '')`,
  ],
  ["write over all memory", `${ALL_MEMORY}\nfor at in range(1 << 16, 1 << 24, 64): memory[at] = 255`],
  ["write behind what is in use", `${ALL_MEMORY}\nmemory[29 << 20:(29 << 20) + 6] = b'LEAKED'`],
  [
    "unlock the closed modules in memory",
    `${ALL_MEMORY}
import _imp, importlib.machinery as machinery, sys
for name in ('js', 'pyodide_js', 'pyodide', '_pyodide', '_pyodide_core', '_ctypes', 'ctypes'): sys.modules.pop(name, None)
for start in range(0, 29 << 20, 1 << 20):
  at = bytes(memory[start:start + (1 << 20)]).find(b'_closed_\\0')
  if at >= 0: break
for number in range(12):
  memory[start + at:start + at + 9] = b'opened%02d\\0' % number
  try: module = _imp.create_builtin(machinery.ModuleSpec(f'opened{number:02}', machinery.BuiltinImporter))
  except (ImportError, SystemError) as error: print(error); continue
  print(module)
  for lead in ('dlopen', 'JsProxy', 'run_js', 'fork_exec', 'socket'):
    if hasattr(module, lead): print('opened', lead)
  if hasattr(module, 'dlopen'): print('REACHED', module.dlopen(None, 0))
  if hasattr(module, 'fork_exec'): print('REACHED', module.fork_exec(['sh'], [b'/bin/sh'], True, (), None, None, -1, -1, -1, -1, -1, -1, -1, -1, False, False, -1, None, None, None, -1, None))
  if hasattr(module, 'socket'): print('REACHED', module.socket())`,
  ],
  [
    "call what no code calls",
    `${ALL_MEMORY}\nimport struct\nt = id(type(memory)); \nfor i in range(1, 4000, 97):\n  memory[t + 44:t + 48] = struct.pack('<I', i)\n  try: repr(memory)\n  except Exception: pass`,
  ],
  [
    "a code object with rubbish for tables",
    "f = lambda: 1 / 0\nf.__code__ = f.__code__.replace(co_linetable=bytes(range(256)), co_exceptiontable=bytes(range(256)))\nf()",
  ],
  // Other interpreters, loaders, frozen modules.
  [
    "a subinterpreter",
    "import _interpreters as i\nn = i.create()\nprint(i.exec(n, \"import sys\\nfor m in ('js', 'pyodide_js', '_pyodide_core', '_ctypes', '_socket', '_posixsubprocess'):\\n  try: __import__(m); print('REACHED', m)\\n  except ImportError: pass\"))",
  ],
  [
    "frozen modules",
    "import _imp\nfor n in ('js', '_pyodide', '_pyodide_core'):\n  try: print('REACHED' if _imp.init_frozen(n) else '')\n  except ImportError: pass",
  ],
  ["a loader's data", "import json; print(json.__loader__.get_data('{file}'))"],
  [
    "SourceFileLoader",
    "import importlib.machinery as m; print(m.SourceFileLoader('x', '{file}').get_data('{file}'))",
  ],
  [
    "spec from a file",
    "import importlib.util as u; s = u.spec_from_file_location('x', '{file}'); m = u.module_from_spec(s); s.loader.exec_module(m); print('REACHED')",
  ],
  [
    "path hooks",
    "import sys\nclass H:\n  def __init__(self, p): pass\n  def find_spec(self, n, t=None): print('asked', n)\nsys.path_hooks.insert(0, H); sys.path_importer_cache.clear()\nimport js; print('REACHED')",
  ],
  [
    "every builtin module created anew",
    "import sys, _imp, importlib.machinery as m\nfor n in ('_pyodide_core', '_ctypes', '_posixsubprocess', '_socket', '_remote_debugging', '_testcapi'):\n  for t in (n, '_closed_', n + '.x', 'x.' + n):\n    try: r = _imp.create_builtin(m.ModuleSpec(t, m.BuiltinImporter)); print('REACHED' if hasattr(r, 'dlopen') or hasattr(r, 'fork_exec') or hasattr(r, 'JsProxy') or hasattr(r, 'socket') else '')\n    except ImportError: pass",
  ],
  [
    "pyodide's Python from the library's zip",
    "import asyncio, sys\nfor n in [n for n in sys.modules if n.partition('.')[0] in ('js', 'pyodide', '_pyodide', 'pyodide_js', '_pyodide_core', 'ctypes', '_ctypes')]: del sys.modules[n]\nfor n in ('pyodide.code', 'pyodide.ffi', 'pyodide.http', 'pyodide._state', '_pyodide._importhook', 'ctypes'):\n  try: m = __import__(n, fromlist=['x'])\n  except Exception: continue\n  for f in ('run_js', 'pyfetch', 'CDLL', 'register_js_module', 'register_js_finder'):\n    if hasattr(m, f):\n      try: print(n, f); r = getattr(m, f)('1'); print('REACHED', asyncio.run(r) if asyncio.iscoroutine(r) else r)\n      except BaseException as e: print(e)",
  ],
  [
    "a finder of JavaScript made by hand",
    "import sys\nfor n in list(sys.modules):\n  if n.startswith('_pyodide'): del sys.modules[n]\nfrom _pyodide._importhook import JsFinder, register_js_finder\nregister_js_finder()\nimport js; print('REACHED')",
  ],
  ["remote debugging", "import sys; sys.remote_exec(1, '/tmp/x.py'); print('REACHED')"],
  [
    "a trampoline for perf",
    "import sys; sys.activate_stack_trampoline('perf'); print(open('/tmp/perf-%d.map' % 42).read())",
  ],
  // Descriptors and system calls.
  ["the channel under another number", "import os; d = os.dup(21068); os.write(d, b'J{}'); print('REACHED')"],
  [
    "the channel as a file",
    "f = open(21068, 'r+b', buffering=0, closefd=False); f.write(b'J{}'); print('REACHED')",
  ],
  [
    "many vectors to the channel",
    "import os; n = os.writev(21068, [b'J', b'{\"kind\":', b'\"shell\"}']); print('REACHED' if b'error' not in os.read(21068, n) else '')",
  ],
  ["a place in the channel", "import os; os.pwrite(21068, b'J{}', 0); print('REACHED')"],
  [
    "the wake-up descriptor of signals",
    "import signal; signal.set_wakeup_fd(21068, warn_on_full_buffer=False)\nwhile True: pass",
  ],
  [
    "terminal controls",
    "import termios, fcntl, array\nfor fd in (0, 1, 2):\n  for r in (termios.TIOCGWINSZ, termios.TIOCSTI, 0x5451, 0x5452):\n    try: fcntl.ioctl(fd, r, array.array('b', [0] * 64), True)\n    except OSError: pass",
  ],
  ["another root", "import os; os.chroot('/proc'); os.setuid(0); os.setgid(0); print(open('{file}').read())"],
  [
    "the limits of the process",
    "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (1 << 20, 1 << 20)); resource.prlimit(1, resource.RLIMIT_CPU)",
  ],
  ["a megabyte of entropy at once, and a gigabyte", "import os; os.urandom(1 << 20); os.getrandom(1 << 30)"],
  ["set the clock", "import time; time.clock_settime(time.CLOCK_REALTIME, 0); print('REACHED')"],
  ["wait for the host's children", "import os; print('REACHED', os.waitpid(-1, os.WNOHANG))"],
  ["statfs of the host", "import os; print(os.statvfs('{file}'))"],
  [
    "a file as a library",
    "import sys, _imp, importlib.machinery as m\nopen('/tmp/x.so', 'wb').write(b'\\0asm\\1\\0\\0\\0')\n_imp.create_dynamic(m.ModuleSpec('x', None, origin='/tmp/x.so')); print('REACHED')",
  ],
  // What crosses to the host.
  [
    "a prototype in a context",
    "rlm_query('a', {'__proto__': {'polluted': 1}, 'constructor': {'prototype': {'polluted': 1}}})",
  ],
  [
    "a prototype as a tool",
    "import os\nfor n in ('constructor', '__proto__', 'toString', 'hasOwnProperty'):\n  b = b'H{\"name\":\"%s\",\"args\":{\"__proto__\":{\"polluted\":1}}}' % n.encode(); k = os.write(21068, b); print('REACHED' if b'error' not in os.read(21068, k) else '')",
  ],
  [
    "a lazy text's requests",
    "import os\nfor b in (b'T{}', b'T[]', b'Tnull', b'T{\"operation\":\"slice\",\"start\":0,\"end\":100}', b'T{\"__proto__\":{\"operation\":\"length\"}}', b'T' + b'[' * 90):\n  k = os.write(21068, b); r = os.read(21068, k); print('' if b'error' in r else 'REACHED')",
  ],
  [
    "surrogates and NULs as a prompt",
    "llm_query('\\ud800\\0\\udfff'); llm_query_batched(['\\0'] * 10_000, model=None)",
  ],
  [
    "an answer of ten million letters that lies",
    "class L(str):\n  def __len__(self): return 0\n  def __getitem__(self, k): return self\nanswer['content'] = L('x' * 10**7); answer['ready'] = True",
  ],
  [
    "forge what the report counts",
    "import sys\nclass N(int):\n  def __add__(self, o): return N(1 << 60)\n  __radd__ = __gt__ = __le__ = __add__\nsys.stdout.written = N(5); sys.stdout.head = ['x' * 10**7]",
  ],
  [
    "a report that never ends",
    "import sys\nclass N:\n  def __radd__(self, o):\n    while True: pass\n  __add__ = __radd__\nsys.stdout.written = N()",
  ],
  [
    "sleep for ever",
    "import time; time.sleep(8e9); time.sleep(8e9); import os, struct; os.write(21068, b'S' + struct.pack('<d', float('inf'))); os.write(21068, b'S' + struct.pack('<d', float('nan'))); print(time.time())",
  ],
  // What might outlive the block.
  [
    "monitoring of every instruction",
    "import sys\nm = sys.monitoring; m.use_tool_id(3, 'x'); m.register_callback(3, m.events.PY_START, lambda c, o: c.co_filename.startswith('<rlm>') and print('seen', c.co_name)); m.set_events(3, m.events.PY_START | m.events.INSTRUCTION)",
  ],
  [
    "hooks of threads and of what cannot be raised",
    "import threading, sys\nthreading.excepthook = sys.unraisablehook = lambda a: print('hook')\nclass A:\n  def __del__(self): 1 / 0\nA(); threading.settrace(print); sys.set_asyncgen_hooks(print, print)",
  ],
  [
    "a finalizer at the end of all",
    "import weakref, atexit, logging, gc\nclass A: pass\na = A(); weakref.finalize(a, print, 'late'); logging.getLogger().addHandler(logging.StreamHandler()); atexit.register(print, 'x'); gc.callbacks.append(lambda *x: None); gc.freeze()",
  ],
  [
    "contexts, locales and limits of numbers",
    "import decimal, locale, sys, codecs, contextvars\ndecimal.setcontext(decimal.Context(prec=1, traps=[])); decimal.DefaultContext.prec = 1; sys.set_int_max_str_digits(0); sys.setswitchinterval(1e-9); codecs.register_error('strict', lambda e: ('', e.end)); locale.setlocale(locale.LC_ALL, 'C'); contextvars.copy_context()",
  ],
  // Errors that are made to be shown.
  [
    "a chain of a hundred thousand errors",
    "e = None\nfor i in range(100_000):\n  n = ValueError(i); n.__cause__ = e; e = n\nraise e",
  ],
  ["an error that is its own cause", "e = ValueError(); e.__cause__ = e; e.__context__ = e; raise e"],
  ["a group of groups", "e = ValueError(1)\nfor _ in range(5000): e = ExceptionGroup('x', [e])\nraise e"],
  [
    "an error whose parts raise",
    "class M(type):\n  __name__ = property(lambda s: 1 / 0); __module__ = __qualname__ = property(lambda s: exit())\nclass E(Exception, metaclass=M):\n  __str__ = __repr__ = lambda s: 1 / 0\n  __traceback__ = __cause__ = property(lambda s: exit())\nraise E",
  ],
  [
    "an error that never ends to say its name",
    "class E(Exception):\n  def __str__(self):\n    while True: pass\nraise E",
  ],
  ["brackets without end", "compile('(' * 10**6 + ')' * 10**6, 'x', 'eval')"],
  [
    "deep recursion in C",
    "import json, sys, pickle\nsys.setrecursionlimit(10**9)\nx = []\nfor _ in range(10**6): x = [x]\ntry: repr(x)\nexcept BaseException: pass\ntry: json.dumps(x)\nexcept BaseException: pass\npickle.dumps(x)",
  ],
];
